import { Button } from 'antd';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { ReactElement, Ref } from 'react';
import { paths } from '../../../electron/contract/index.ts';
import type { Flag, WallMs } from '../../../electron/contract/index.ts';
import { engineUrl } from '../../state/engine.ts';
import { categoryText, commonText, flagStateText, severityText } from '../../ui/common-text.ts';
import { describeFault } from '../../ui/fault-sentences.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatClock } from '../../ui/format-time.ts';
import { useLanguage, useText } from '../../ui/i18n.ts';
import { SeverityMark } from '../../ui/severity-mark.tsx';
import { formatWallTime, Timeline } from '../timeline/index.ts';
import type { HitTarget, MarkedRange, TimelineHandle, TimelineLabels, TimelineMark } from '../timeline/index.ts';
import { ShapeSign } from './flag-card.tsx';
import { formatGapLength, GapFacts } from './gap-card.tsx';
import { roomText } from './room-text.ts';
import { describeEventFacts } from './session-event-words.ts';
import { sessionEventText } from './session-events-text.ts';
import type { RoomSession } from './use-room-session.ts';

/** What the pane shows and may ask for. */
export type TimelinePaneProps = {
  readonly view: RoomSession;
  readonly timelineRef: Ref<TimelineHandle>;
  readonly range: MarkedRange;
  readonly selectedFlagId: string | null;
  readonly speechMissing: boolean;
  readonly readPlayheadMs: () => WallMs | null;
  readonly onSeek: (wallMs: WallMs) => void;
  readonly onPickFlag: (flag: Flag) => void;
  readonly onRange: (range: MarkedRange) => void;
  readonly onVisible: (fromMs: WallMs, toMs: WallMs) => void;
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  readonly onExport: () => void;
};

/** The timeline with its words, its tooltip and a slim bar for range and zoom. */
export function TimelinePane(props: TimelinePaneProps): ReactElement {
  const { view, range, speechMissing } = props;
  const t = useText(roomText);
  const c = useText(commonText);
  const category = useText(categoryText);
  const severity = useText(severityText);
  const state = useText(flagStateText);
  const kinds = useText(sessionEventText);
  const language = useLanguage();
  const version = useSyncExternalStore(view.data.subscribe, () => view.data.version);
  const marks = useMemo<TimelineMark[]>(() => [
    ...view.data.gaps.items.map(({ gap }): TimelineMark => ({ key: `g${gap.fromMs}`, kind: 'gap', atMs: gap.fromMs, words: `${formatClock(gap.fromMs)} ${t('gap', { length: formatGapLength(gap.toMs - gap.fromMs) })} ${describeFault(gap.reason.code, language).what}` })),
    ...view.data.events.items.map(({ event }, index): TimelineMark => ({ key: `e${event.atMs}-${index}`, kind: 'event', atMs: event.atMs, words: [formatClock(event.atMs), kinds(event.kind), ...describeEventFacts(event, language)].join(' ') })),
  // The data changes in place; its version tells.
  ], [view.data, version, t, kinds, language]);
  const labels = useMemo<TimelineLabels>(() => ({
    lanes: { picture: t('lanePicture'), sound: t('laneSound'), speech: t('lane_speech'), ocr: t('lane_ocr'), chat: t('lane_chat'), flags: t('laneFlags'), events: t('laneEvents'), gaps: t('laneGaps') },
    categories: {
      identity: category('identity'), mismatch: category('mismatch'), exaggerated: category('exaggerated'), counterfeit: category('counterfeit'),
      'fake-orders': category('fake-orders'), vulgar: category('vulgar'), 'after-sales': category('after-sales'),
    },
    live: t('live'), speechNote: speechMissing ? t('noSpeechShort') : '',
  }), [t, category, speechMissing]);
  const describeFlag = useCallback((flag: Flag) => t('flagRead', { time: formatClock(flag.startMs), severity: severity(flag.severity), category: category(flag.category), state: state(flag.state), quote: flag.quote }), [t, severity, category, state]);
  const renderTip = useCallback((target: HitTarget) => <Tip target={target} />, []);
  const length = range.inMs === null || range.outMs === null ? null : range.outMs - range.inMs;
  return (
    <section className="timeline-pane">
      <div className="timeline-bar">
        <span className="tabular">{t('markIn')} {range.inMs === null ? '--:--:--.-' : formatWallTime(range.inMs)}</span>
        <span className="tabular">{t('markOut')} {range.outMs === null ? '--:--:--.-' : formatWallTime(range.outMs)}</span>
        {length !== null && <span className="tabular">{t('range', { length: `${(length / 1000).toFixed(1)} s` })}</span>}
        {(range.inMs !== null || range.outMs !== null) && <Button size="small" type="text" onClick={() => props.onRange({ inMs: null, outMs: null })}>{t('clearRange')}</Button>}
        {view.load.fault !== null && <span className="timeline-fault">{t('loadFailed')} <FaultText fault={view.load.fault} brief /> <Button size="small" type="text" onClick={() => view.loader?.retry()}>{c('retry')}</Button></span>}
        <span className="timeline-acts">
          <Button size="small" type="text" aria-label={t('zoomOut')} onClick={() => props.onZoom(1 / 1.6)}>−</Button>
          <Button size="small" type="text" aria-label={t('zoomIn')} onClick={() => props.onZoom(1.6)}>+</Button>
          <Button size="small" type="text" onClick={props.onFit}>{t('fit')}</Button>
          <Button size="small" data-testid="export-open" onClick={props.onExport}>{c('export')}</Button>
        </span>
      </div>
      <div className="timeline-hold">
        <Timeline
          ref={props.timelineRef} data={view.data} limits={view.limits} liveMs={view.liveMs} range={range} flags={view.data.flags} marks={marks} selectedFlagId={props.selectedFlagId}
          labels={labels} ariaLabel={t('timeline')} readPlayheadMs={props.readPlayheadMs} thumbUrl={thumbUrl} describeFlag={describeFlag} renderTip={renderTip}
          onSeek={props.onSeek} onPickFlag={props.onPickFlag} onRange={props.onRange} onVisible={props.onVisible}
        />
      </div>
    </section>
  );
}

function thumbUrl(path: string): string {
  return engineUrl(paths.derivedFile(path));
}

function Tip({ target }: { readonly target: HitTarget }): ReactElement {
  const t = useText(roomText);
  const language = useLanguage();
  const category = useText(categoryText);
  const kinds = useText(sessionEventText);
  const time = <span className="tabular tip-time">{formatWallTime(target.atMs)}</span>;
  switch (target.kind) {
    case 'flags': return (
      <>
        {target.flags.length > 1 && <p className="tip-time">{t('clusters', { n: target.flags.length })}</p>}
        {target.flags.slice(0, 4).map((flag) => (
          <div key={flag.id} className="tip-flag">
            <p className={`severity-${flag.severity}`}><SeverityMark severity={flag.severity} /> <ShapeSign flag={flag} /> <b>{category(flag.category)}</b> <span className="tip-time tabular">{formatClock(flag.startMs)}</span></p>
            <p>「{flag.quote}」</p>
            {flag.basis[0] !== undefined && <p className="tip-time">{flag.basis[0].law} {flag.basis[0].article}</p>}
          </div>
        ))}
      </>
    );
    case 'gap': return <div data-testid="gap-tip">{time} <GapFacts gap={target.gap} /></div>;
    case 'events': return (
      <div data-testid="event-tip">
        {target.events.map((event, index) => (
          <div key={`${event.atMs}-${index}`} className="tip-event">
            <p><span className="tabular tip-time">{formatClock(event.atMs)}</span> <b>{kinds(event.kind)}</b></p>
            {event.reason !== null && <p>{describeFault(event.reason.code, language).what}</p>}
            {Object.keys(event.detail).length > 0 && <p className="tip-time">{describeEventFacts(event, language).join(language === 'zh' ? '；' : '; ')}</p>}
          </div>
        ))}
      </div>
    );
    case 'texts': return <>{time}{target.texts.map((text) => <p key={text.id}>{text.speaker === undefined ? '' : `${text.speaker}：`}{text.text}</p>)}</>;
    case 'axis': case 'time': return time;
  }
}
