import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeFollow, followView } from './follow-mode.ts';
import { toPx } from './time-scale.ts';

const T0 = Date.UTC(2026, 10, 23, 13);
const LIMITS = { fromMs: T0, toMs: T0 + 3_600_000 };
const SCALE = { fromMs: T0 + 600_000, msPerPx: 100, widthPx: 1000 };

test('a person who pans is left alone until the next seek, play or L', () => {
  assert.equal(changeFollow('live', 'pan'), 'free');
  assert.equal(changeFollow('playhead', 'fit'), 'free');
  assert.equal(changeFollow('free', 'zoom'), 'free');
  assert.equal(changeFollow('live', 'zoom'), 'live');
  assert.equal(changeFollow('free', 'seek'), 'playhead');
  assert.equal(changeFollow('free', 'play'), 'playhead');
  assert.equal(changeFollow('free', 'live'), 'live');
});

test('free never moves', () => {
  assert.equal(followView(SCALE, 'free', T0, T0 + 3_000_000, LIMITS), SCALE);
});

test('the live edge stands at nine tenths', () => {
  const moved = followView(SCALE, 'live', null, T0 + 3_000_000, LIMITS);
  assert.ok(Math.abs(toPx(moved, T0 + 3_000_000) - 900) < 1e-6);
  assert.equal(followView(moved, 'live', null, T0 + 3_000_010, LIMITS), moved);
});

test('the playhead turns pages, forwards and back, and stays visible', () => {
  assert.equal(followView(SCALE, 'playhead', T0 + 650_000, null, LIMITS), SCALE);
  for (const playheadMs of [T0 + 695_000, T0 + 1_900_000, T0 + 590_000, T0 + 5000]) {
    const x = toPx(followView(SCALE, 'playhead', playheadMs, null, LIMITS), playheadMs);
    assert.ok(x >= 0 && x <= 920, String(x));
  }
});
