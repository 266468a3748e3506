import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mediaAtWall, wallAtMedia } from './media-clock.ts';
import type { PlayedFragment } from './media-clock.ts';

const T0 = Date.UTC(2026, 10, 23, 13);
/** Three fragments, eight seconds missing after the second. */
const FRAGMENTS: PlayedFragment[] = [
  { start: 0, duration: 4, programDateTime: T0 }, { start: 4, duration: 4, programDateTime: T0 + 4000 }, { start: 8, duration: 4, programDateTime: T0 + 16_000 },
];

test('wall and media time are inverse within fragments', () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 11.9, noNaN: true }), (mediaS) => {
    const wallMs = wallAtMedia(FRAGMENTS, mediaS)!;
    const back = mediaAtWall(FRAGMENTS, wallMs)!;
    assert.ok(Math.abs(back - mediaS) <= 0.051, `${mediaS} ${back}`);
  }));
});

test('a time in a gap goes to the first picture after it, beyond the ends to the nearest end', () => {
  assert.equal(mediaAtWall(FRAGMENTS, T0 + 12_000), 8);
  assert.equal(mediaAtWall(FRAGMENTS, T0 - 5000), 0);
  assert.equal(mediaAtWall(FRAGMENTS, T0 + 99_000), 11.9);
  assert.equal(wallAtMedia(FRAGMENTS, 9), T0 + 17_000);
});

test('without times there is no answer', () => {
  assert.equal(wallAtMedia([{ start: 0, duration: 4, programDateTime: null }], 1), null);
  assert.equal(mediaAtWall([], T0), null);
});
