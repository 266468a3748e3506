import type { Category, Severity, WallMs } from '../../../electron/contract/index.ts';
import type { FlagLayout } from './flag-items.ts';
import type { LaneId, LaneLayout } from './lane-layout.ts';
import type { ThumbCache } from './thumb-cache.ts';
import type { TimelineData } from './timeline-data.ts';
import type { TimeScale } from './time-scale.ts';

/** The colours that drawing uses, as CSS colours. */
export type TimelineColors = {
  readonly background: string;
  readonly lane: string;
  readonly line: string;
  readonly text: string;
  readonly weak: string;
  readonly wave: string;
  readonly voiced: string;
  readonly bar: string;
  readonly barText: string;
  readonly hatch: string;
  readonly range: string;
  readonly playhead: string;
  readonly severity: Readonly<Record<Severity, string>>;
};

/** The words that drawing uses, in the person's language. */
export type TimelineLabels = {
  readonly lanes: Readonly<Record<LaneId, string>>;
  readonly categories: Readonly<Record<Category, string>>;
  readonly live: string;
  /** Drawn quietly in the speech row where no speech model is installed; empty otherwise. */
  readonly speechNote: string;
};

/** A marked range; either end may still be open. */
export type MarkedRange = { readonly inMs: WallMs | null; readonly outMs: WallMs | null };

/** All that one picture of the timeline depends on. `scale` covers the area right of the row names. */
export type TimelineFrame = {
  readonly scale: TimeScale;
  readonly layout: LaneLayout;
  readonly data: TimelineData;
  readonly flags: FlagLayout;
  readonly thumbs: ThumbCache;
  readonly colors: TimelineColors;
  readonly labels: TimelineLabels;
  readonly font: string;
  readonly playheadMs: WallMs | null;
  readonly liveMs: WallMs | null;
  readonly sessionStartMs: WallMs;
  readonly range: MarkedRange;
  readonly selectedFlagId: string | null;
  readonly hoverPx: number | null;
};
