import type { WallMs } from '../../../electron/contract/index.ts';
import { placeAt, spanMs, toPx } from './time-scale.ts';
import type { TimeLimits, TimeScale } from './time-scale.ts';

/** What the view keeps in sight: the live edge, the playhead, or nothing since a person moved it. */
export type FollowMode = 'live' | 'playhead' | 'free';

/** What can change the mode. */
export type FollowCause = 'pan' | 'zoom' | 'fit' | 'seek' | 'live' | 'play';

const LIVE_SHARE = 0.9;
const PAGE_SHARE = 0.15;
const EDGE_SHARE = 0.92;

/** Gives the mode after something happened; zooming keeps it, panning sets the view free until the next seek or play. */
export function changeFollow(mode: FollowMode, cause: FollowCause): FollowMode {
  switch (cause) {
    case 'pan': case 'fit': return 'free';
    case 'zoom': return mode;
    case 'live': return 'live';
    case 'seek': return 'playhead';
    case 'play': return mode === 'live' ? 'live' : 'playhead';
  }
}

/** Moves the view as the mode asks: the live edge glides at nine tenths, the playhead turns pages. Returns the same object when nothing moves. */
export function followView(scale: TimeScale, mode: FollowMode, playheadMs: WallMs | null, liveMs: WallMs | null, limits: TimeLimits): TimeScale {
  if (mode === 'live' && liveMs !== null) {
    const moved = placeAt(scale, liveMs, LIVE_SHARE, limits);
    return Math.abs(moved.fromMs - scale.fromMs) < scale.msPerPx / 4 ? scale : moved;
  }
  if (mode !== 'playhead' || playheadMs === null) return scale;
  const share = toPx(scale, playheadMs) / scale.widthPx;
  if (share >= 0 && share <= EDGE_SHARE) return scale;
  const moved = placeAt(scale, playheadMs, share < 0 && playheadMs > scale.fromMs - spanMs(scale) ? 0.5 : PAGE_SHARE, limits);
  return moved.fromMs === scale.fromMs ? scale : moved;
}
