import type { ListedSegment, MediaPlaylist } from './playlist-parser.ts';

/** Where a recording stands: what it stored last and where the next segment begins on the wall clock. */
export type RunState = {
  lastMediaSequence: number | null;
  /** Wall time at which the stored footage ends; null before the first segment. */
  endMs: number | null;
};

/** What to do about one playlist. */
export type SegmentPlan = {
  /** Segments to fetch, in order. */
  fetch: ListedSegment[];
  /** Wall time at which the first of them begins. */
  startMs: number;
  /** Footage that can no longer be had: from where the recording ended to where it goes on; null when nothing is missing. */
  missing: { fromMs: number; toMs: number; why: 'left-window' | 'encoder-restarted' | 'source-stalled' } | null;
  /** Decoders start afresh at the first segment. */
  discontinuity: boolean;
  /** The encoder counts anew, and may offer again what is stored. */
  restarted: boolean;
};

const driftFloorMs = 6000;
/** A cache may serve a playlist a few segments old; one that is further back comes from an encoder that counts anew. */
const staleSegments = 3;

/**
 * Decides what a freshly read playlist adds to a recording. Pure.
 * The window's last segment is taken to end now, which places the burst of a first connection before now instead of after it.
 */
export function planSegments(playlist: MediaPlaylist, run: RunState, nowMs: number): SegmentPlan | null {
  const { segments } = playlist;
  const last = segments.at(-1);
  if (last === undefined) return null;
  const restarted = run.lastMediaSequence !== null && last.mediaSequence < run.lastMediaSequence - staleSegments;
  const fresh = restarted || run.lastMediaSequence === null ? segments : segments.filter((segment) => segment.mediaSequence > (run.lastMediaSequence as number));
  const first = fresh[0];
  if (first === undefined) return null;
  const liveStartMs = nowMs - fresh.reduce((sum, segment) => sum + segment.durationMs, 0);
  if (run.endMs === null || run.lastMediaSequence === null) return { fetch: fresh, startMs: liveStartMs, missing: null, discontinuity: false, restarted: false };
  const skipped = !restarted && first.mediaSequence > run.lastMediaSequence + 1;
  const stalled = liveStartMs - run.endMs > Math.max(driftFloorMs, 2 * playlist.targetDurationMs);
  if (!restarted && !skipped && !(stalled && !playlist.ended)) return { fetch: fresh, startMs: run.endMs, missing: null, discontinuity: false, restarted: false };
  const startMs = Math.max(run.endMs, liveStartMs);
  const why = restarted ? 'encoder-restarted' : skipped ? 'left-window' : 'source-stalled';
  return {
    fetch: fresh, startMs, discontinuity: restarted || skipped, restarted,
    missing: startMs - run.endMs > 0 ? { fromMs: run.endMs, toMs: startMs, why } : null,
  };
}
