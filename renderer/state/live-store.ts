import { create } from 'zustand';
import type { EventData, Gap, Observation, RoomId, Still, WaveformPart } from '../../electron/contract/index.ts';

/** How far back the window keeps what it heard of a room; older ranges are asked for where they are shown. */
export const liveWindowMs = 10 * 60_000;
const maxObservations = 240;
const maxStills = 60;
const maxParts = 400;

/** What the window knows of the last ten minutes of one room, oldest first in every list. */
export type RoomLive = {
  levelDb: number | null;
  levelAtMs: number;
  observations: readonly Observation[];
  waveform: readonly WaveformPart[];
  stills: readonly Still[];
  gaps: readonly Gap[];
  /** End of the newest stored segment. */
  storedToMs: number | null;
};

const nothing: RoomLive = { levelDb: null, levelAtMs: 0, observations: [], waveform: [], stills: [], gaps: [], storedToMs: null };

/** What goes on in every room right now, bounded so that a day's watching does not grow it. */
export const useLive = create<{ byRoom: ReadonlyMap<string, RoomLive> }>()(() => ({ byRoom: new Map() }));

/** What is known of one room's last minutes; the same empty object while there is nothing. */
export function useRoomLive(roomId: string): RoomLive {
  return useLive((state) => state.byRoom.get(roomId) ?? nothing);
}

function change(roomId: string, update: (live: RoomLive) => RoomLive): void {
  useLive.setState(({ byRoom }) => ({ byRoom: new Map(byRoom).set(roomId, update(byRoom.get(roomId) ?? nothing)) }));
}

/** Merges a sorted list with new items, drops doubles by key, what is too old and what is too many. */
export function mergeRecent<T>(old: readonly T[], added: readonly T[], keyOf: (item: T) => string | number, timeOf: (item: T) => number, limit: number): readonly T[] {
  if (added.length === 0) return old;
  const byKey = new Map(old.map((item) => [keyOf(item), item]));
  for (const item of added) byKey.set(keyOf(item), item);
  const sorted = [...byKey.values()].sort((a, b) => timeOf(a) - timeOf(b));
  const newest = timeOf(sorted[sorted.length - 1] as T);
  return sorted.filter((item) => timeOf(item) >= newest - liveWindowMs).slice(-limit);
}

/** Takes in what perception made of one segment. */
export function addPerceived(roomId: string, data: Pick<EventData<'observationsCommitted'>, 'observations' | 'waveform' | 'stills' | 'levelDb'>): void {
  change(roomId, (live) => ({
    ...live,
    levelDb: data.levelDb ?? live.levelDb,
    levelAtMs: data.levelDb === null ? live.levelAtMs : Date.now(),
    observations: mergeRecent(live.observations, data.observations, (o) => o.id, (o) => o.startMs, maxObservations),
    waveform: mergeRecent(live.waveform, data.waveform ? [data.waveform] : [], (w) => w.startMs, (w) => w.startMs, maxParts),
    stills: mergeRecent(live.stills, data.stills, (s) => s.path, (s) => s.atMs, maxStills),
  }));
}

/** Takes in that a segment was stored. */
export function addSegment(data: EventData<'segmentCommitted'>): void {
  change(data.roomId, (live) => ({ ...live, storedToMs: Math.max(live.storedToMs ?? 0, data.startMs + data.durationMs) }));
}

/** Takes in a gap. */
export function addGap(gap: Gap): void {
  change(gap.roomId, (live) => ({ ...live, gaps: mergeRecent(live.gaps, [gap], (g) => `${g.sessionId}/${g.fromMs}`, (g) => g.fromMs, maxParts) }));
}

/** Forgets a room that left the register. */
export function forgetLive(roomId: RoomId): void {
  useLive.setState(({ byRoom }) => {
    const next = new Map(byRoom);
    next.delete(roomId);
    return { byRoom: next };
  });
}
