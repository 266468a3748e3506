import { Button, Segmented } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { useConnection } from '../../state/connection-store.ts';
import { engine } from '../../state/engine.ts';
import { setFocus, useFocus } from '../../state/focus-store.ts';
import { upsertRoom, useRooms } from '../../state/rooms-store.ts';
import { goTo } from '../../state/route-store.ts';
import { changeSettings, useSettings, WallLayout } from '../../state/settings-store.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { guardFault } from '../../ui/fault-guard.ts';
import { useHotkeys } from '../../ui/hotkey-registry.ts';
import { useText } from '../../ui/i18n.ts';
import { planWallGrid } from './wall-grid.ts';
import { WallTile } from './wall-tile.tsx';
import { wallText } from './wall-text.ts';

const layouts: readonly WallLayout[] = [1, 2, 4, 6, 9, 16];

/** Mutes or unmutes a room on the wall. */
function toggleMute(roomId: string): void {
  const { unmutedRoomIds } = useSettings.getState();
  changeSettings({ unmutedRoomIds: unmutedRoomIds.includes(roomId) ? unmutedRoomIds.filter((id) => id !== roomId) : [...unmutedRoomIds, roomId], soloRoomId: null });
}

/** Listens to one room alone, or ends that. */
function toggleSolo(roomId: string): void {
  changeSettings({ soloRoomId: useSettings.getState().soloRoomId === roomId ? null : roomId });
}

/** 巡查: every room at a glance, from the local recording. */
export function WallScreen(): ReactElement {
  const t = useText(wallText);
  const rooms = useRooms((s) => s.rooms);
  const loaded = useConnection((s) => s.loaded);
  const layout = useSettings((s) => s.wallLayout);
  const unmuted = useSettings((s) => s.unmutedRoomIds);
  const solo = useSettings((s) => s.soloRoomId);
  const focus = useFocus((s) => s.focus);
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });

  useEffect(() => {
    if (!box.current) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [rooms.length === 0]);

  const withSelected = (act: (roomId: string) => void): boolean => {
    if (focus?.kind !== 'tile') return false;
    act(focus.id);
    return true;
  };
  useHotkeys(t('title'), [
    { keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], label: t('select'), run: (event) => {
      const room = rooms[Number(event.key) - 1];
      if (!room) return false;
      setFocus({ kind: 'tile', id: room.id });
      box.current?.querySelector(`[data-room="${room.id}"]`)?.scrollIntoView({ block: 'nearest' });
      return true;
    } },
    { keys: ['m'], label: t('mute'), run: () => withSelected(toggleMute) },
    { keys: ['s'], label: t('solo'), run: () => withSelected(toggleSolo) },
    { keys: ['shift+m'], label: t('muteAll'), run: () => changeSettings({ unmutedRoomIds: [], soloRoomId: null }) },
    { keys: ['Enter'], label: t('open'), run: () => withSelected((id) => {
      const room = rooms.find((each) => each.id === id);
      if (room) goTo({ place: 'room', roomId: room.id, atMs: null });
    }) },
    { keys: ['f'], label: t('full'), run: () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => undefined) },
  ]);

  if (rooms.length === 0) return loaded ? <FirstRun /> : <div className="wall" />;
  // Few rooms do not leave half the wall empty; the grid then changes only when a room is added or removed.
  const needed = layouts.find((each) => each >= rooms.length) ?? layout;
  const grid = planWallGrid(Math.min(layout, needed), size.width, size.height);
  return (
    <div className="wall">
      <div className="wall-head">
        <Segmented size="small" aria-label={t('layout')} value={layout} options={layouts.map((each) => ({ value: each, label: String(each) }))} onChange={(value) => changeSettings({ wallLayout: WallLayout.parse(value) })} />
        <Button size="small" type="text" onClick={() => changeSettings({ unmutedRoomIds: [], soloRoomId: null })}>{t('muteAll')}</Button>
      </div>
      <div className="wall-box" ref={box}>
        <div className="wall-grid" style={{ gridTemplateColumns: `repeat(${grid.columns}, minmax(0, 1fr))`, gridAutoRows: `${grid.rowPx}px` }}>
          {size.height > 0 ? rooms.map((room, index) => (
            <WallTile
              key={room.id} room={room} index={index} selected={focus?.kind === 'tile' && focus.id === room.id}
              audible={solo === null ? unmuted.includes(room.id) : solo === room.id} solo={solo === room.id}
              onMute={() => toggleMute(room.id)} onSolo={() => toggleSolo(room.id)}
            />
          )) : null}
        </div>
      </div>
    </div>
  );
}

function FirstRun(): ReactElement {
  const t = useText(wallText);
  const [available, setAvailable] = useState(false);
  const [starting, setStarting] = useState(false);
  useEffect(() => {
    let gone = false;
    void guardFault(() => engine.call('demo.offer', {})).then((offer) => {
      if (!gone) setAvailable(offer?.available ?? false);
    });
    return () => {
      gone = true;
    };
  }, []);
  const startDemo = async (): Promise<void> => {
    setStarting(true);
    const rooms = await guardFault(() => engine.call('demo.start', {}));
    for (const room of rooms ?? []) upsertRoom(room);
    setStarting(false);
  };
  return (
    <EmptyState title={t('emptyTitle')} hint={t('emptyHint')}>
      {available ? <Button type="primary" loading={starting} onClick={() => void startDemo()} data-testid="start-demo">{t(starting ? 'demoStarting' : 'startDemo')}</Button> : null}
      <Button onClick={() => goTo({ place: 'rooms' })} data-testid="first-add-room">{t('addRoom')}</Button>
    </EmptyState>
  );
}
