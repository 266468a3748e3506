import { useCallback, useEffect, useMemo, useState } from 'react';
import { toFault } from '../../../electron/contract/index.ts';
import type { Fault, Flag, Room, RoomId, Session, SessionId, WallMs } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { mergeFlags, useFlags } from '../../state/flags-store.ts';
import { useRoomLive } from '../../state/live-store.ts';
import { TimelineData } from '../timeline/index.ts';
import type { TimeLimits } from '../timeline/index.ts';
import { RangeLoader } from './range-loader.ts';
import type { LoadState } from './range-loader.ts';

/** The session on screen with its data; `session` is null while there is none. */
export type RoomSession = {
  readonly sessions: readonly Session[] | null;
  readonly session: Session | null;
  readonly fault: Fault | null;
  readonly choose: (id: SessionId) => void;
  readonly reload: () => void;
  readonly data: TimelineData;
  readonly loader: RangeLoader | null;
  readonly load: LoadState;
  readonly limits: TimeLimits;
  /** End of what is stored while the session runs; null once it is over. */
  readonly liveMs: WallMs | null;
};

/** Sessions that the list offers; older ones are reached by their address, from the library. */
const LISTED = 200;
/** A session may be meant by an instant a little before its start. */
const REACH_MS = 5000;
const IDLE: LoadState = { loading: false, fault: null };

/** Gives the end of what a session holds. */
export function readSessionEnd(session: Session, room: Room | undefined, storedToMs: WallMs | null): WallMs {
  if (session.endMs !== null) return session.endMs;
  const own = room?.sessionId === session.id;
  return Math.max(session.startMs + session.mediaMs, own ? storedToMs ?? 0 : 0, own ? room?.lastSegmentMs ?? 0 : 0);
}

/** Gives a room's newest sessions, and where an older instant is wanted those that began before it. */
async function loadSessions(roomId: RoomId, atMs: WallMs | null): Promise<readonly Session[]> {
  const newest = await engine.call('sessions.list', { roomId, limit: LISTED });
  const oldestMs = newest.at(-1)?.startMs;
  if (atMs === null || newest.length < LISTED || oldestMs === undefined || oldestMs <= atMs) return newest;
  const older = await engine.call('sessions.list', { roomId, limit: 50, beforeMs: atMs + REACH_MS });
  const listed = new Set(newest.map(({ id }) => id));
  return [...newest, ...older.filter(({ id }) => !listed.has(id))];
}

/** Loads a room's sessions, opens the one that holds `atMs` (else the running one, else the newest) and keeps its data fresh. */
export function useRoomSession(roomId: RoomId, room: Room | undefined, atMs: WallMs | null): RoomSession {
  const [sessions, setSessions] = useState<readonly Session[] | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [chosen, setChosen] = useState<SessionId | null>(null);
  const [load, setLoad] = useState<LoadState>(IDLE);
  const [attempt, setAttempt] = useState(0);
  const { storedToMs } = useRoomLive(roomId);
  const runningId = room?.sessionId ?? null;
  const reload = useCallback(() => setAttempt((n) => n + 1), []);

  useEffect(() => {
    let stale = false;
    loadSessions(roomId, atMs).then(
      (list) => { if (!stale) { setSessions(list); setFault(null); } },
      (thrown: unknown) => { if (!stale) setFault(toFault(thrown, 'sessions')); },
    );
    return () => { stale = true; };
  }, [roomId, runningId, attempt, atMs]);

  useEffect(() => setChosen(null), [atMs]);

  const session = useMemo(() => {
    if (sessions === null) return null;
    const sorted = [...sessions].sort((a, b) => b.startMs - a.startMs);
    const holding = atMs === null ? undefined : sorted.find((each) => each.startMs <= atMs + REACH_MS && (each.endMs ?? Infinity) >= atMs);
    return sorted.find((each) => each.id === chosen) ?? holding ?? sorted.find((each) => each.id === runningId) ?? sorted[0] ?? null;
  }, [sessions, chosen, atMs, runningId]);
  const sessionId = session?.id ?? null;

  const { data, loader } = useMemo(() => {
    const made = new TimelineData();
    return { data: made, loader: session === null ? null : new RangeLoader((method, params) => engine.call(method, params), made, session, readSessionEnd(session, room, storedToMs), setLoad) };
  // The loader lives as long as its session; its growing end is told by `extend`.
  }, [sessionId]);

  useEffect(() => {
    if (loader === null || sessionId === null) return undefined;
    void loader.loadMarks().then(() => {
      // What the store holds is newer than the list, which may have been on its way while a lead was reviewed.
      const { byId } = useFlags.getState();
      data.add({ flags: data.flags.flatMap((flag) => byId.get(flag.id) ?? []) });
      mergeFlags(data.flags.filter((flag) => !byId.has(flag.id)));
    });
    const stops = [
      engine.on('observationsCommitted', (event) => loader.append(event)),
      engine.on('gapCommitted', (gap) => { if (gap.sessionId === sessionId) data.add({ gaps: [gap] }); }),
      engine.on('sessionEventCommitted', (event) => loader.addEvents([event])),
      useFlags.subscribe(({ byId }, before) => {
        const changed: Flag[] = [];
        for (const flag of byId.values()) if (flag.sessionId === sessionId && before.byId.get(flag.id) !== flag) changed.push(flag);
        if (changed.length > 0) data.add({ flags: changed });
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      loader.close();
    };
  }, [loader, sessionId, data]);

  const endMs = session === null ? 0 : readSessionEnd(session, room, storedToMs);
  useEffect(() => loader?.extend(endMs), [loader, endMs]);
  const fromMs = session?.startMs ?? 0;
  const limits = useMemo<TimeLimits>(() => ({ fromMs, toMs: Math.max(endMs, fromMs + 1000) }), [fromMs, endMs]);
  const running = session !== null && session.endMs === null && session.id === runningId;
  return { sessions, session, fault, choose: setChosen, reload, data, loader, load, limits, liveMs: running ? limits.toMs : null };
}
