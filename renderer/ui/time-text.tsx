import type { ReactElement } from 'react';
import { formatClock, formatDateTime, formatDuration } from './format-time.ts';
import { useNow } from './use-now.ts';

/** A wall-clock time in tabular figures; the date is in its title. */
export function TimeText({ atMs, full = false }: { atMs: number; full?: boolean }): ReactElement {
  return <time className="tabular" dateTime={new Date(atMs).toISOString()} title={formatDateTime(atMs)}>{full ? formatDateTime(atMs) : formatClock(atMs)}</time>;
}

/** A length of time in tabular figures. */
export function DurationText({ ms }: { ms: number }): ReactElement {
  return <span className="tabular">{formatDuration(ms)}</span>;
}

/** How long ago something began, counting. */
export function ElapsedText({ sinceMs }: { sinceMs: number }): ReactElement {
  return <DurationText ms={useNow() - sinceMs} />;
}
