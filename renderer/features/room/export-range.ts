import type { Flag, RoomId, WallMs } from '../../../electron/contract/index.ts';
import type { ExportDraft } from '../../state/export-store.ts';
import type { MarkedRange, TimeLimits } from '../timeline/index.ts';

/** Evidence from a lead alone takes this much before and after it, so that the sentence stands in its context. */
const AROUND_MS = 10_000;

/** Sets one end of the range; an end that the new mark has passed is taken away. */
export function setMark(range: MarkedRange, end: 'in' | 'out', wallMs: WallMs): MarkedRange {
  if (end === 'in') return { inMs: wallMs, outMs: range.outMs !== null && range.outMs > wallMs ? range.outMs : null };
  return { inMs: range.inMs !== null && range.inMs < wallMs ? range.inMs : null, outMs: wallMs };
}

/** Plans what to export: the marked range with the leads in it that were not dismissed, else the selected lead with its surroundings; null where there is neither. */
export function planExport(roomId: RoomId, range: MarkedRange, selected: Flag | null, flags: readonly Flag[], limits: TimeLimits): ExportDraft | null {
  const clip = (wallMs: WallMs): WallMs => Math.min(limits.toMs, Math.max(limits.fromMs, wallMs));
  if (range.inMs !== null && range.outMs !== null) {
    const [fromMs, toMs] = [clip(range.inMs), clip(range.outMs)];
    const within = flags.filter((flag) => flag.state !== 'dismissed' && flag.startMs < toMs && flag.endMs > fromMs);
    return toMs > fromMs ? { roomId, fromMs, toMs, flagIds: within.map((flag) => flag.id) } : null;
  }
  if (selected === null) return null;
  return { roomId, fromMs: clip(selected.startMs - AROUND_MS), toMs: clip(selected.endMs + AROUND_MS), flagIds: [selected.id] };
}
