import { Button } from 'antd';
import type { ReactElement } from 'react';
import type { Flag } from '../../../electron/contract/index.ts';
import { useRoom } from '../../state/rooms-store.ts';
import { categoryText, commonText, dismissReasonText, flagStateText, laneText } from '../../ui/common-text.ts';
import { useText } from '../../ui/i18n.ts';
import { MarkedText } from '../../ui/marked-text.tsx';
import { CategoryMark, SeverityMark } from '../../ui/severity-mark.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { leadsText } from './leads-text.ts';

/** Where in the quote the offending words stand. */
function findMarks(flag: Flag): { start: number; end: number; severity: Flag['severity'] }[] {
  const words = new Set(flag.sources.flatMap((source) => source.spans.map((span) => span.text)));
  return [...words].flatMap((word) => {
    const start = word === '' ? -1 : flag.quote.indexOf(word);
    return start < 0 ? [] : [{ start, end: start + word.length, severity: flag.severity }];
  });
}

/** One lead: gravity, kind, when, where, the words; chosen, it also shows its basis and what may be done. */
export function LeadItem({ flag, selected, onSelect, onOpen, onConfirm, onDismiss }: { flag: Flag; selected: boolean; onSelect: () => void; onOpen: () => void; onConfirm: () => void; onDismiss: () => void }): ReactElement {
  const t = useText(leadsText);
  const c = useText(commonText);
  const categories = useText(categoryText);
  const states = useText(flagStateText);
  const reasons = useText(dismissReasonText);
  const lanes = useText(laneText);
  const room = useRoom(flag.roomId);
  const lanesSeen = [...new Set(flag.sources.map((source) => source.lane))];
  return (
    <div className={`lead-item${selected ? ' selected' : ''} lead-${flag.state}`} data-testid="lead-item" data-flag={flag.id} data-state={flag.state} onClick={onSelect} onDoubleClick={onOpen}>
      <div className="lead-head">
        <SeverityMark severity={flag.severity} size={13} />
        <CategoryMark category={flag.category} />
        <span className="lead-kind" title={flag.subtypeName}>{categories(flag.category)}</span>
        <TimeText atMs={flag.startMs} />
      </div>
      <p className="lead-quote"><MarkedText text={flag.quote} marks={findMarks(flag)} /></p>
      <p className="lead-meta">
        <span className="lead-room">{room?.name ?? flag.roomId}</span>
        <span>{lanesSeen.map((lane) => lanes(lane)).join(' ')}</span>
        {flag.state === 'open' ? null : <span>{states(flag.state)}{flag.reason ? `：${reasons(flag.reason)}` : ''}</span>}
        {flag.exportedTo.length > 0 ? <span>{t('exported')}</span> : null}
      </p>
      {selected ? (
        <>
          {flag.basis.slice(0, 2).map((basis) => <p key={`${basis.law}${basis.article}`} className="lead-basis" title={basis.gist}>{basis.law} {basis.article}{basis.gist ? ` · ${basis.gist}` : ''}</p>)}
          <div className="lead-acts">
            <Button size="small" onClick={onOpen}>{t('enter')} <kbd>↵</kbd></Button>
            <Button size="small" disabled={flag.state === 'confirmed'} onClick={onConfirm} data-testid="lead-confirm">{c('confirm')} <kbd>C</kbd></Button>
            <Button size="small" disabled={flag.state === 'dismissed'} onClick={onDismiss} data-testid="lead-dismiss">{c('dismiss')} <kbd>X</kbd></Button>
          </div>
        </>
      ) : null}
    </div>
  );
}
