import type { TimestampMap, WebVttCue, WebVttFile } from './webvtt-reader.ts';

/** Footage whose place and own media time are both known; milliseconds. */
export type TimeAnchor = { startMs: number; durationMs: number; mediaStartMs: number };

/** Where a caption file lies on the time line, and the footage about it. */
export type CaptionPlace = { startMs: number; durationMs: number; anchors: readonly TimeAnchor[] };

/** A cue on the session's time line; `by` says what placed it: the footage's media time, or only the file's own place. */
export type PlacedCue = WebVttCue & { by: 'media-time' | 'segment' };

/** What is known of an earlier caption, to tell a repetition from a new one. */
export type KnownCue = { id: number; startMs: number; endMs: number; text: string };

/** Media time counts 90 000 a second in 33 bits (ISO/IEC 13818-1): it comes round after 26.5 hours. */
export const mediaWrapMs = 2 ** 33 / 90;
const reachMs = 60_000;
const sameStartMs = 100;
const seamMs = 50;

/** The difference of two media times on the shorter way round, in milliseconds. */
export function mediaDifferenceMs(laterMs: number, earlierMs: number): number {
  const raw = (laterMs - earlierMs) % mediaWrapMs;
  return raw > mediaWrapMs / 2 ? raw - mediaWrapMs : raw < -mediaWrapMs / 2 ? raw + mediaWrapMs : raw;
}

/**
 * Places the cues of a file on the session's time line, ordered by start. Pure.
 * By the file's map (none: the clocks are one, RFC 8216 3.5) and the media time of the footage; where that leads far away from the file's own place, by that place.
 */
export function placeCues({ map, cues }: WebVttFile, place: CaptionPlace): PlacedCue[] {
  const anchor = place.anchors.reduce<TimeAnchor | null>((best, next) => (best === null || Math.abs(next.startMs - place.startMs) < Math.abs(best.startMs - place.startMs) ? next : best), null);
  const byMedia = anchor === null ? null : shiftCues(cues, map ?? { mediaTicks: 0, localMs: 0 }, anchor);
  const placed = byMedia !== null && byMedia.some((cue) => isNear(cue, place)) ? byMedia : shiftToPlace(cues, place);
  return placed.filter((cue) => isNear(cue, place)).sort((a, b) => a.startMs - b.startMs);
}

function shiftCues(cues: readonly WebVttCue[], map: TimestampMap, anchor: TimeAnchor): PlacedCue[] {
  return cues.map((cue) => {
    const startMs = Math.round(anchor.startMs + mediaDifferenceMs(map.mediaTicks / 90 + cue.startMs - map.localMs, anchor.mediaStartMs));
    return { ...cue, startMs, endMs: startMs + cue.endMs - cue.startMs, by: 'media-time' };
  });
}

/** Times within the file's length count from its beginning; others are moved so that the first cue begins with it. */
function shiftToPlace(cues: readonly WebVttCue[], { startMs, durationMs }: CaptionPlace): PlacedCue[] {
  const firstMs = cues.reduce((least, cue) => Math.min(least, cue.startMs), Infinity);
  const shiftMs = firstMs <= durationMs ? startMs : startMs - firstMs;
  return cues.map((cue) => ({ ...cue, startMs: Math.round(cue.startMs + shiftMs), endMs: Math.round(cue.endMs + shiftMs), by: 'segment' }));
}

function isNear(cue: WebVttCue, { startMs, durationMs }: CaptionPlace): boolean {
  return cue.endMs > startMs - reachMs && cue.startMs < startMs + durationMs + reachMs;
}

/**
 * Tells cues that are new from those that an earlier file had already (a cue is repeated in every segment that it lasts into); one that was cut at the segments' border goes on. Pure.
 */
export function mergeCues<T extends Pick<WebVttCue, 'startMs' | 'endMs' | 'text'>>(known: readonly KnownCue[], cues: readonly T[], placeMs: number): { added: T[]; extended: { id: number; endMs: number }[] } {
  const added: T[] = [];
  const extended = new Map<number, number>();
  const isSame = (one: { startMs: number; text: string }, cue: T): boolean => one.text === cue.text && Math.abs(one.startMs - cue.startMs) <= sameStartMs;
  const isSeam = (one: KnownCue, cue: T): boolean => one.text === cue.text && Math.abs(cue.startMs - placeMs) <= sameStartMs && Math.abs((extended.get(one.id) ?? one.endMs) - cue.startMs) <= seamMs;
  for (const cue of cues) {
    const before = known.find((one) => isSame(one, cue)) ?? known.find((one) => isSeam(one, cue));
    if (before !== undefined) {
      if (cue.endMs > (extended.get(before.id) ?? before.endMs)) extended.set(before.id, cue.endMs);
      continue;
    }
    const twin = added.find((one) => isSame(one, cue));
    if (twin === undefined) added.push({ ...cue });
    else twin.endMs = Math.max(twin.endMs, cue.endMs);
  }
  return { added, extended: [...extended].map(([id, endMs]) => ({ id, endMs })) };
}
