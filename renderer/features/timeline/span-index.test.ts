import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SpanIndex } from './span-index.ts';

type Item = { id: number; startMs: number; endMs: number };
const makeIndex = (): SpanIndex<Item> => new SpanIndex<Item>((item) => item.id);
const arbitraryItems = fc.array(
  fc.record({ id: fc.integer({ min: 0, max: 40 }), startMs: fc.integer({ min: 0, max: 1000 }), length: fc.integer({ min: 0, max: 200 }) })
    .map(({ id, startMs, length }) => ({ id, startMs, endMs: startMs + length })),
);

test('a query finds exactly what a full scan finds, whatever the order of arrival', () => {
  fc.assert(fc.property(fc.array(arbitraryItems), fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 300 }), (batches, fromMs, length) => {
    const index = makeIndex();
    const newest = new Map<number, Item>();
    for (const batch of batches) {
      index.add(batch);
      for (const item of batch) newest.set(item.id, item);
    }
    const toMs = fromMs + length;
    const wanted = [...newest.values()].filter((item) => item.startMs < toMs && (item.endMs > fromMs || item.startMs >= fromMs));
    assert.deepEqual(index.query(fromMs, toMs).map((item) => item.id).sort((a, b) => a - b), wanted.map((item) => item.id).sort((a, b) => a - b));
    assert.equal(index.items.length, newest.size);
    for (let i = 1; i < index.items.length; i++) assert.ok(index.items[i - 1]!.startMs <= index.items[i]!.startMs);
  }));
});

test('dropped items can come back', () => {
  const index = makeIndex();
  index.add([{ id: 1, startMs: 0, endMs: 5 }, { id: 2, startMs: 10, endMs: 15 }]);
  index.drop(0, 10);
  assert.deepEqual(index.items.map((item) => item.id), [2]);
  index.add([{ id: 1, startMs: 0, endMs: 5 }]);
  assert.deepEqual(index.items.map((item) => item.id), [1, 2]);
  assert.equal(index.lastBefore(9)?.id, 1);
  assert.equal(index.lastBefore(10)?.id, 2);
  assert.equal(index.lastBefore(-1), null);
});
