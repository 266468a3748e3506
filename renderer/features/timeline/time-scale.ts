import type { WallMs } from '../../../electron/contract/index.ts';

/** Maps wall-clock time to canvas pixels: the instant at x = 0, milliseconds per CSS pixel, width in CSS pixels. */
export type TimeScale = { readonly fromMs: WallMs; readonly msPerPx: number; readonly widthPx: number };

/** The stretch of time that can be looked at. */
export type TimeLimits = { readonly fromMs: WallMs; readonly toMs: WallMs };

/** A mark on the time axis; `major` marks carry a label. */
export type Tick = { readonly atMs: WallMs; readonly label: string; readonly major: boolean };

/** The narrowest view: one second. */
export const MIN_SPAN_MS = 1000;
/** The widest view of a session shorter than that: eight hours. */
export const MAX_SPAN_MS = 8 * 3_600_000;

const MARGIN_SHARE = 0.08;
const STEPS_MS = [
  50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
  3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];
const MINOR_PARTS = [5, 4, 3, 2];

/** Gives the x of an instant in CSS pixels; may lie outside the canvas. */
export function toPx(scale: TimeScale, wallMs: WallMs): number {
  return (wallMs - scale.fromMs) / scale.msPerPx;
}

/** Gives the instant under an x in CSS pixels. */
export function toMs(scale: TimeScale, px: number): WallMs {
  return scale.fromMs + px * scale.msPerPx;
}

/** Gives the visible length in milliseconds. */
export function spanMs(scale: TimeScale): number {
  return scale.widthPx * scale.msPerPx;
}

/** Gives the instant at the right edge. */
export function endMs(scale: TimeScale): WallMs {
  return scale.fromMs + spanMs(scale);
}

/** Keeps a view between one second and the longer of eight hours and the session, and over the limits with a small margin at each end. */
export function clampScale(scale: TimeScale, limits: TimeLimits): TimeScale {
  const total = Math.max(0, limits.toMs - limits.fromMs);
  const widest = Math.max(MAX_SPAN_MS, total * (1 + 2 * MARGIN_SHARE));
  const span = Math.min(widest, Math.max(MIN_SPAN_MS, spanMs(scale)));
  const margin = span * MARGIN_SHARE;
  const lowest = limits.fromMs - margin;
  const highest = limits.toMs + margin - span;
  const fromMs = highest < lowest ? lowest : Math.min(highest, Math.max(lowest, scale.fromMs));
  return { fromMs, msPerPx: span / scale.widthPx, widthPx: scale.widthPx };
}

/** Zooms by a factor (> 1 = closer) so that the instant under `px` stays where it is, unless the limits forbid it. */
export function zoomAbout(scale: TimeScale, px: number, factor: number, limits: TimeLimits): TimeScale {
  const total = Math.max(0, limits.toMs - limits.fromMs);
  const widest = Math.max(MAX_SPAN_MS, total * (1 + 2 * MARGIN_SHARE));
  const span = Math.min(widest, Math.max(MIN_SPAN_MS, spanMs(scale) / factor));
  const msPerPx = span / scale.widthPx;
  return clampScale({ fromMs: toMs(scale, px) - px * msPerPx, msPerPx, widthPx: scale.widthPx }, limits);
}

/** Moves the view by pixels; positive shows later times. */
export function panBy(scale: TimeScale, px: number, limits: TimeLimits): TimeScale {
  return clampScale({ ...scale, fromMs: scale.fromMs + px * scale.msPerPx }, limits);
}

/** Shows a whole stretch with a small margin. */
export function fitRange(widthPx: number, limits: TimeLimits): TimeScale {
  const total = Math.max(MIN_SPAN_MS, limits.toMs - limits.fromMs);
  const span = total * (1 + 2 * MARGIN_SHARE * 0.5);
  return { fromMs: limits.fromMs - (span - total) / 2, msPerPx: span / widthPx, widthPx };
}

/** Moves the view so that an instant stands at a share (0…1) of the width. */
export function placeAt(scale: TimeScale, wallMs: WallMs, share: number, limits: TimeLimits): TimeScale {
  return clampScale({ ...scale, fromMs: wallMs - spanMs(scale) * share }, limits);
}

/** Keeps the instant at the left edge and the zoom while the canvas changes its width. */
export function resizeScale(scale: TimeScale, widthPx: number, limits: TimeLimits): TimeScale {
  return clampScale({ ...scale, widthPx }, limits);
}

/** Picks the smallest round step in milliseconds that puts marks at least `minPx` apart. */
export function chooseStepMs(msPerPx: number, minPx: number): number {
  const wanted = msPerPx * minPx;
  return STEPS_MS.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400_000) * 86_400_000;
}

/** Plans the marks of the axis in local time; `offsetMinutes` is the zone's offset east of UTC. */
export function planTicks(scale: TimeScale, minLabelPx = 84, offsetMinutes: number = -new Date(scale.fromMs).getTimezoneOffset()): Tick[] {
  const stepMs = chooseStepMs(scale.msPerPx, minLabelPx);
  const parts = MINOR_PARTS.find((n) => stepMs / n / scale.msPerPx >= 14 && (stepMs / n) % 10 === 0) ?? 1;
  const minorMs = stepMs / parts;
  const offsetMs = offsetMinutes * 60_000;
  const ticks: Tick[] = [];
  const last = Math.floor((endMs(scale) + offsetMs) / minorMs);
  for (let i = Math.ceil((scale.fromMs + offsetMs) / minorMs); i <= last; i++) {
    const localMs = i * minorMs;
    const major = i % parts === 0;
    ticks.push({ atMs: localMs - offsetMs, major, label: major ? formatTick(localMs, stepMs) : '' });
  }
  return ticks;
}

/** Formats a local instant as an axis label fit for marks `stepMs` apart. */
export function formatTick(localMs: number, stepMs: number): string {
  const iso = new Date(localMs).toISOString();
  if (localMs % 86_400_000 === 0 && stepMs >= 60_000) return iso.slice(5, 10);
  if (stepMs < 100) return iso.slice(11, 23);
  if (stepMs < 1000) return iso.slice(11, 21);
  return stepMs < 60_000 ? iso.slice(11, 19) : iso.slice(11, 16);
}

/** Formats an instant as local wall time with tenths, `21:04:07.3`. */
export function formatWallTime(wallMs: WallMs, offsetMinutes: number = -new Date(wallMs).getTimezoneOffset()): string {
  return new Date(wallMs + offsetMinutes * 60_000).toISOString().slice(11, 21);
}

/** Formats a length or position as `h:mm:ss.d` (tenths), the sign kept. */
export function formatMediaTime(mediaMs: number): string {
  const tenths = Math.floor(Math.abs(mediaMs) / 100);
  const seconds = Math.floor(tenths / 10);
  const text = `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.${tenths % 10}`;
  return mediaMs < 0 ? `−${text}` : text;
}
