import { z } from 'zod';

/** A wall-clock instant in milliseconds since the Unix epoch, by the workstation's clock. */
export const WallMs = z.number().finite();
export type WallMs = number;

/** A half-open range [fromMs, toMs) of wall-clock time. */
export const TimeRange = z.object({ fromMs: WallMs, toMs: WallMs }).refine((r) => r.toMs > r.fromMs, 'toMs must be after fromMs');
export type TimeRange = z.infer<typeof TimeRange>;

/** Formats an instant as ISO 8601 with the local offset, as the command line and packages print it. */
export function formatIso(wallMs: WallMs, offsetMinutes: number = -new Date(wallMs).getTimezoneOffset()): string {
  const shifted = new Date(wallMs + offsetMinutes * 60_000).toISOString().slice(0, 23);
  if (offsetMinutes === 0) return `${shifted}Z`;
  const abs = Math.abs(offsetMinutes);
  const hh = String(Math.floor(abs / 60)).padStart(2, '0');
  const mm = String(abs % 60).padStart(2, '0');
  return `${shifted}${offsetMinutes > 0 ? '+' : '-'}${hh}:${mm}`;
}

/** Parses an ISO 8601 instant; null when the text is not one. */
export function parseIso(text: string): WallMs | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
