import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { estimateDaysLeft, measureGrowth, planDiskShares } from './disk-plan.ts';

const dayMs = 86_400_000;
const nowMs = 1_800_000_000_000;
const session = (startMs: number, hours: number, bytes: number, imported = false) => ({ startMs, endMs: startMs + hours * 3_600_000, bytes, mediaMs: hours * 3_600_000, imported });

test('the parts of the disk are never negative and add up to the whole', () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat(), (totalBytes, freeRaw, bytes) => {
    const freeBytes = Math.min(freeRaw, totalBytes);
    const shares = planDiskShares({ freeBytes, totalBytes }, { bytes, minFreeBytes: 0 });
    assert.equal(shares.recordingsBytes + shares.otherBytes + shares.freeBytes, totalBytes);
    assert.ok(shares.recordingsBytes >= 0 && shares.otherBytes >= 0);
  }));
});

test('growth is measured over a week of recordings of our own, and by the bit rates where there is no day of them', () => {
  const week = Array.from({ length: 10 }, (_, i) => session(nowMs - (i + 1) * dayMs, 24, 7e9));
  assert.equal(Math.round(measureGrowth(week, [], nowMs)?.bytesPerDay ?? 0), 7e9);
  assert.equal(measureGrowth([...week, session(nowMs - 2 * dayMs, 1, 9e12, true)], [], nowMs)?.bytesPerDay, measureGrowth(week, [], nowMs)?.bytesPerDay, 'imports are no growth');
  const half = measureGrowth([session(nowMs - 7.5 * dayMs, 24, 10e9)], [], nowMs);
  assert.equal(Math.round((half?.bytesPerDay ?? 0) * 7), 5e9, 'only what lies within the week');
  assert.equal(measureGrowth([session(nowMs - 3_600_000, 1, 1e9)], [], nowMs), null);
  assert.deepEqual(measureGrowth([], [{ state: 'live', bitrateBps: 2e6 }, { state: 'stalled', bitrateBps: 8e6 }, { state: 'live', bitrateBps: null }], nowMs), { bytesPerDay: 21.6e9, from: 'live' });
});

test('the nearer of disk and quota says how many days are left', () => {
  const shares = { recordingsBytes: 40e9, otherBytes: 10e9, freeBytes: 50e9, totalBytes: 100e9, minFreeBytes: 10e9 };
  assert.equal(estimateDaysLeft(shares, null, 40e9, 20e9), 2);
  assert.equal(estimateDaysLeft(shares, 60e9, 40e9, 20e9), 1);
  assert.equal(estimateDaysLeft(shares, 30e9, 40e9, 20e9), 0, 'beyond the quota');
});
