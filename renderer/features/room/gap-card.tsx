import { Button } from 'antd';
import type { ReactElement } from 'react';
import type { Gap } from '../../../electron/contract/index.ts';
import { describeFault } from '../../ui/fault-sentences.ts';
import { formatClock, formatDuration } from '../../ui/format-time.ts';
import { useLanguage, useText } from '../../ui/i18n.ts';
import { roomText } from './room-text.ts';

/** A gap's length in words: seconds with tenths below a minute, else minutes. */
export function formatGapLength(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms);
}

/** Why footage is missing, from when to when and how long: the same words on the timeline and in the player. */
export function GapFacts({ gap }: { readonly gap: Gap }): ReactElement {
  const t = useText(roomText);
  const language = useLanguage();
  return (
    <>
      <b>{t('gap', { length: formatGapLength(gap.toMs - gap.fromMs) })}</b>
      <p>{describeFault(gap.reason.code, language).what}</p>
      <p className="tip-time tabular">{formatClock(gap.fromMs, true)} – {formatClock(gap.toMs, true)}</p>
    </>
  );
}

/** Stands over the picture where there is none: how much is missing here and why, and the way to the footage that follows. */
export function GapCard({ gap, hasFootageAfter, onSkip }: { readonly gap: Gap; readonly hasFootageAfter: boolean; readonly onSkip: () => void }): ReactElement {
  const t = useText(roomText);
  const language = useLanguage();
  return (
    <div className="gap-card" role="status" data-testid="gap-card" onClick={(event) => event.stopPropagation()}>
      <b>{t('gapHere', { length: formatDuration(Math.max(1000, gap.toMs - gap.fromMs)) })} · {describeFault(gap.reason.code, language).what}</b>
      <p className="tabular">{formatClock(gap.fromMs, true)} – {formatClock(gap.toMs, true)}</p>
      <p className="gap-detail" title={gap.reason.message}>{describeFault(gap.reason.code, language).kept}</p>
      {hasFootageAfter ? <Button size="small" data-testid="gap-skip" onClick={onSkip}>{t('gapSkip')}</Button> : <p>{t('gapLast')}</p>}
    </div>
  );
}
