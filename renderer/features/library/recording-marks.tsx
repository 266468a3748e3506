import type { ReactElement } from 'react';
import type { Recording } from '../../../electron/contract/index.ts';
import { useText } from '../../ui/i18n.ts';
import { libraryText, protectionText } from './library-text.ts';

const two = (n: number): string => String(n).padStart(2, '0');

/** A day as 2026-11-24. */
export function formatDay(wallMs: number): string {
  const date = new Date(wallMs);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Everything that is to be known of a recording's fate: running, altered, held, on its way out, or kept until when. */
export function RecordingMarks({ recording }: { recording: Recording }): ReactElement {
  const t = useText(libraryText);
  const p = useText(protectionText);
  const marks: { key: string; text: string; strong?: boolean; faint?: boolean }[] = [];
  if (recording.alteredFiles > 0) marks.push({ key: 'altered', text: t('mark.altered', { n: recording.alteredFiles }), strong: true });
  if (recording.state === 'recording') marks.push({ key: 'recording', text: t('mark.recording') });
  if (recording.state === 'scheduled') {
    const due = (recording.purgeAfterMs ?? Infinity) <= Date.now();
    marks.push({ key: 'scheduled', text: due ? t('mark.due') : t('mark.scheduled', { date: formatDay(recording.purgeAfterMs ?? 0) }), strong: true });
  }
  if (recording.state === 'deleted') marks.push({ key: 'deleted', text: t('mark.deleted', { date: formatDay(recording.deletedAtMs ?? 0) }) });
  for (const [i, each] of recording.protections.entries()) if (each.kind !== 'running') marks.push({ key: `${each.kind}${i}`, text: p(each.kind, { detail: each.detail }) });
  if (recording.imported) marks.push({ key: 'imported', text: t('mark.imported'), faint: true });
  if (recording.state === 'kept' && recording.expiresAtMs !== null) marks.push({ key: 'until', text: t(recording.expiresAtMs <= Date.now() ? 'mark.expired' : 'mark.until', { date: formatDay(recording.expiresAtMs) }), faint: true });
  return (
    <span className="recording-marks" data-testid="recording-marks" title={marks.map((mark) => mark.text).join('；')}>
      {marks.map((mark) => <span key={mark.key} data-mark={mark.key.replace(/\d+$/, '')} className={mark.strong ? 'strong' : mark.faint ? 'faint' : undefined}>{mark.text}</span>)}
    </span>
  );
}
