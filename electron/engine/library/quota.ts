import { makeFault, type Fault } from '../../contract/faults.ts';
import type { RoomId } from '../../contract/ids.ts';
import type { LibrarySettings } from '../../contract/library.ts';

/** What recordings take on disk. */
export type Usage = { totalBytes: number; byRoom: ReadonlyMap<RoomId, number> };

/** The faults that quotas give for a usage: one for the whole library, and one per room that is over its own. */
export function checkQuotas(settings: Pick<LibrarySettings, 'quotaBytes' | 'roomQuotaBytes'>, usage: Usage): { total: Fault | null; rooms: Map<RoomId, Fault> } {
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(2);
  const total = settings.quotaBytes !== null && usage.totalBytes >= settings.quotaBytes
    ? makeFault('quota-reached', 'library', `录像共 ${gigabytes(usage.totalBytes)} GB，已到限额 ${gigabytes(settings.quotaBytes)} GB`, { retryable: true }) : null;
  const rooms = new Map<RoomId, Fault>();
  for (const [roomId, bytes] of usage.byRoom) {
    const limit = settings.roomQuotaBytes[roomId];
    if (limit !== undefined && bytes >= limit) {
      rooms.set(roomId, makeFault('quota-reached', roomId, `本直播间录像 ${gigabytes(bytes)} GB，已到限额 ${gigabytes(limit)} GB`, { retryable: true }));
    }
  }
  return { total, rooms };
}
