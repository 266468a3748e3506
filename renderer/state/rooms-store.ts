import { create } from 'zustand';
import type { Room, RoomId } from '../../electron/contract/index.ts';

/** Every room of the register, oldest first, so that tiles keep their place. */
export const useRooms = create<{ rooms: readonly Room[] }>()(() => ({ rooms: [] }));

function sortRooms(rooms: readonly Room[]): Room[] {
  return [...rooms].sort((a, b) => a.createdAtMs - b.createdAtMs || a.id.localeCompare(b.id));
}

/** Sets the whole register. */
export function replaceRooms(rooms: readonly Room[]): void {
  useRooms.setState({ rooms: sortRooms(rooms) });
}

/** Puts one room in, new or changed. */
export function upsertRoom(room: Room): void {
  const { rooms } = useRooms.getState();
  const known = rooms.some((each) => each.id === room.id);
  useRooms.setState({ rooms: known ? rooms.map((each) => (each.id === room.id ? room : each)) : sortRooms([...rooms, room]) });
}

/** Takes one room out. */
export function dropRoom(id: RoomId): void {
  useRooms.setState(({ rooms }) => ({ rooms: rooms.filter((room) => room.id !== id) }));
}

/** One room by its id; undefined where it is not in the register. */
export function useRoom(id: string | null): Room | undefined {
  return useRooms(({ rooms }) => rooms.find((room) => room.id === id));
}
