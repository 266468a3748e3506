import type { Flag, WallMs } from '../../../electron/contract/index.ts';
import { drawTimeline } from './draw-timeline.ts';
import { layoutFlags } from './flag-items.ts';
import type { FlagLayout } from './flag-items.ts';
import { changeFollow, followView } from './follow-mode.ts';
import type { FollowCause, FollowMode } from './follow-mode.ts';
import { findTarget } from './hit-target.ts';
import type { HitTarget } from './hit-target.ts';
import { GUTTER_PX, laneBox, layoutLanes } from './lane-layout.ts';
import type { LaneLayout } from './lane-layout.ts';
import { ThumbCache } from './thumb-cache.ts';
import type { TimelineData } from './timeline-data.ts';
import type { MarkedRange, TimelineColors, TimelineLabels } from './timeline-frame.ts';
import { clampScale, endMs, fitRange, panBy, placeAt, resizeScale, toPx, zoomAbout } from './time-scale.ts';
import type { TimeLimits, TimeScale } from './time-scale.ts';

/** What the timeline shows besides its data; set as a whole whenever any of it changes. */
export type TimelineView = {
  readonly limits: TimeLimits;
  readonly liveMs: WallMs | null;
  readonly range: MarkedRange;
  readonly selectedFlagId: string | null;
  readonly colors: TimelineColors;
  readonly labels: TimelineLabels;
  readonly font: string;
};

/** What the timeline asks of the outside. */
export type TimelinePorts = {
  /** Where the player is, asked before every frame; null while nothing plays. */
  readonly readPlayheadMs: () => WallMs | null;
  readonly thumbUrl: (path: string) => string;
  /** Called when another stretch has come into view. */
  readonly onVisible: (fromMs: WallMs, toMs: WallMs) => void;
  readonly onFollow: (mode: FollowMode) => void;
};

const FIRST_SPAN_MS = 5 * 60_000;
/** What a session that has just begun is shown in: seconds, not frames. */
const YOUNG_SPAN_MS = 30_000;

/** The timeline without React: keeps the view, follows the player, and draws at most once per frame, only when something changed. */
export class TimelineController {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #data: TimelineData;
  readonly #ports: TimelinePorts;
  readonly #thumbs: ThumbCache;
  readonly #observer: ResizeObserver;
  readonly #unsubscribe: () => void;
  #view: TimelineView;
  #scale: TimeScale;
  #layout: LaneLayout;
  #flags: FlagLayout = { items: [], rows: 1, msPerPx: 0 };
  #flagsKey: { flags: readonly Flag[]; msPerPx: number; rows: number } | null = null;
  #follow: FollowMode = 'playhead';
  /** A young session is shown whole as it grows, until a person moves the view. */
  #isWhole = true;
  #hoverPx: number | null = null;
  #playheadMs: WallMs | null = null;
  #dirty = true;
  #frame = 0;
  #ratio = 1;
  #reported = '';

  constructor(canvas: HTMLCanvasElement, data: TimelineData, view: TimelineView, ports: TimelinePorts) {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('canvas without 2D context');
    this.#canvas = canvas;
    this.#context = context;
    this.#data = data;
    this.#view = view;
    this.#ports = ports;
    this.#thumbs = new ThumbCache(ports.thumbUrl, () => this.invalidate());
    this.#layout = layoutLanes(canvas.clientHeight);
    const widthPx = Math.max(1, canvas.clientWidth - GUTTER_PX);
    const { limits } = view;
    if (view.liveMs !== null) this.#follow = 'live';
    this.#scale = limits.toMs - limits.fromMs <= FIRST_SPAN_MS
      ? fitRange(widthPx, limits)
      : placeAt({ fromMs: limits.fromMs, msPerPx: FIRST_SPAN_MS / widthPx, widthPx }, view.liveMs ?? limits.fromMs, view.liveMs === null ? 0 : 0.9, limits);
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(canvas);
    this.#unsubscribe = data.subscribe(() => this.invalidate());
    this.#resize();
    this.#frame = requestAnimationFrame(this.#tick);
  }

  /** The present mapping of time to pixels, counted from the left edge of the time area. */
  get scale(): TimeScale {
    return this.#scale;
  }

  /** What the view keeps in sight. */
  get follow(): FollowMode {
    return this.#follow;
  }

  /** Takes new limits, colours, marks or words. */
  setView(view: TimelineView): void {
    this.#view = view;
    this.invalidate();
  }

  /** Asks for a new picture with the next frame. */
  invalidate(): void {
    this.#dirty = true;
  }

  /** Zooms about an x of the time area, or about the playhead where it is visible, else the middle. */
  zoom(factor: number, px?: number): void {
    const playhead = this.#playheadMs === null ? -1 : toPx(this.#scale, this.#playheadMs);
    const about = px ?? (playhead >= 0 && playhead <= this.#scale.widthPx ? playhead : this.#scale.widthPx / 2);
    this.#move(zoomAbout(this.#scale, about, factor, this.#view.limits), 'zoom');
  }

  /** Moves the view by pixels; positive shows later times. */
  pan(px: number): void {
    this.#move(panBy(this.#scale, px, this.#view.limits), 'pan');
  }

  /** Shows the whole session. */
  fit(): void {
    this.#move(clampScale(fitRange(this.#scale.widthPx, this.#view.limits), this.#view.limits), 'fit');
  }

  /** Tells that the person sought, played or went to live, so that the view follows again. */
  noteCause(cause: FollowCause): void {
    this.#setFollow(changeFollow(this.#follow, cause));
    this.invalidate();
  }

  /** Brings an instant into view if it is not there already. */
  reveal(wallMs: WallMs): void {
    const share = toPx(this.#scale, wallMs) / this.#scale.widthPx;
    if (share >= 0.04 && share <= 0.96) return;
    this.#isWhole = false;
    this.#scale = placeAt(this.#scale, wallMs, 0.35, this.#view.limits);
    this.invalidate();
  }

  /** Finds what lies under a point of the canvas in CSS pixels and moves the hover line there. */
  hover(x: number, y: number): HitTarget | null {
    this.#hoverPx = x < GUTTER_PX ? null : x - GUTTER_PX;
    this.invalidate();
    return this.#hoverPx === null ? null : findTarget(this.#data, this.#flags, this.#scale, this.#layout, this.#hoverPx, y);
  }

  /** Removes the hover line. */
  leave(): void {
    this.#hoverPx = null;
    this.invalidate();
  }

  /** Draws now and gives the milliseconds it took; for measuring. */
  drawNow(): number {
    const startedMs = performance.now();
    this.#draw();
    return performance.now() - startedMs;
  }

  /** Stops drawing and lets go of everything. */
  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#unsubscribe();
  }

  readonly #tick = (): void => {
    this.#frame = requestAnimationFrame(this.#tick);
    const playheadMs = this.#ports.readPlayheadMs();
    const moved = playheadMs !== this.#playheadMs
      && (playheadMs === null || this.#playheadMs === null || Math.abs(playheadMs - this.#playheadMs) >= Math.min(100, this.#scale.msPerPx / 4));
    if (!moved && !this.#dirty) return;
    if (moved) this.#playheadMs = playheadMs;
    this.#draw();
  };

  #move(scale: TimeScale, cause: FollowCause): void {
    this.#isWhole = false;
    this.#scale = scale;
    this.#setFollow(changeFollow(this.#follow, cause));
    this.invalidate();
  }

  #setFollow(mode: FollowMode): void {
    if (mode === this.#follow) return;
    this.#follow = mode;
    this.#ports.onFollow(mode);
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    if (clientWidth <= GUTTER_PX || clientHeight === 0) return;
    this.#ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(clientWidth * this.#ratio);
    this.#canvas.height = Math.round(clientHeight * this.#ratio);
    this.#layout = layoutLanes(clientHeight);
    this.#scale = resizeScale(this.#scale, clientWidth - GUTTER_PX, this.#view.limits);
    this.#draw();
  }

  #draw(): void {
    this.#dirty = false;
    const { limits, liveMs } = this.#view;
    if (window.devicePixelRatio !== this.#ratio && window.devicePixelRatio > 0) return this.#resize();
    const lengthMs = limits.toMs - limits.fromMs;
    this.#isWhole &&= liveMs !== null && lengthMs <= FIRST_SPAN_MS;
    if (this.#isWhole) this.#scale = fitRange(this.#scale.widthPx, { fromMs: limits.fromMs, toMs: limits.fromMs + Math.max(YOUNG_SPAN_MS, lengthMs) });
    else this.#scale = followView(this.#scale, this.#follow, this.#playheadMs, liveMs, limits);
    const rows = laneBox(this.#layout, 'flags').height >= 30 ? 2 : 1;
    const key = { flags: this.#data.flags, msPerPx: this.#scale.msPerPx, rows };
    if (this.#flagsKey === null || this.#flagsKey.flags !== key.flags || this.#flagsKey.msPerPx !== key.msPerPx || this.#flagsKey.rows !== rows) {
      this.#flags = layoutFlags(key.flags, key.msPerPx, rows);
      this.#flagsKey = key;
    }
    this.#context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    drawTimeline(this.#context, {
      ...this.#view, scale: this.#scale, layout: this.#layout, data: this.#data, flags: this.#flags, thumbs: this.#thumbs,
      playheadMs: this.#playheadMs, sessionStartMs: limits.fromMs, hoverPx: this.#hoverPx,
    });
    this.#report();
  }

  #report(): void {
    const fromMs = Math.floor(this.#scale.fromMs);
    const toMs = Math.ceil(endMs(this.#scale));
    const report = `${fromMs}-${toMs}`;
    if (report === this.#reported) return;
    this.#reported = report;
    this.#ports.onVisible(fromMs, toMs);
  }
}
