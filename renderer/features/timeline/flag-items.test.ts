import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Flag } from '../../../electron/contract/index.ts';
import { COUNT_PX, hitFlag, LABEL_PX, layoutFlags, MARK_PX, stepFlag } from './flag-items.ts';

const T0 = Date.UTC(2026, 10, 23, 13);

function makeFlag(n: number, atMs: number, extra: Partial<Flag> = {}): Flag {
  return Flag.parse({
    id: `f${n}`, roomId: 'room', sessionId: 's1', startMs: atMs, endMs: atMs + 2000, category: 'exaggerated', subtype: 'x', subtypeName: '绝对化用语',
    severity: 'medium', score: 0.9, quote: '最好', sources: [], basis: [], explanation: '', rulePackHash: 'h', state: 'open', reason: null, note: '',
    reviewedBy: null, reviewedAtMs: null, exportedTo: [], stillPath: null, createdAtMs: atMs, ...extra,
  });
}

test('marks of one row never overlap and no flag is lost, at any zoom', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 3_600_000 }), { maxLength: 120 }), fc.double({ min: 1, max: 5000, noNaN: true }), fc.integer({ min: 1, max: 3 }), (times, msPerPx, rows) => {
    const flags = times.map((atMs, i) => makeFlag(i, T0 + atMs));
    const { items } = layoutFlags(flags, msPerPx, rows);
    assert.deepEqual(items.flatMap((item) => item.flags.map((flag) => flag.id)).sort(), flags.map((flag) => flag.id).sort());
    for (let row = 0; row < rows; row++) {
      const inRow = items.filter((item) => item.row === row);
      for (let i = 1; i < inRow.length; i++) {
        const apartPx = (inRow[i]!.atMs - inRow[i - 1]!.atMs) / msPerPx;
        assert.ok(apartPx >= MARK_PX - 1e-6);
        if (inRow[i - 1]!.labelled) assert.ok(apartPx >= MARK_PX + LABEL_PX - 1e-6);
      }
    }
  }));
});

test('a cluster is led by its gravest flag that is not dismissed', () => {
  const flags = [makeFlag(1, T0), makeFlag(2, T0 + 10, { severity: 'veto', state: 'dismissed' }), makeFlag(3, T0 + 20, { severity: 'high' })];
  const { items } = layoutFlags(flags, 1000, 1);
  assert.equal(items.length, 1);
  assert.equal(items[0]!.lead.id, 'f3');
});

test('a point finds the mark of its row, label included, and nothing beside it', () => {
  const layout = layoutFlags([makeFlag(1, T0), makeFlag(2, T0 + 500)], 100, 2);
  assert.equal(hitFlag(layout, T0, 0.2)?.lead.id, 'f1');
  assert.equal(hitFlag(layout, T0 + 500, 0.8)?.lead.id, 'f2');
  assert.equal(hitFlag(layout, T0 + 30 * 100, 0.2)?.lead.id, 'f1');
  assert.equal(hitFlag(layout, T0 - 20 * 100, 0.2), null);
  assert.equal(hitFlag(layout, T0 + 200 * 100, 0.2), null);
});

test('stepping walks the flags in time and passes over dismissed ones', () => {
  const flags = [makeFlag(3, T0 + 300), makeFlag(1, T0 + 100), makeFlag(2, T0 + 200, { state: 'dismissed' })];
  assert.equal(stepFlag(flags, null, T0, 1)?.id, 'f1');
  assert.equal(stepFlag(flags, flags[1]!, T0, 1)?.id, 'f3');
  assert.equal(stepFlag(flags, flags[0]!, T0, 1), null);
  assert.equal(stepFlag(flags, null, T0 + 250, -1)?.id, 'f1');
  assert.equal(stepFlag(flags, flags[2]!, T0, -1)?.id, 'f1');
});

test('a number beside a cluster never covers the next mark of its row', () => {
  const flags = Array.from({ length: 200 }, (_, i) => makeFlag(i, T0 + i * 140_000 + ((i * 7919) % 90_000)));
  const { items } = layoutFlags(flags, 28_800_000 / 800, 2);
  assert.ok(items.some((item) => item.flags.length > 1));
  for (const item of items) {
    const next = items.find((other) => other.row === item.row && other.atMs > item.atMs);
    if (next !== undefined && item.flags.length > 1) assert.ok((next.atMs - item.atMs) / 36_000 >= MARK_PX + COUNT_PX - 1e-6);
  }
});
