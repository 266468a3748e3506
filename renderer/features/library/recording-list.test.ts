import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Recording } from '../../../electron/contract/index.ts';
import { arrangeRecordings, forecastExpiry, judgeSelection, newestFirst, noFilter, stepCursor } from './recording-list.ts';

const hour = 3_600_000;

function make(n: number, change: Partial<Recording> = {}): Recording {
  return {
    ...Recording.parse({
      id: `s-${n}`, roomId: 'room-a', startMs: n * hour, endMs: (n + 1) * hour, segments: n, bytes: n * 1000, mediaMs: hour, roomName: '甲', state: 'kept', imported: false, protections: [],
      expiresAtMs: (n + 100) * hour, scheduledAtMs: null, scheduledBy: null, purgeAfterMs: null, deletedAtMs: null, deletedBy: null, verifiedAtMs: null, alteredFiles: 0,
    }), ...change,
  };
}

const held = make(1, { protections: [{ kind: 'hold', detail: '立案' }] });
const flagged = make(2, { protections: [{ kind: 'open-flag', detail: '3' }] });
const altered = make(3, { alteredFiles: 1, imported: true });
const scheduled = make(4, { state: 'scheduled', purgeAfterMs: 500 * hour });
const deleted = make(5, { state: 'deleted' });
const other = make(6, { roomId: Recording.shape.roomId.parse('room-b'), roomName: '乙' });
const all = [held, flagged, altered, scheduled, deleted, other];
const ids = (list: readonly Recording[]): string[] => list.map((each) => each.id);

test('filters narrow by kind, room and start; what is deleted shows only when asked for', () => {
  assert.deepEqual(ids(arrangeRecordings(all, noFilter, newestFirst)), ['s-6', 's-4', 's-3', 's-2', 's-1']);
  const by = (change: Partial<typeof noFilter>): string[] => ids(arrangeRecordings(all, { ...noFilter, ...change }, newestFirst));
  assert.deepEqual(by({ kind: 'held' }), ['s-1']);
  assert.deepEqual(by({ kind: 'altered' }), ['s-3']);
  assert.deepEqual(by({ kind: 'scheduled' }), ['s-4']);
  assert.deepEqual(by({ kind: 'imported' }), ['s-3']);
  assert.deepEqual(by({ kind: 'deleted' }), ['s-5']);
  assert.deepEqual(by({ roomId: 'room-b' }), ['s-6']);
  assert.deepEqual(by({ fromMs: 2 * hour, toMs: 4 * hour }), ['s-3', 's-2'], 'the end is not included');
});

test('any order holds every recording once, and the other way round is its mirror where nothing is equal', () => {
  fc.assert(fc.property(fc.uniqueArray(fc.nat(5000), { maxLength: 50 }), fc.constantFrom('startMs' as const, 'bytes' as const, 'segments' as const), (numbers, by) => {
    const list = numbers.map((n) => make(n));
    const up = ids(arrangeRecordings(list, noFilter, { by, descending: false }));
    assert.deepEqual([...up].sort(), ids(list).sort());
    assert.deepEqual(ids(arrangeRecordings(list, noFilter, { by, descending: true })), [...up].reverse());
  }));
});

test('the cursor moves within the list', () => {
  assert.equal(stepCursor([], null, 1), null);
  assert.equal(stepCursor(all, null, 1), 's-1');
  assert.equal(stepCursor(all, null, -1), 's-6');
  assert.equal(stepCursor(all, held.id, 1), 's-2');
  assert.equal(stepCursor(all, other.id, 1), 's-6');
  assert.equal(stepCursor(all, held.id, -1), 's-1');
});

test('a selection says what may be done: nothing protected is scheduled, nothing within its grace is purged', () => {
  const before = judgeSelection(all, 50 * hour);
  assert.deepEqual(ids(before.schedulable), ['s-3', 's-6']);
  assert.deepEqual(ids(before.early), ['s-3', 's-6']);
  assert.deepEqual(ids(before.protected), ['s-1', 's-2']);
  assert.deepEqual(ids(before.purgeable), []);
  assert.deepEqual(ids(before.exportable), ['s-1', 's-2', 's-3', 's-4', 's-6']);
  assert.equal(before.bytes, (1 + 2 + 3 + 4 + 6) * 1000, 'what is deleted takes no room');
  const after = judgeSelection(all, 500 * hour);
  assert.deepEqual(ids(after.early), []);
  assert.deepEqual(ids(after.purgeable), ['s-4']);
  assert.deepEqual(ids(judgeSelection([{ ...scheduled, protections: held.protections }], 500 * hour).purgeable), []);
});

test('the forecast counts what expires within each number of days, and what protections will keep', () => {
  // s-n expires at hour 100 + n; s-1 and s-2 are protected, s-4 is scheduled, s-5 deleted.
  const at = (days: number) => forecastExpiry(all, 100 * hour, [days])[0];
  assert.deepEqual(at(1), { days: 1, sessions: 2, bytes: 9000, protected: 2 });
  assert.deepEqual(forecastExpiry(all, 103 * hour, [1])[0], { days: 1, sessions: 1, bytes: 6000, protected: 0 }, 'what has expired already is none of it');
  assert.deepEqual(forecastExpiry([], 0, [7, 30]), [{ days: 7, sessions: 0, bytes: 0, protected: 0 }, { days: 30, sessions: 0, bytes: 0, protected: 0 }]);
});
