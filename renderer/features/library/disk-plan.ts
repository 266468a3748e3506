import type { LibraryOverview, Recording, Room, Status } from '../../../electron/contract/index.ts';

/** How the recording disk is filled, in bytes; the parts add up to the total. */
export type DiskShares = { recordingsBytes: number; otherBytes: number; freeBytes: number; totalBytes: number; minFreeBytes: number };

/** How fast recordings grow, and what that is taken from. */
export type GrowthRate = { bytesPerDay: number; from: 'history' | 'live' };

const dayMs = 86_400_000;
const historyDays = 7;

/** Splits the disk into recordings, everything else and what is free. */
export function planDiskShares(disk: Pick<Status['disk'], 'freeBytes' | 'totalBytes'>, overview: Pick<LibraryOverview, 'bytes' | 'minFreeBytes'>): DiskShares {
  const usedBytes = Math.max(0, disk.totalBytes - disk.freeBytes);
  const recordingsBytes = Math.min(overview.bytes, usedBytes);
  return { recordingsBytes, otherBytes: usedBytes - recordingsBytes, freeBytes: disk.freeBytes, totalBytes: disk.totalBytes, minFreeBytes: overview.minFreeBytes };
}

/** Measures growth over the last seven days, or since the first recording within them; with less than a day of history the bit rates of now are taken for a day. Null where nothing is known. */
export function measureGrowth(recordings: readonly Pick<Recording, 'startMs' | 'endMs' | 'bytes' | 'mediaMs' | 'imported'>[], rooms: readonly Pick<Room, 'bitrateBps' | 'state'>[], nowMs: number): GrowthRate | null {
  const fromMs = nowMs - historyDays * dayMs;
  let bytes = 0;
  let firstMs = nowMs;
  for (const each of recordings) {
    const endMs = each.endMs ?? each.startMs + each.mediaMs;
    if (each.imported || endMs <= fromMs || each.startMs >= nowMs) continue;
    const lengthMs = Math.max(1, endMs - each.startMs);
    bytes += (each.bytes * (Math.min(endMs, nowMs) - Math.max(each.startMs, fromMs))) / lengthMs;
    firstMs = Math.min(firstMs, Math.max(each.startMs, fromMs));
  }
  if (nowMs - firstMs >= dayMs && bytes > 0) return { bytesPerDay: (bytes * dayMs) / (nowMs - firstMs), from: 'history' };
  const bitsPerSecond = rooms.reduce((sum, room) => sum + (room.state === 'live' ? room.bitrateBps ?? 0 : 0), 0);
  return bitsPerSecond > 0 ? { bytesPerDay: (bitsPerSecond / 8) * 86_400, from: 'live' } : null;
}

/** Days until recording would be held back by the disk's minimum or by the quota, whichever comes first. */
export function estimateDaysLeft(shares: DiskShares, quotaBytes: number | null, recordedBytes: number, bytesPerDay: number): number {
  const spareBytes = Math.min(shares.freeBytes - shares.minFreeBytes, quotaBytes === null ? Infinity : quotaBytes - recordedBytes);
  return Math.max(0, spareBytes / bytesPerDay);
}
