import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaFromWall, wallFromMedia } from './hls-wall-clock.ts';

// Two segments, a gap of 10 s on the wall, one segment; media time goes on without a hole.
const fragments = [
  { start: 0, duration: 4, programDateTime: 100_000 },
  { start: 4, duration: 4, programDateTime: 104_000 },
  { start: 8, duration: 4, programDateTime: 118_000 },
];

test('media and wall time map onto each other on both sides of a gap', () => {
  for (const seconds of [0, 3.5, 7.9, 8, 11.5]) assert.ok(Math.abs((mediaFromWall(fragments, wallFromMedia(fragments, seconds) ?? 0) ?? -1) - seconds) < 1e-6, String(seconds));
});

test('a moment inside a gap is where the picture goes on; outside it is the nearest end', () => {
  assert.equal(mediaFromWall(fragments, 112_000), 8);
  assert.equal(mediaFromWall(fragments, 50_000), 0);
  assert.equal(mediaFromWall(fragments, 500_000), 11.9);
  assert.equal(mediaFromWall([{ start: 0, duration: 4, programDateTime: null }], 1), null);
});
