import { Button, DatePicker, Segmented, Select } from 'antd';
import type { RefSelectProps } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { SessionId } from '../../../electron/contract/index.ts';
import { pickRecordings, reloadLibrary, useLibrary } from '../../state/library-store.ts';
import { goTo } from '../../state/route-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatBytes } from '../../ui/format-time.ts';
import { useHotkeys } from '../../ui/hotkey-registry.ts';
import { useText } from '../../ui/i18n.ts';
import type { LibraryActs } from './library-acts.ts';
import { kindText, libraryText } from './library-text.ts';
import { arrangeRecordings, judgeSelection, newestFirst, noFilter, stepCursor } from './recording-list.ts';
import type { RecordingFilter, RecordingKind } from './recording-list.ts';
import { openRecording, pageRows, RecordingsTable } from './recordings-table.tsx';

const kinds: readonly RecordingKind[] = ['all', 'held', 'altered', 'scheduled', 'imported', 'deleted'];

/** The list of recordings with its filter, its keyboard and what may be done with the chosen ones. */
export function RecordingsView({ acts }: { acts: LibraryActs }): ReactElement {
  const t = useText(libraryText);
  const recordings = useLibrary((s) => s.recordings);
  const complete = useLibrary((s) => s.complete);
  const fault = useLibrary((s) => s.fault);
  const [filter, setFilter] = useState<RecordingFilter>(noFilter);
  const [sort, setSort] = useState(newestFirst);
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<readonly SessionId[]>([]);
  const [cursor, setCursor] = useState<SessionId | null>(null);
  const roomSelect = useRef<RefSelectProps | null>(null);
  const list = useMemo(() => arrangeRecordings(recordings, filter, sort), [recordings, filter, sort]);
  const lastPage = Math.max(1, Math.ceil(list.length / pageRows));
  useEffect(() => setPage((old) => Math.min(old, lastPage)), [lastPage]);
  useEffect(() => setPage(1), [filter, sort]);

  // Without a choice the keys act on the row under the cursor.
  const targets = (): SessionId[] => (chosen.length > 0 ? [...chosen] : cursor === null ? [] : [cursor]);
  const move = (step: number): void => {
    const next = stepCursor(list, cursor, step);
    if (next === null) return;
    setCursor(next);
    setPage(Math.floor(list.findIndex((each) => each.id === next) / pageRows) + 1);
  };
  const toggle = (): void | boolean => {
    if (cursor === null) return false;
    setChosen(chosen.includes(cursor) ? chosen.filter((id) => id !== cursor) : [...chosen, cursor]);
  };
  const current = list.find((each) => each.id === cursor);
  useHotkeys(t('view.recordings'), [
    { keys: ['j', 'k', 'ArrowDown', 'ArrowUp'], label: t('keyMove'), run: (event) => move(['j', 'J', 'ArrowDown'].includes(event.key) ? 1 : -1) },
    { keys: ['Enter'], label: t('keyOpen'), run: () => (current === undefined ? false : openRecording(current)) },
    { keys: ['x', ' '], label: t('keyChoose'), run: toggle },
    { keys: ['shift+a'], label: t('keyAll'), run: () => setChosen(list.map((each) => each.id)) },
    { keys: ['h'], label: t('hold'), run: () => acts.hold(targets()) },
    { keys: ['v'], label: t('check'), run: () => acts.verify(targets()) },
    { keys: ['e'], label: t('export'), run: () => acts.exportTo(targets()) },
    { keys: ['d', 'Delete'], label: t('schedule'), run: () => acts.schedule(targets()) },
    { keys: ['u'], label: t('unschedule'), run: () => acts.unschedule(targets()) },
    { keys: ['/'], label: t('keyFilter'), run: () => roomSelect.current?.focus() },
    { keys: ['Escape'], label: t('keyClear'), run: () => (chosen.length === 0 ? false : setChosen([])) },
  ]);

  if (fault !== null && !complete) return <EmptyState title={t('failedTitle')}><FaultText fault={fault} /><RetryButton /></EmptyState>;
  if (complete && recordings.length === 0) return <EmptyState title={t('emptyTitle')} hint={t('emptyHint')}><Button onClick={() => goTo({ place: 'rooms' })}>{t('goRooms')}</Button><Button onClick={acts.importFiles}>{t('import')}</Button></EmptyState>;
  return (
    <>
      <FilterLine filter={filter} onFilter={setFilter} roomSelect={roomSelect} count={list.length} />
      <SelectionLine chosen={chosen} onClear={() => setChosen([])} acts={acts} />
      {complete && list.length === 0 ? <EmptyState title={t('noMatch')} hint={t('noMatchHint')}><Button onClick={() => setFilter(noFilter)}>{t('resetFilter')}</Button></EmptyState>
        : <RecordingsTable list={list} sort={sort} onSort={setSort} page={page} onPage={setPage} chosen={chosen} onChoose={setChosen} cursor={cursor} onCursor={setCursor} />}
    </>
  );
}

function RetryButton(): ReactElement {
  const c = useText(commonText);
  return <Button onClick={() => void reloadLibrary()}>{c('retry')}</Button>;
}

function FilterLine({ filter, onFilter, roomSelect, count }: { filter: RecordingFilter; onFilter: (filter: RecordingFilter) => void; roomSelect: React.RefObject<RefSelectProps | null>; count: number }): ReactElement {
  const t = useText(libraryText);
  const k = useText(kindText);
  const recordings = useLibrary((s) => s.recordings);
  const rooms = useMemo(() => [...new Map(recordings.map((each) => [each.roomId, each.roomName]))].map(([value, label]) => ({ value: String(value), label })).sort((a, b) => a.label.localeCompare(b.label, 'zh')), [recordings]);
  return (
    <div className="library-filter">
      <Segmented<RecordingKind> size="small" value={filter.kind} onChange={(kind) => onFilter({ ...filter, kind })} options={kinds.map((kind) => ({ value: kind, label: k(kind) }))} data-testid="kind-filter" />
      <Select ref={roomSelect} size="small" className="room-filter" allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t('allRooms')} value={filter.roomId} onChange={(roomId) => onFilter({ ...filter, roomId: roomId ?? null })} options={rooms} aria-label={t('keyFilter')} data-testid="room-filter" />
      <DatePicker.RangePicker
        size="small" allowEmpty={[true, true]} placeholder={[t('from'), t('to')]} value={[filter.fromMs === null ? null : dayjs(filter.fromMs), filter.toMs === null ? null : dayjs(filter.toMs - 1)]}
        onChange={(days) => onFilter({ ...filter, fromMs: days?.[0]?.startOf('day').valueOf() ?? null, toMs: days?.[1]?.startOf('day').add(1, 'day').valueOf() ?? null })}
      />
      <span className="faint tabular" data-testid="recording-count">{t('shown', { n: count })}</span>
    </div>
  );
}

function SelectionLine({ chosen, onClear, acts }: { chosen: readonly SessionId[]; onClear: () => void; acts: LibraryActs }): ReactElement | null {
  const t = useText(libraryText);
  const recordings = useLibrary((s) => s.recordings);
  const selection = useMemo(() => judgeSelection(pickRecordings(recordings, chosen), Date.now()), [recordings, chosen]);
  if (chosen.length === 0) return null;
  return (
    <div className="library-selection" data-testid="selection-line">
      <span className="strong tabular">{t('chosen', { n: selection.recordings.length, size: formatBytes(selection.bytes) })}</span>
      <Button size="small" onClick={() => acts.hold(chosen)} data-testid="act-hold">{t('hold')} <kbd>H</kbd></Button>
      <Button size="small" disabled={selection.checkable.length === 0} onClick={() => acts.verify(chosen)} data-testid="act-verify">{t('check')} <kbd>V</kbd></Button>
      <Button size="small" disabled={selection.exportable.length === 0} onClick={() => acts.exportTo(chosen)} data-testid="act-export">{t('export')} <kbd>E</kbd></Button>
      <Button size="small" onClick={() => acts.schedule(chosen)} data-testid="act-schedule">{t('schedule')} <kbd>D</kbd></Button>
      {selection.scheduled.length > 0 ? <Button size="small" onClick={() => acts.unschedule(chosen)} data-testid="act-unschedule">{t('unschedule')} <kbd>U</kbd></Button> : null}
      <Button size="small" type="text" onClick={onClear}>{t('clear')} <kbd>Esc</kbd></Button>
    </div>
  );
}
