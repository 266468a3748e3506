import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flag, RoomId } from '../../../electron/contract/index.ts';
import { planExport, setMark } from './export-range.ts';

const T0 = Date.UTC(2026, 10, 23, 13);
const ROOM = RoomId.parse('room');
const LIMITS = { fromMs: T0, toMs: T0 + 100_000 };

function makeFlag(id: string, atMs: number, state: Flag['state'] = 'open'): Flag {
  return Flag.parse({
    id, roomId: 'room', sessionId: 's1', startMs: T0 + atMs, endMs: T0 + atMs + 2000, category: 'vulgar', subtype: 'x', subtypeName: 'x', severity: 'low', score: 1, quote: '',
    sources: [], basis: [], explanation: '', rulePackHash: 'h', state, reason: null, note: '', reviewedBy: null, reviewedAtMs: null, exportedTo: [], stillPath: null, createdAtMs: T0,
  });
}

test('a mark takes away an end that it has passed', () => {
  assert.deepEqual(setMark({ inMs: null, outMs: null }, 'in', 5), { inMs: 5, outMs: null });
  assert.deepEqual(setMark({ inMs: 5, outMs: null }, 'out', 9), { inMs: 5, outMs: 9 });
  assert.deepEqual(setMark({ inMs: 5, outMs: 9 }, 'in', 10), { inMs: 10, outMs: null });
  assert.deepEqual(setMark({ inMs: 5, outMs: 9 }, 'out', 4), { inMs: null, outMs: 4 });
});

test('a range takes its leads with it, dismissed ones excepted, and beats the selected lead', () => {
  const flags = [makeFlag('f1', 1000), makeFlag('f2', 20_000), makeFlag('f3', 21_000, 'dismissed'), makeFlag('f4', 90_000)];
  const draft = planExport(ROOM, { inMs: T0 + 10_000, outMs: T0 + 30_000 }, flags[0]!, flags, LIMITS);
  assert.deepEqual(draft, { roomId: ROOM, fromMs: T0 + 10_000, toMs: T0 + 30_000, flagIds: ['f2'] });
});

test('a lead alone takes its surroundings, cut to the session; nothing gives nothing', () => {
  assert.deepEqual(planExport(ROOM, { inMs: T0, outMs: null }, makeFlag('f1', 1000), [], LIMITS), { roomId: ROOM, fromMs: T0, toMs: T0 + 13_000, flagIds: ['f1'] });
  assert.equal(planExport(ROOM, { inMs: null, outMs: null }, null, [], LIMITS), null);
  assert.equal(planExport(ROOM, { inMs: T0 - 900_000, outMs: T0 - 800_000 }, null, [], LIMITS), null);
});
