import { FaultError } from '../../electron/contract/index.ts';
import type { EngineEvent } from '../../electron/contract/index.ts';
import { useConnection } from './connection-store.ts';
import { engine } from './engine.ts';
import { mergeFlags } from './flags-store.ts';
import { addGap, addPerceived, addSegment, forgetLive, liveWindowMs } from './live-store.ts';
import { addNotice } from './notices-store.ts';
import { mergePackages } from './packages-store.ts';
import { dropRoom, replaceRooms, upsertRoom, useRooms } from './rooms-store.ts';
import { useStatus } from './status-store.ts';

/** Loads the lists that every screen stands on; events keep them fresh afterwards. */
export async function loadEverything(): Promise<void> {
  try {
    const [rooms, flags, packages, status] = await Promise.all([
      engine.call('rooms.list', {}),
      engine.call('flags.list', { limit: 1000 }),
      engine.call('evidence.list', {}),
      engine.call('status.get', {}),
    ]);
    replaceRooms(rooms);
    mergeFlags(flags);
    mergePackages(packages);
    useStatus.setState({ status });
    useConnection.setState({ loaded: true });
    await Promise.all(rooms.filter((room) => room.sessionId !== null).map((room) => loadRecent(room.id)));
  } catch (thrown) {
    // A lost connection calls this again at the next welcome; anything else is worth a line to the person.
    if (thrown instanceof FaultError && thrown.fault.code === 'connect-failed') return;
    addNotice('error', thrown);
  }
}

async function loadRecent(roomId: Parameters<typeof forgetLive>[0]): Promise<void> {
  const toMs = Date.now() + 5000;
  const range = { roomId, fromMs: toMs - liveWindowMs, toMs };
  const [observations, stills, gaps] = await Promise.all([
    engine.call('observations.list', { ...range, limit: 100 }),
    engine.call('stills.list', { ...range, limit: 40 }),
    engine.call('gaps.list', range),
  ]);
  addPerceived(roomId, { observations, stills, waveform: null, levelDb: null });
  for (const gap of gaps) addGap(gap);
}

function applyEvent(event: EngineEvent): void {
  switch (event.event) {
    case 'roomChanged': return upsertRoom(event.data);
    case 'roomRemoved': forgetLive(event.data.id); return dropRoom(event.data.id);
    case 'segmentCommitted': return addSegment(event.data);
    case 'gapCommitted': return addGap(event.data);
    case 'observationsCommitted': return addPerceived(event.data.roomId, event.data);
    case 'flagsCommitted': return mergeFlags(event.data.flags, Date.now());
    case 'packageChanged': return mergePackages([event.data]);
    // Lists of their own screens: whoever shows them listens himself.
    case 'sessionEventCommitted': case 'recordingsChanged': case 'holdChanged': case 'libraryChanged': case 'libraryTaskChanged': return;
    case 'statusChanged': return useStatus.setState({ status: event.data });
    case 'notice': return addNotice(event.data.level, event.data.fault, event.data.atMs);
  }
}

/** Connects the stores to the engine; returns a function that ends it. */
export function startSession(): () => void {
  const stopEvents = engine.onEvent(applyEvent);
  const stopWelcome = engine.onWelcome((replayed) => {
    if (!replayed || !useConnection.getState().loaded) void loadEverything();
  });
  engine.start();
  const onOnline = (): void => {
    if (useConnection.getState().phase === 'lost') engine.reconnect();
  };
  window.addEventListener('online', onOnline);
  return () => {
    window.removeEventListener('online', onOnline);
    stopEvents();
    stopWelcome();
    engine.stop();
    useRooms.setState({ rooms: [] });
  };
}
