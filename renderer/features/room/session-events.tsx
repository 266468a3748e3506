import { Button, Drawer, Segmented } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import type { Fault, Gap, Session, SessionEvent, SessionEventKind, WallMs } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { readFault } from '../../state/notices-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { describeFault } from '../../ui/fault-sentences.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatClock } from '../../ui/format-time.ts';
import { useLanguage, useText } from '../../ui/i18n.ts';
import { isTroubleEvent } from '../timeline/index.ts';
import { formatGapLength } from './gap-card.tsx';
import { describeEventFacts } from './session-event-words.ts';
import { sessionEventText, sessionEventsText } from './session-events-text.ts';

/** What happened beside the footage of a session: every split, reconnection, clock step and gap with its reason, newest last; a line leads to its moment. */
export function SessionEvents({ session, liveMs, onSeek }: { readonly session: Session; readonly liveMs: WallMs | null; readonly onSeek: (wallMs: WallMs) => void }): ReactElement {
  const t = useText(sessionEventsText);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" data-testid="session-events-open" onClick={() => setOpen(true)}>{t('title')}</Button>
      <Drawer open={isOpen} onClose={() => setOpen(false)} title={t('title')} width={460} data-testid="session-events" destroyOnHidden>
        <EventList session={session} liveMs={liveMs} onSeek={(wallMs) => { setOpen(false); onSeek(wallMs); }} />
      </Drawer>
    </>
  );
}

type Entry = { key: string; atMs: WallMs; kind: SessionEventKind | 'gap'; reason: Fault | null; facts: readonly string[]; isTrouble: boolean };

function EventList({ session, liveMs, onSeek }: { readonly session: Session; readonly liveMs: WallMs | null; readonly onSeek: (wallMs: WallMs) => void }): ReactElement {
  const t = useText(sessionEventsText);
  const kinds = useText(sessionEventText);
  const c = useText(commonText);
  const language = useLanguage();
  const [events, setEvents] = useState<readonly SessionEvent[] | null>(null);
  const [gaps, setGaps] = useState<readonly Gap[]>([]);
  const [fault, setFault] = useState<Fault | null>(null);
  const [filter, setFilter] = useState<'all' | 'trouble'>('all');

  useEffect(() => {
    const range = { roomId: session.roomId, fromMs: session.startMs - 60_000, toMs: (session.endMs ?? liveMs ?? Date.now()) + 60_000 };
    const ours = <T extends { sessionId: string }>(items: readonly T[]): T[] => items.filter((item) => item.sessionId === session.id);
    let isLeft = false;
    setEvents(null);
    setGaps([]);
    Promise.all([engine.call('events.list', range), engine.call('gaps.list', range)]).then(
      ([listed, missing]) => {
        if (isLeft) return;
        // What came while the lists were on their way stands behind them, once.
        setEvents((came) => mergeByTime(ours(listed), came ?? [], (event) => `${event.atMs} ${event.kind}`));
        setGaps((came) => mergeByTime(ours(missing), came, (gap) => String(gap.fromMs)));
      },
      (thrown: unknown) => setFault(readFault(thrown)),
    );
    const stop = engine.onEvent((event) => {
      if (event.event === 'sessionEventCommitted' && event.data.sessionId === session.id) setEvents((old) => [...(old ?? []), event.data]);
      if (event.event === 'gapCommitted' && event.data.sessionId === session.id) setGaps((old) => [...old, event.data]);
    });
    return () => {
      isLeft = true;
      stop();
    };
  // The list follows the session's own events from here on; it is not read again as the live edge moves.
  }, [session.id]);

  const entries = useMemo(() => {
    const all: Entry[] = [
      ...(events ?? []).map((event, index): Entry => ({ key: `e${index}-${event.atMs}`, atMs: event.atMs, kind: event.kind, reason: event.reason, facts: describeEventFacts(event, language), isTrouble: isTroubleEvent(event) })),
      ...gaps.map((gap): Entry => ({ key: `g${gap.fromMs}`, atMs: gap.fromMs, kind: 'gap', reason: gap.reason, facts: [formatGapLength(gap.toMs - gap.fromMs)], isTrouble: true })),
    ];
    return all.filter((entry) => filter === 'all' || entry.isTrouble).sort((a, b) => a.atMs - b.atMs);
  }, [events, gaps, filter, language]);

  if (fault !== null) return <FaultText fault={fault} />;
  if (events === null) return <EmptyState title={c('loading')} />;
  return (
    <>
      <Segmented size="small" value={filter} onChange={setFilter} options={[{ value: 'all', label: t('all') }, { value: 'trouble', label: t('trouble') }]} />
      {entries.length === 0 ? <EmptyState title={t('none')} /> : (
        <ol className="session-event-list">
          {entries.map((entry) => (
            <li key={entry.key}>
              <button type="button" className="session-event" data-kind={entry.kind} onClick={() => onSeek(entry.atMs)}>
                <time className="tabular">{formatClock(entry.atMs)}</time>
                <span className="session-event-words">
                  <strong>{kinds(entry.kind)}</strong>
                  {entry.reason !== null && <span title={entry.reason.message}>{describeFault(entry.reason.code, language).what}</span>}
                  {entry.facts.length > 0 && <span className="session-event-detail">{entry.facts.join(language === 'zh' ? '；' : '; ')}</span>}
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function mergeByTime<T>(listed: readonly T[], came: readonly T[], keyOf: (item: T) => string): T[] {
  const known = new Set(listed.map(keyOf));
  return [...listed, ...came.filter((item) => !known.has(keyOf(item)))];
}
