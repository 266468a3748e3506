import type { Flag, Severity, WallMs } from '../../../electron/contract/index.ts';

/** One mark in the flag lane: a single flag, or several that would overlap. */
export type FlagItem = {
  readonly flags: readonly Flag[];
  /** The gravest of its open flags, which gives shape and colour. */
  readonly lead: Flag;
  readonly atMs: WallMs;
  readonly row: number;
  /** Whether there is room for the label beside the mark. */
  readonly labelled: boolean;
};

/** Marks placed for one zoom; panning only moves them, so clusters do not flicker. */
export type FlagLayout = { readonly items: readonly FlagItem[]; readonly rows: number; readonly msPerPx: number };

/** Size of a mark in CSS pixels, its surroundings included. */
export const MARK_PX = 18;
/** Room kept for the number beside a mark that stands for several, in CSS pixels. */
export const COUNT_PX = 12;
/** Room kept for a label beside a mark in CSS pixels. */
export const LABEL_PX = 58;

const RANK: Record<Severity, number> = { veto: 0, high: 1, medium: 2, low: 3 };

type Draft = { flags: Flag[]; atMs: WallMs; row: number };

/** Orders flags by gravity: open before decided, then veto to low, then time. */
export function compareGravity(a: Flag, b: Flag): number {
  const dismissed = Number(a.state === 'dismissed') - Number(b.state === 'dismissed');
  return dismissed || RANK[a.severity] - RANK[b.severity] || a.startMs - b.startMs;
}

/** Places marks so that none overlap: into the first row with room, else merged into the nearest mark to the left. */
export function layoutFlags(flags: readonly Flag[], msPerPx: number, rows: number): FlagLayout {
  const sorted = [...flags].sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
  const drafts: Draft[] = [];
  const lastInRow: (Draft | undefined)[] = Array.from({ length: Math.max(1, rows) }, () => undefined);
  const markMs = MARK_PX * msPerPx;
  const clusterMs = (MARK_PX + COUNT_PX) * msPerPx;
  for (const flag of sorted) {
    const row = lastInRow.findIndex((last) => last === undefined || flag.startMs - last.atMs >= (last.flags.length > 1 ? clusterMs : markMs));
    if (row >= 0) {
      const draft = { flags: [flag], atMs: flag.startMs, row };
      lastInRow[row] = draft;
      drafts.push(draft);
      continue;
    }
    const nearest = lastInRow.reduce((best, last) => (best === undefined || (last !== undefined && last.atMs > best.atMs) ? last : best), undefined);
    nearest?.flags.push(flag);
  }
  const nextAt = new Map<number, WallMs>();
  const items: FlagItem[] = [];
  for (const draft of drafts.toReversed()) {
    const next = nextAt.get(draft.row) ?? Infinity;
    nextAt.set(draft.row, draft.atMs);
    const lead = draft.flags.reduce((best, flag) => (compareGravity(flag, best) < 0 ? flag : best));
    items.push({ flags: draft.flags, lead, atMs: draft.atMs, row: draft.row, labelled: (next - draft.atMs) / msPerPx >= MARK_PX + LABEL_PX });
  }
  return { items: items.reverse(), rows: lastInRow.length, msPerPx };
}

/** Finds the mark under an instant and a share (0…1) of the lane's height. */
export function hitFlag(layout: FlagLayout, wallMs: WallMs, share: number): FlagItem | null {
  const row = Math.min(layout.rows - 1, Math.max(0, Math.floor(share * layout.rows)));
  const halfMs = (MARK_PX / 2) * layout.msPerPx;
  let best: FlagItem | null = null;
  for (const item of layout.items) {
    if (item.row !== row) continue;
    const reachMs = item.labelled ? halfMs + LABEL_PX * layout.msPerPx : halfMs;
    if (wallMs < item.atMs - halfMs || wallMs > item.atMs + reachMs) continue;
    if (best === null || Math.abs(item.atMs - wallMs) < Math.abs(best.atMs - wallMs)) best = item;
  }
  return best;
}

/** Gives the flag after (or before) the current one in time; without a current one, the next from an instant. */
export function stepFlag(flags: readonly Flag[], current: Flag | null, wallMs: WallMs, direction: 1 | -1): Flag | null {
  const sorted = flags.filter((flag) => flag.state !== 'dismissed' || flag.id === current?.id).sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
  const index = current === null ? -1 : sorted.findIndex((flag) => flag.id === current.id);
  if (index >= 0) return sorted[index + direction] ?? null;
  if (direction === 1) return sorted.find((flag) => flag.startMs > wallMs) ?? null;
  return sorted.findLast((flag) => flag.startMs < wallMs) ?? null;
}
