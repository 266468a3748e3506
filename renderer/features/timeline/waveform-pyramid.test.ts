import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CELL_MS, CHUNK_MS, decodePeaks, WaveformPyramid } from './waveform-pyramid.ts';

const T0 = Math.ceil(Date.UTC(2026, 10, 23, 13) / CHUNK_MS) * CHUNK_MS;

function makePart(startMs: number, peaks: readonly number[], cellMs = CELL_MS) {
  return { startMs, durationMs: peaks.length * cellMs, peaks: Buffer.from(peaks).toString('base64'), speech: [] };
}

test('the finest level gives back every peak, over chunk borders too', () => {
  const pyramid = new WaveformPyramid();
  const peaks = Array.from({ length: 300 }, (_, i) => (i * 37) % 256);
  const startMs = T0 + CHUNK_MS - 100 * CELL_MS;
  assert.ok(pyramid.add(makePart(startMs, peaks)));
  assert.equal(pyramid.chunkCount, 2);
  peaks.forEach((peak, i) => assert.deepEqual(pyramid.read(startMs + i * CELL_MS, startMs + (i + 1) * CELL_MS), { min: peak, max: peak }));
});

test('a coarse read equals the extremes of what lies under its cells', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 256, maxLength: 256 }), fc.integer({ min: 0, max: 7 }), (peaks, level) => {
    const pyramid = new WaveformPyramid();
    for (let i = 0; i < 256; i += 64) pyramid.add(makePart(T0 + i * CELL_MS, peaks.slice(i, i + 64)));
    const cells = 2 ** level;
    for (let i = 0; i < 256; i += cells) {
      const slice = peaks.slice(i, i + cells);
      assert.deepEqual(pyramid.read(T0 + i * CELL_MS, T0 + (i + cells) * CELL_MS), { min: Math.min(...slice), max: Math.max(...slice) });
    }
  }), { numRuns: 50 });
});

test('silence is not the same as nothing known', () => {
  const pyramid = new WaveformPyramid();
  pyramid.add(makePart(T0, [0, 0, 0, 0]));
  assert.deepEqual(pyramid.read(T0, T0 + 200), { min: 0, max: 0 });
  assert.equal(pyramid.read(T0 + 400, T0 + 600), null);
  assert.equal(pyramid.read(T0 - 600_000, T0 - 300_000), null);
});

test('other bucket lengths are brought to the grid, loudest kept', () => {
  const coarse = new WaveformPyramid();
  coarse.add(makePart(T0, [10, 200], 100));
  assert.deepEqual(coarse.read(T0 + 50, T0 + 100), { min: 10, max: 10 });
  assert.deepEqual(coarse.read(T0 + 150, T0 + 200), { min: 200, max: 200 });
  const fine = new WaveformPyramid();
  fine.add(makePart(T0, [1, 90, 3, 4, 5], 10));
  assert.deepEqual(fine.read(T0, T0 + 50), { min: 1, max: 90 });
});

test('what is dropped is gone, what is malformed is refused', () => {
  const pyramid = new WaveformPyramid();
  pyramid.add(makePart(T0, [5, 6]));
  pyramid.add(makePart(T0 + CHUNK_MS, [7, 8]));
  pyramid.drop(T0, T0 + CHUNK_MS);
  assert.equal(pyramid.chunkCount, 1);
  assert.equal(pyramid.read(T0, T0 + 100), null);
  assert.equal(pyramid.add({ startMs: T0, durationMs: 100, peaks: '***', speech: [] }), false);
  assert.equal(pyramid.add({ startMs: T0, durationMs: 0, peaks: 'AAAA', speech: [] }), false);
  assert.equal(decodePeaks('!'), null);
});
