import { Button, Checkbox, Table } from 'antd';
import type { TableColumnsType } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Hold } from '../../../electron/contract/index.ts';
import { useLibrary } from '../../state/library-store.ts';
import { goTo } from '../../state/route-store.ts';
import { useRooms } from '../../state/rooms-store.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDateTime } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { ReleaseDialog } from './hold-dialogs.tsx';
import type { LibraryActs } from './library-acts.ts';
import { holdText, libraryText } from './library-text.ts';

/** Holds in force, and released ones where asked: what, since when, by whom and why; each can be released with a reason. */
export function HoldsView({ acts }: { acts: LibraryActs }): ReactElement {
  const t = useText(holdText);
  const l = useText(libraryText);
  const holds = useLibrary((s) => s.holds);
  const recordings = useLibrary((s) => s.recordings);
  const rooms = useRooms((s) => s.rooms);
  const [showReleased, setShowReleased] = useState(false);
  const [releasing, setReleasing] = useState<Hold | null>(null);
  const shown = holds.filter((hold) => showReleased || hold.releasedAtMs === null);
  const nameOf = (hold: Hold): string => rooms.find((room) => room.id === hold.roomId)?.name ?? recordings.find((each) => each.roomId === hold.roomId)?.roomName ?? hold.roomId;
  const startOf = (hold: Hold): number | null => recordings.find((each) => each.id === hold.sessionId)?.startMs ?? hold.fromMs;
  const sayWhat = (hold: Hold): string => {
    const startMs = startOf(hold);
    if (hold.sessionId !== null) return t('whole', { time: startMs === null ? hold.sessionId : formatDateTime(startMs) });
    return `${formatDateTime(hold.fromMs ?? 0)} – ${formatDateTime(hold.toMs ?? 0)}`;
  };
  const columns: TableColumnsType<Hold> = [
    { title: l('room'), key: 'room', width: '18%', ellipsis: true, render: (_, hold) => nameOf(hold) },
    { title: t('what'), key: 'what', width: '26%', render: (_, hold) => <span className="tabular">{sayWhat(hold)}</span> },
    { title: t('reason'), key: 'reason', render: (_, hold) => <span>{hold.reason}{hold.releasedAtMs === null ? null : <span className="cell-note">{t('releasedBy', { time: formatDateTime(hold.releasedAtMs), who: hold.releasedBy || '—', reason: hold.releaseReason ?? '' })}</span>}</span> },
    { title: l('by'), key: 'by', width: 96, ellipsis: true, render: (_, hold) => hold.createdBy || '—' },
    { title: t('since'), key: 'since', width: 160, render: (_, hold) => <TimeText atMs={hold.createdAtMs} full /> },
    { title: '', key: 'acts', width: 84, align: 'right', render: (_, hold) => (hold.releasedAtMs === null ? <span onClick={(event) => event.stopPropagation()}><Button size="small" type="text" onClick={() => setReleasing(hold)} data-testid="release-hold">{t('release')}</Button></span> : null) },
  ];
  return (
    <>
      <div className="library-filter">
        <Button size="small" onClick={acts.holdRange} data-testid="add-hold">{t('add')}</Button>
        <Checkbox checked={showReleased} onChange={(event) => setShowReleased(event.target.checked)} data-testid="show-released">{t('showReleased')}</Checkbox>
      </div>
      {shown.length === 0 ? <EmptyState title={t('emptyTitle')} hint={t('emptyHint')} /> : (
        <Table<Hold>
          size="small" rowKey="id" columns={columns} dataSource={shown} tableLayout="fixed" pagination={shown.length > 50 ? { pageSize: 50, size: 'small', showSizeChanger: false } : false} rowClassName={(hold) => (hold.releasedAtMs === null ? 'clickable' : 'clickable gone-row')}
          onRow={(hold) => ({ 'data-testid': 'hold-row', 'data-released': hold.releasedAtMs !== null, onClick: () => goTo({ place: 'room', roomId: hold.roomId, atMs: startOf(hold) }) }) as object}
        />
      )}
      {releasing === null ? null : <ReleaseDialog hold={releasing} onClose={() => setReleasing(null)} />}
    </>
  );
}
