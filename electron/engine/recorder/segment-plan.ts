import type { ListedSegment, MediaPlaylist } from './playlist-parser.ts';

/** What is known of the last planned segment when another rendition or address is read from now on: its address without query, and its end on the source's own clock (EXT-X-PROGRAM-DATE-TIME). */
export type SwitchPoint = { path: string | null; endProgramMs: number | null };

/** Where a recording stands: what it stored last and where the next segment begins on the wall clock. */
export type RunState = {
  lastMediaSequence: number | null;
  /** Wall time at which the stored footage ends; null before the first segment. */
  endMs: number | null;
  /** The playlist may count otherwise than the one before it; null or left out while it is the same one. */
  switched?: SwitchPoint | null;
  /** Media sequence of recently planned segments by their whole address (`toAddress`). */
  recent?: ReadonlyMap<string, number>;
};

/** What to do about one playlist. */
export type SegmentPlan = {
  /** Segments to fetch, in order. */
  fetch: ListedSegment[];
  /** Wall time at which the first of them begins. */
  startMs: number;
  /** Where it would begin if the last one in the window ends now. */
  liveStartMs: number;
  /** Footage that can no longer be had: from where the recording ended to where it goes on; null when nothing is missing. */
  missing: { fromMs: number; toMs: number; why: 'left-window' | 'encoder-restarted' | 'source-stalled' } | null;
  /** Decoders start afresh at the first segment. */
  discontinuity: boolean;
  /** The encoder counts anew, and may offer again what is stored. */
  restarted: boolean;
};

/** Wall time may run ahead of media time by this much before footage counts as missing, in milliseconds. */
export const driftFloorMs = 6000;
/** A cache may serve a playlist a few segments old; one that is further back comes from an encoder that counts anew. */
const staleSegments = 3;
const programToleranceMs = 500;
const programReachMs = 60_000;

/** A segment's address without its query, which may carry a token that changes, and its range: what it is known by. */
export function toPath({ uri, range }: Pick<ListedSegment, 'uri' | 'range'>): string {
  return `${uri.replace(/[?#].*$/, '')}${range === null ? '' : `#${range.from}-${range.to}`}`;
}

/** A segment's whole address and range. Unlike its path it also tells apart segments that only their query names (`segment.ts?id=7`). */
export function toAddress({ uri, range }: Pick<ListedSegment, 'uri' | 'range'>): string {
  return range === null ? uri : `${uri}#${range.from}-${range.to}`;
}

function lengthOf(segments: readonly ListedSegment[]): number {
  return segments.reduce((sum, segment) => sum + segment.durationMs, 0);
}

/**
 * Decides what a freshly read playlist adds to a recording. Pure.
 * The window's last segment is taken to end now, which places the burst of a first connection before now instead of after it.
 */
export function planSegments(playlist: MediaPlaylist, run: RunState, nowMs: number): SegmentPlan | null {
  const { segments } = playlist;
  const last = segments.at(-1);
  if (last === undefined) return null;
  if (run.endMs === null || run.lastMediaSequence === null) {
    const startMs = nowMs - lengthOf(segments);
    return { fetch: segments, startMs, liveStartMs: startMs, missing: null, discontinuity: false, restarted: false };
  }
  if (run.switched !== undefined && run.switched !== null) return planSwitch(playlist, run.lastMediaSequence, run.endMs, run.switched, nowMs);
  const { lastMediaSequence, endMs, recent } = run;
  if (isOldListing(segments, lastMediaSequence, recent)) return null;
  const restarted = last.mediaSequence < lastMediaSequence - staleSegments;
  const fresh = restarted ? segments : segments.filter((segment, index) => segment.mediaSequence > lastMediaSequence && !isRepeated(segment, segments[index - 1], recent));
  const first = fresh[0];
  if (first === undefined) return null;
  const liveStartMs = nowMs - lengthOf(fresh);
  const skipped = !restarted && first.mediaSequence > lastMediaSequence + 1 && !segments.some((segment) => segment.mediaSequence === lastMediaSequence + 1);
  const stalled = liveStartMs - endMs > Math.max(driftFloorMs, 2 * playlist.targetDurationMs);
  if (!restarted && !skipped && !(stalled && !playlist.ended)) return { fetch: fresh, startMs: endMs, liveStartMs, missing: null, discontinuity: false, restarted: false };
  const startMs = Math.max(endMs, liveStartMs);
  const why = restarted ? 'encoder-restarted' : skipped ? 'left-window' : 'source-stalled';
  return { fetch: fresh, startMs, liveStartMs, discontinuity: restarted || skipped, restarted, missing: startMs - endMs > 0 ? { fromMs: endMs, toMs: startMs, why } : null };
}

/** A cache's old copy of the playlist: not far back, and every entry stands where it stood. An encoder that counts anew lists fewer, or others. */
function isOldListing(segments: readonly ListedSegment[], lastMediaSequence: number, recent: ReadonlyMap<string, number> | undefined): boolean {
  const last = segments.at(-1)?.mediaSequence ?? 0;
  return recent !== undefined && last < lastMediaSequence && last >= lastMediaSequence - 2 * segments.length && segments.every((segment) => recent.get(toAddress(segment)) === segment.mediaSequence);
}

/** The same file listed a second time under the next number. */
function isRepeated(segment: ListedSegment, before: ListedSegment | undefined, recent: ReadonlyMap<string, number> | undefined): boolean {
  const address = toAddress(segment);
  return (before !== undefined && toAddress(before) === address) || recent?.get(address) === segment.mediaSequence - 1;
}

/** Goes on in another rendition, or behind another address, where the recording ended: by the same file, by the source's clock, by an equal count at the same place, else by place alone. */
function planSwitch(playlist: MediaPlaylist, lastMediaSequence: number, endMs: number, point: SwitchPoint, nowMs: number): SegmentPlan | null {
  const { segments, targetDurationMs } = playlist;
  const starts: number[] = [];
  let atMs = nowMs - lengthOf(segments);
  for (const segment of segments) {
    starts.push(atMs);
    atMs += segment.durationMs;
  }
  const toPlan = (cut: number, aheadMs: number, isSame: boolean): SegmentPlan | null => {
    const fetch = segments.slice(cut);
    if (fetch.length === 0) return null;
    const startMs = endMs + Math.max(0, aheadMs);
    return { fetch, startMs, liveStartMs: starts[cut] as number, discontinuity: !isSame, restarted: false, missing: startMs > endMs ? { fromMs: endMs, toMs: startMs, why: 'left-window' } : null };
  };
  const alike = segments.flatMap((segment, index) => (toPath(segment) === point.path ? [index] : []));
  const same = alike.length === 1 ? alike[0] as number : -1; // several: only their queries tell them apart, and those change
  if (same >= 0) return toPlan(same + 1, 0, true);
  const program = findByProgramTime(segments, point.endProgramMs);
  if (program !== null) return toPlan(program.cut, program.aheadMs, false);
  const tolerance = Math.max(driftFloorMs, 2 * targetDurationMs);
  const next = segments.findIndex((segment) => segment.mediaSequence === lastMediaSequence + 1);
  if (next >= 0 && Math.abs((starts[next] as number) - endMs) <= tolerance) return toPlan(next, 0, false);
  if (segments.at(-1)?.mediaSequence === lastMediaSequence && Math.abs(nowMs - endMs) <= tolerance) return null;
  const cut = segments.findIndex((segment, index) => (starts[index] as number) >= endMs - segment.durationMs / 2);
  if (cut < 0) return null;
  const aheadMs = (starts[cut] as number) - endMs;
  return toPlan(cut, aheadMs > driftFloorMs ? aheadMs : 0, false);
}

function findByProgramTime(segments: readonly ListedSegment[], endProgramMs: number | null): { cut: number; aheadMs: number } | null {
  const last = segments.at(-1);
  if (endProgramMs === null || last === undefined || segments.some((segment) => segment.programDateMs === null)) return null;
  if (Math.abs((last.programDateMs as number) + last.durationMs - endProgramMs) > programReachMs) return null;
  const cut = segments.findIndex((segment) => (segment.programDateMs as number) >= endProgramMs - segment.durationMs / 2);
  if (cut < 0) return { cut: segments.length, aheadMs: 0 };
  const aheadMs = ((segments[cut] as ListedSegment).programDateMs as number) - endProgramMs;
  return { cut, aheadMs: aheadMs > programToleranceMs ? aheadMs : 0 };
}
