import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseStepMs, clampScale, endMs, fitRange, formatMediaTime, formatTick, formatWallTime, MAX_SPAN_MS, MIN_SPAN_MS, panBy, placeAt, planTicks, resizeScale, spanMs, toMs, toPx, zoomAbout } from './time-scale.ts';

const T0 = Date.UTC(2026, 10, 23, 13, 0, 0);
const LIMITS = { fromMs: T0, toMs: T0 + 8 * 3_600_000 };

test('pixels and instants are inverse', () => {
  fc.assert(fc.property(fc.double({ min: 0.5, max: 20_000, noNaN: true }), fc.integer({ min: -3000, max: 5000 }), (msPerPx, px) => {
    const scale = { fromMs: T0, msPerPx, widthPx: 1200 };
    assert.ok(Math.abs(toPx(scale, toMs(scale, px)) - px) < 1e-3);
  }));
});

test('zooming keeps the instant under the pointer, and stays between one second and eight hours', () => {
  fc.assert(fc.property(fc.integer({ min: 300, max: 900 }), fc.double({ min: 0.05, max: 20, noNaN: true }), (px, factor) => {
    const scale = { fromMs: T0 + 4 * 3_600_000, msPerPx: 100, widthPx: 1200 };
    const zoomed = zoomAbout(scale, px, factor, LIMITS);
    assert.ok(Math.abs(toMs(zoomed, px) - toMs(scale, px)) < 1);
  }));
  let scale = fitRange(1200, LIMITS);
  for (let i = 0; i < 200; i++) scale = zoomAbout(scale, 600, 1.5, LIMITS);
  assert.ok(Math.abs(spanMs(scale) - MIN_SPAN_MS) < 1e-6);
  for (let i = 0; i < 200; i++) scale = zoomAbout(scale, 600, 1 / 1.5, LIMITS);
  assert.ok(spanMs(scale) >= MAX_SPAN_MS);
  assert.ok(scale.fromMs <= LIMITS.fromMs && endMs(scale) >= LIMITS.toMs);
});

test('panning stops a little beyond the ends', () => {
  const scale = { fromMs: T0 + 60_000, msPerPx: 50, widthPx: 1200 };
  const early = panBy(scale, -1e9, LIMITS);
  assert.equal(early.fromMs, T0 - 60_000 * 0.08);
  const late = panBy(scale, 1e9, LIMITS);
  assert.ok(Math.abs(endMs(late) - (LIMITS.toMs + 60_000 * 0.08)) < 1e-3);
  assert.equal(panBy(scale, 10, LIMITS).fromMs, scale.fromMs + 500);
});

test('fitting shows the whole session, a short one too', () => {
  for (const toMsEnd of [T0 + 300, T0 + 30_000, LIMITS.toMs, T0 + 20 * 3_600_000]) {
    const limits = { fromMs: T0, toMs: toMsEnd };
    const scale = clampScale(fitRange(1000, limits), limits);
    assert.ok(scale.fromMs <= limits.fromMs && endMs(scale) >= limits.toMs);
  }
});

test('placing and resizing keep zoom', () => {
  const scale = { fromMs: T0 + 1_000_000, msPerPx: 100, widthPx: 1000 };
  const placed = placeAt(scale, T0 + 5_000_000, 0.25, LIMITS);
  assert.equal(toPx(placed, T0 + 5_000_000), 250);
  const wide = resizeScale(scale, 1600, LIMITS);
  assert.deepEqual([wide.fromMs, wide.msPerPx, wide.widthPx], [scale.fromMs, 100, 1600]);
});

test('ticks are round in local time, evenly spaced, and their labels never touch', () => {
  fc.assert(fc.property(fc.double({ min: 0.5, max: 30_000, noNaN: true }), fc.constantFrom(0, 480, 345, -210), (msPerPx, offset) => {
    const scale = { fromMs: T0 + 1234.5, msPerPx, widthPx: 1400 };
    const ticks = planTicks(scale, 84, offset);
    const major = ticks.filter((tick) => tick.major);
    const stepMs = chooseStepMs(msPerPx, 84);
    for (const tick of major) assert.equal((tick.atMs + offset * 60_000) % stepMs, 0);
    for (let i = 1; i < major.length; i++) assert.ok((major[i]!.atMs - major[i - 1]!.atMs) / msPerPx >= 83.9);
    for (let i = 1; i < ticks.length; i++) assert.ok((ticks[i]!.atMs - ticks[i - 1]!.atMs) / msPerPx >= 13.9);
    assert.ok(ticks.every((tick) => tick.atMs >= scale.fromMs && tick.atMs <= endMs(scale)));
  }));
});

test('labels go from hundredths to days', () => {
  assert.equal(formatTick(T0 + 50, 50), '13:00:00.050');
  assert.equal(formatTick(T0 + 200, 200), '13:00:00.2');
  assert.equal(formatTick(T0 + 5000, 5000), '13:00:05');
  assert.equal(formatTick(T0 + 60_000, 60_000), '13:01');
  assert.equal(formatTick(Date.UTC(2026, 10, 24), 3_600_000), '11-24');
  assert.equal(formatWallTime(T0 + 7300, 480), '21:00:07.3');
  assert.equal(formatMediaTime(3_723_450), '1:02:03.4');
  assert.equal(formatMediaTime(-1500), '−0:00:01.5');
});
