import { useMemo } from 'react';
import { create } from 'zustand';
import type { DismissReason, Flag, FlagId, FlagState } from '../../electron/contract/index.ts';
import { engine } from './engine.ts';

/** The most flags the window holds; older ones are asked for by range where a screen needs them. */
export const maxFlags = 3000;

/** Flags by id, and their ids newest first; `arrivedMs` says when the window first heard of a flag while it was open. */
export const useFlags = create<{ byId: ReadonlyMap<FlagId, Flag>; ids: readonly FlagId[]; arrivedMs: ReadonlyMap<FlagId, number> }>()(() => ({ byId: new Map(), ids: [], arrivedMs: new Map() }));

/** Puts flags in, new or changed; `arrivedAtMs` is given for those that came as an event, so that the wall can raise them once. */
export function mergeFlags(flags: readonly Flag[], arrivedAtMs: number | null = null): void {
  if (flags.length === 0) return;
  const state = useFlags.getState();
  const byId = new Map(state.byId);
  const arrivedMs = new Map(state.arrivedMs);
  for (const flag of flags) {
    if (arrivedAtMs !== null && !byId.has(flag.id)) arrivedMs.set(flag.id, arrivedAtMs);
    byId.set(flag.id, flag);
  }
  const sorted = [...byId.values()].sort((a, b) => b.startMs - a.startMs || (a.id < b.id ? 1 : -1));
  for (const flag of sorted.splice(maxFlags)) {
    byId.delete(flag.id);
    arrivedMs.delete(flag.id);
  }
  useFlags.setState({ byId, arrivedMs, ids: sorted.map((flag) => flag.id) });
}

/** Flags newest first, of one room where an id is given. */
export function useFlagList(roomId: string | null = null): readonly Flag[] {
  const byId = useFlags((state) => state.byId);
  const ids = useFlags((state) => state.ids);
  return useMemo(() => {
    const all = ids.flatMap((id) => byId.get(id) ?? []);
    return roomId === null ? all : all.filter((flag) => flag.roomId === roomId);
  }, [byId, ids, roomId]);
}

/** Says what the inspector thinks of a flag; `open` takes it back. */
export async function reviewFlag(id: FlagId, state: FlagState, reason: DismissReason | null = null, note = ''): Promise<Flag> {
  const flag = await engine.call('flags.review', { id, state, reason, note });
  mergeFlags([flag]);
  return flag;
}

/** Undoes this inspector's last review; null where there is none. */
export async function undoReview(): Promise<Flag | null> {
  const flag = await engine.call('flags.undo', {});
  if (flag) mergeFlags([flag]);
  return flag;
}
