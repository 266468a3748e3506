import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_MS, MAX_BLOCKS, planBlocks, planEviction } from './block-plan.ts';

const T0 = 2_800_000 * BLOCK_MS;
const LIMITS = { fromMs: T0, toMs: T0 + 100 * BLOCK_MS };

test('a stretch asks for every block it touches, the middle first', () => {
  const blocks = planBlocks(T0 + BLOCK_MS * 0.5, T0 + BLOCK_MS * 4.5, LIMITS);
  assert.equal(blocks[0], 2_800_002);
  assert.deepEqual([...blocks].sort(), [0, 1, 2, 3, 4].map((i) => 2_800_000 + i));
});

test('nothing is asked for outside the session, and never more than is kept', () => {
  assert.deepEqual(planBlocks(T0 - 10 * BLOCK_MS, T0, LIMITS), []);
  assert.deepEqual(planBlocks(T0 - 10 * BLOCK_MS, T0 + 1, LIMITS), [2_800_000]);
  assert.equal(planBlocks(T0, T0 + 1000 * BLOCK_MS, { fromMs: T0, toMs: T0 + 1000 * BLOCK_MS }).length, MAX_BLOCKS);
});

test('the oldest unseen blocks go first, visible ones stay', () => {
  assert.deepEqual(planEviction([1, 2, 3, 4, 5], new Set([2]), 3), [1, 3]);
  assert.deepEqual(planEviction([1, 2, 3], new Set(), 3), []);
});
