import type { WallMs } from '../../../electron/contract/index.ts';

/** A fragment of the playlist being played: where it lies in media time (seconds) and on the wall clock; null without PROGRAM-DATE-TIME. */
export type PlayedFragment = { readonly start: number; readonly duration: number; readonly programDateTime: WallMs | null };

/** Two instants closer than this count as the same place: PROGRAM-DATE-TIME and media time round differently. */
const SLACK_MS = 50;

/** Gives the wall time at a media position: that of the fragment it lies in, else counted on from the last one before it; null where the playlist carries no time. */
export function wallAtMedia(fragments: readonly PlayedFragment[], mediaS: number): WallMs | null {
  const timed = fragments.filter((fragment) => fragment.programDateTime !== null);
  const inside = timed.findLast((fragment) => fragment.start <= mediaS + 1e-4) ?? timed[0];
  if (inside === undefined || inside.programDateTime === null) return null;
  return inside.programDateTime + (mediaS - inside.start) * 1000;
}

/** Gives the media position of a wall time; in a gap the first picture after it, beyond the ends the nearest end. */
export function mediaAtWall(fragments: readonly PlayedFragment[], wallMs: WallMs): number | null {
  let last: PlayedFragment | null = null;
  for (const fragment of fragments) {
    if (fragment.programDateTime === null) continue;
    if (wallMs < fragment.programDateTime + fragment.duration * 1000 - SLACK_MS) {
      return fragment.start + Math.max(0, (wallMs - fragment.programDateTime) / 1000);
    }
    last = fragment;
  }
  return last === null ? null : last.start + Math.max(0, last.duration - 0.1);
}
