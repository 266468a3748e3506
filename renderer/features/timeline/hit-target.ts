import type { Flag, Gap, Observation, SessionEvent, WallMs } from '../../../electron/contract/index.ts';
import { hitFlag } from './flag-items.ts';
import type { FlagLayout } from './flag-items.ts';
import { laneAt } from './lane-layout.ts';
import type { LaneLayout } from './lane-layout.ts';
import { isSoundGap } from './timeline-data.ts';
import type { TimelineData } from './timeline-data.ts';
import { toMs } from './time-scale.ts';
import type { TimeScale } from './time-scale.ts';

/** What lies under the pointer. */
export type HitTarget =
  | { readonly kind: 'flags'; readonly atMs: WallMs; readonly flags: readonly Flag[]; readonly lead: Flag }
  | { readonly kind: 'gap'; readonly atMs: WallMs; readonly gap: Gap }
  | { readonly kind: 'events'; readonly atMs: WallMs; readonly events: readonly SessionEvent[] }
  | { readonly kind: 'texts'; readonly atMs: WallMs; readonly texts: readonly Observation[] }
  | { readonly kind: 'axis'; readonly atMs: WallMs }
  | { readonly kind: 'time'; readonly atMs: WallMs };

const REACH_PX = 3;
/** Marks of events are small: the pointer need not hit them exactly. */
const EVENT_REACH_PX = 6;
const MAX_TEXTS = 6;

/** Finds what lies under a point; x counts from the left edge of the time area, y from the top. Gaps are found on every row, below flags and events only. */
export function findTarget(data: TimelineData, flags: FlagLayout, scale: TimeScale, layout: LaneLayout, x: number, y: number): HitTarget {
  const atMs = toMs(scale, x);
  const lane = laneAt(layout, y);
  if (lane === null) return { kind: y < layout.axis.height ? 'axis' : 'time', atMs };
  if (lane.id === 'flags') {
    const item = hitFlag(flags, atMs, (y - lane.y) / lane.height);
    if (item !== null) return { kind: 'flags', atMs, flags: item.flags, lead: item.lead };
  }
  if (lane.id === 'events') {
    const near = data.events.query(atMs - EVENT_REACH_PX * scale.msPerPx, atMs + EVENT_REACH_PX * scale.msPerPx);
    const first = near[0];
    if (first !== undefined) return { kind: 'events', atMs: first.startMs, events: near.slice(0, MAX_TEXTS).map(({ event }) => event) };
  }
  const reachMs = REACH_PX * scale.msPerPx;
  const gap = data.gaps.query(atMs - reachMs, atMs + reachMs).find((each) => !isSoundGap(each.gap) || lane.id === 'sound' || lane.id === 'gaps');
  // A pointer that reaches a gap from just outside means the gap.
  if (gap !== undefined) return { kind: 'gap', atMs: Math.min(Math.max(atMs, gap.gap.fromMs), Math.max(gap.gap.fromMs, gap.gap.toMs - 1)), gap: gap.gap };
  if (lane.id === 'speech' || lane.id === 'ocr' || lane.id === 'chat') {
    const texts = data.lanes[lane.id].query(atMs - reachMs, atMs + reachMs);
    if (texts.length > 0) return { kind: 'texts', atMs, texts: texts.slice(0, MAX_TEXTS) };
  }
  return { kind: 'time', atMs };
}
