import { Button, Input } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { paths } from '../../../electron/contract/index.ts';
import type { Flag, WallMs } from '../../../electron/contract/index.ts';
import { engineUrl } from '../../state/engine.ts';
import { categoryText, commonText, dismissReasonText, flagStateText, laneText, severityText } from '../../ui/common-text.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatClock, formatDateTime } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { MarkedText } from '../../ui/marked-text.tsx';
import { SeverityMark } from '../../ui/severity-mark.tsx';
import { markStyle, shapePath } from '../timeline/index.ts';
import { roomText } from './room-text.ts';

/** What the card shows and may ask for. */
export type FlagCardProps = {
  readonly flag: Flag | null;
  readonly flagCount: number;
  readonly note: string;
  readonly onNote: (note: string) => void;
  readonly onConfirm: () => void;
  readonly onDismiss: () => void;
  readonly onReopen: () => void;
  readonly onUndo: () => void;
  readonly onExport: () => void;
  readonly onSeek: (wallMs: WallMs) => void;
};

/** One lead in full: the words, why, on what basis, from where, what became of it, and what the inspector says. */
export function FlagCard(props: FlagCardProps): ReactElement {
  const { flag } = props;
  const t = useText(roomText);
  const c = useText(commonText);
  const severity = useText(severityText);
  const category = useText(categoryText);
  const state = useText(flagStateText);
  const lane = useText(laneText);
  const [brokenStill, setBrokenStill] = useState<string | null>(null);
  if (flag === null) {
    return <section className="flag-card is-empty"><EmptyState title={props.flagCount === 0 ? t('noFlagsAtAll') : t('noFlag')} hint={props.flagCount === 0 ? undefined : t('noFlagHint')} /></section>;
  }
  return (
    <section className="flag-card" data-testid="flag-card" data-flag-id={flag.id} data-state={flag.state} aria-label={c('lead')}>
      <header className={`flag-head severity-${flag.severity}`}>
        <SeverityMark severity={flag.severity} size={14} />
        <span className="flag-severity">{severity(flag.severity)}</span>
        <ShapeSign flag={flag} />
        <b>{category(flag.category)}</b>
        <span className="flag-subtype">{flag.subtypeName}</span>
        <span className={`flag-state state-${flag.state}`}>{state(flag.state)}</span>
      </header>
      <div className="flag-body">
        <div className="flag-top">
          {flag.stillPath !== null && flag.stillPath !== brokenStill && (
            <button type="button" className="flag-still" onClick={() => props.onSeek(flag.startMs)}><img src={engineUrl(paths.derivedFile(flag.stillPath))} alt="" onError={() => setBrokenStill(flag.stillPath)} /></button>
          )}
          <div className="flag-words">
            {flag.sources.length === 0 ? <blockquote>{flag.quote}</blockquote> : flag.sources.slice(0, 4).map((source) => (
              <blockquote key={source.observationId}>
                <button type="button" onClick={() => props.onSeek(source.startMs)}><span className="flag-source">{lane(source.lane)} <time className="tabular">{formatClock(source.startMs)}</time></span></button>
                <MarkedText text={source.text} marks={source.spans.map((span) => ({ ...span, severity: flag.severity }))} />
              </blockquote>
            ))}
          </div>
        </div>
        <dl>
          <dt>{t('why')}</dt><dd>{flag.explanation} <span className="flag-faint">{t('score', { n: flag.score.toFixed(2) })}</span></dd>
          <dt>{t('basis')}</dt>
          <dd>{flag.basis.length === 0 ? c('none') : flag.basis.map((each) => <p key={`${each.law}${each.article}`}><b>{each.law} {each.article}</b>{each.gist === undefined ? null : <span className="flag-gist">{each.gist}</span>}</p>)}</dd>
          <dt>{t('history')}</dt>
          <dd><History flag={flag} /></dd>
        </dl>
      </div>
      <footer className="flag-acts">
        <Input size="small" maxLength={2000} className="flag-note" data-testid="flag-note" aria-label={t('note')} placeholder={t('notePlaceholder')} value={props.note} onChange={(event) => props.onNote(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') event.currentTarget.blur(); }} />
        {flag.state === 'open'
          ? <><Button size="small" type="primary" data-testid="flag-confirm" onClick={props.onConfirm}>{c('confirm')}</Button><Button size="small" data-testid="flag-dismiss" onClick={props.onDismiss}>{c('dismiss')}</Button></>
          : <Button size="small" data-testid="flag-reopen" onClick={props.onReopen}>{t('reopen')}</Button>}
        <Button size="small" type="text" data-testid="flag-undo" onClick={props.onUndo}>{c('undo')}</Button>
        <Button size="small" onClick={props.onExport}>{c('export')}</Button>
      </footer>
    </section>
  );
}

function History({ flag }: { readonly flag: Flag }): ReactElement {
  const t = useText(roomText);
  const reasons = useText(dismissReasonText);
  const who = flag.reviewedBy === null || flag.reviewedBy === '' ? t('someone') : flag.reviewedBy;
  return (
    <ul className="flag-history">
      <li><time className="tabular">{formatDateTime(flag.createdAtMs)}</time> {t('detected')} <span className="flag-faint">{t('rulePack', { hash: flag.rulePackHash.slice(0, 8) })}</span></li>
      {flag.state !== 'open' && flag.reviewedAtMs !== null && (
        <li>
          <time className="tabular">{formatDateTime(flag.reviewedAtMs)}</time>{' '}
          {flag.state === 'confirmed' ? t('confirmedBy', { who }) : t('dismissedBy', { who, reason: flag.reason === null ? '' : reasons(flag.reason) })}
          {flag.note !== '' && <span className="flag-noted">{flag.note}</span>}
        </li>
      )}
      {flag.exportedTo.length > 0 && <li>{t('exportedTo', { names: flag.exportedTo.join('、') })}</li>}
    </ul>
  );
}

/** The category's shape as the timeline draws it. */
export function ShapeSign({ flag }: { readonly flag: Pick<Flag, 'category' | 'severity'> }): ReactElement {
  const { filled } = markStyle(flag.severity);
  return <svg className={`severity-${flag.severity}`} width="13" height="13" viewBox="-1.3 -1.3 2.6 2.6" aria-hidden="true"><path d={shapePath(flag.category)} fill={filled ? 'currentColor' : 'none'} stroke="currentColor" strokeWidth="0.2" /></svg>;
}
