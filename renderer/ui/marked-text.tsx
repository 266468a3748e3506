import type { ReactElement, ReactNode } from 'react';
import type { Severity, Span } from '../../electron/contract/index.ts';

/** A stretch of text to mark in a severity's colour. */
export type Mark = Pick<Span, 'start' | 'end'> & { severity: Severity };

/** Text with stretches underlined in the colour of their severity; where they overlap the earlier one wins. */
export function MarkedText({ text, marks }: { text: string; marks: readonly Mark[] }): ReactElement {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    const start = Math.max(at, mark.start);
    if (mark.end <= start || start >= text.length) continue;
    if (start > at) parts.push(text.slice(at, start));
    parts.push(<mark key={start} className={`marked severity-${mark.severity}`}>{text.slice(start, mark.end)}</mark>);
    at = Math.min(text.length, mark.end);
  }
  if (at < text.length) parts.push(text.slice(at));
  return <>{parts}</>;
}
