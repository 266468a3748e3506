import { Button, Switch, Table, Tooltip } from 'antd';
import type { TableColumnsType } from 'antd';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import type { Room } from '../../../electron/contract/index.ts';
import { useConnection } from '../../state/connection-store.ts';
import { engine } from '../../state/engine.ts';
import { sayNotice } from '../../state/notices-store.ts';
import { dropRoom, upsertRoom, useRooms } from '../../state/rooms-store.ts';
import { formatRoute } from '../../state/route-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { guardFault } from '../../ui/fault-guard.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { useHotkeys } from '../../ui/hotkey-registry.ts';
import { useText } from '../../ui/i18n.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { registryText } from './registry-text.ts';
import { RoomDialog } from './room-dialog.tsx';

async function setRecording(room: Room, on: boolean): Promise<void> {
  const changed = await guardFault(() => engine.call(on ? 'rooms.start' : 'rooms.stop', { id: room.id }));
  if (changed) upsertRoom(changed);
}

/** 房间: the register of rooms with their state and its reason; add, edit, start, stop, remove. */
export function RegistryScreen(): ReactElement {
  const t = useText(registryText);
  const c = useText(commonText);
  const rooms = useRooms((s) => s.rooms);
  const loaded = useConnection((s) => s.loaded);
  const [dialog, setDialog] = useState<Room | 'new' | null>(null);
  const [demo, setDemo] = useState(false);
  useHotkeys(t('title'), [{ keys: ['a'], label: t('addTitle'), run: () => setDialog('new') }]);
  useEffect(() => {
    let gone = false;
    void guardFault(() => engine.call('demo.offer', {})).then((offer) => {
      if (!gone) setDemo(offer !== null && offer.available && !offer.running);
    });
    return () => {
      gone = true;
    };
  }, [rooms.length]);

  const remove = async (room: Room): Promise<void> => {
    if (!(await guardFault(() => engine.call('rooms.remove', { id: room.id })))) return;
    dropRoom(room.id);
    sayNotice(t('removed', { name: room.name }), {
      label: c('undo'),
      run: () => void guardFault(() => engine.call('rooms.restore', { id: room.id })).then((restored) => restored && upsertRoom(restored)),
    });
  };
  const startDemo = async (): Promise<void> => {
    for (const room of (await guardFault(() => engine.call('demo.start', {}))) ?? []) upsertRoom(room);
  };

  const columns: TableColumnsType<Room> = [
    { title: t('name'), key: 'name', render: (_, room) => <span className="cell-name"><a href={formatRoute({ place: 'room', roomId: room.id, atMs: null })}>{room.name}</a>{room.demo ? <span className="tag">{c('demo')}</span> : null}<Tooltip title={room.url}><span className="cell-sub">{room.url}</span></Tooltip></span> },
    { title: t('platform'), key: 'platform', width: 130, render: (_, room) => <span>{[room.platform, room.host].filter(Boolean).join(' · ') || '—'}</span> },
    { title: t('state'), key: 'state', width: 260, render: (_, room) => <div className="cell-state"><StateBadge room={room} />{room.stateFault ? <FaultText fault={room.stateFault} brief /> : null}</div> },
    { title: t('since'), key: 'since', width: 90, render: (_, room) => <TimeText atMs={room.stateSinceMs} /> },
    { title: t('bitrate'), key: 'bitrate', width: 90, align: 'right', render: (_, room) => <span className="tabular">{room.bitrateBps ? `${(room.bitrateBps / 1e6).toFixed(1)} Mb/s` : '—'}</span> },
    { title: t('recording'), key: 'enabled', width: 88, render: (_, room) => <Switch size="small" checked={room.enabled} onChange={(on) => void setRecording(room, on)} aria-label={room.enabled ? c('stop') : c('start')} data-testid="room-switch" /> },
    { title: '', key: 'acts', width: 140, align: 'right', render: (_, room) => <span className="cell-acts"><Button size="small" type="text" onClick={() => setDialog(room)} data-testid="edit-room">{c('edit')}</Button><Button size="small" type="text" onClick={() => void remove(room)} data-testid="remove-room">{c('remove')}</Button></span> },
  ];

  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('title')} <span className="tabular faint">{rooms.length}</span></h1>
        <span className="page-acts">
          {demo ? <Button onClick={() => void startDemo()} data-testid="start-demo">{t('startDemo')}</Button> : null}
          <Button type="primary" onClick={() => setDialog('new')} data-testid="add-room">{t('addTitle')}</Button>
        </span>
      </div>
      {rooms.length === 0 && loaded ? <EmptyState title={t('emptyTitle')} hint={t('emptyHint')} /> : (
        <Table<Room> size="small" rowKey="id" columns={columns} dataSource={[...rooms]} pagination={false} tableLayout="fixed" onRow={(room) => ({ 'data-testid': 'room-row', 'data-room': room.id }) as object} />
      )}
      {dialog !== null ? <RoomDialog room={dialog === 'new' ? null : dialog} onClose={() => setDialog(null)} /> : null}
    </div>
  );
}
