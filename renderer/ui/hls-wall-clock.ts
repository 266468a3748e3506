/** What the mapping needs of an HLS fragment: media start and length in seconds, wall time of its start. */
export type DatedFragment = { start: number; duration: number; programDateTime: number | null };

/** The wall time of a media position in seconds, by the fragment that holds it; null where nothing is dated. */
export function wallFromMedia(fragments: readonly DatedFragment[], mediaSeconds: number): number | null {
  let best: DatedFragment | null = null;
  for (const fragment of fragments) {
    if (fragment.programDateTime === null) continue;
    if (fragment.start <= mediaSeconds + 0.001) best = fragment;
    else break;
  }
  best ??= fragments.find((fragment) => fragment.programDateTime !== null) ?? null;
  return best === null || best.programDateTime === null ? null : best.programDateTime + (mediaSeconds - best.start) * 1000;
}

/** The media position of a wall time; inside a gap it is the start of what follows, outside it is the nearest end. Null where nothing is dated. */
export function mediaFromWall(fragments: readonly DatedFragment[], wallMs: number): number | null {
  let last: number | null = null;
  for (const fragment of fragments) {
    if (fragment.programDateTime === null) continue;
    if (wallMs < fragment.programDateTime) return fragment.start;
    const within = (wallMs - fragment.programDateTime) / 1000;
    if (within < fragment.duration) return fragment.start + within;
    last = fragment.start + Math.max(0, fragment.duration - 0.1);
  }
  return last;
}
