import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GRID, PictureChange } from './picture-change.ts';

type Box = { x: number; y: number; width: number; height: number };

function paint(grid: Uint8Array, box: Box, value: (x: number, y: number) => number): Uint8Array {
  for (let y = box.y; y < box.y + box.height; y += 1) for (let x = box.x; x < box.x + box.width; x += 1) grid[y * GRID.columns + x] = value(x, y);
  return grid;
}

const banner: Box = { x: 4, y: 60, width: 40, height: 10 };
const host: Box = { x: 14, y: 24, width: 18, height: 24 };

function picture(bannerText: number, hostPose: number): Uint8Array {
  const grid = new Uint8Array(GRID.columns * GRID.rows).fill(90);
  paint(grid, banner, (x, y) => ((x * 7 + y * 3 + bannerText * 11) % 5 < 2 ? 220 : 30));
  return paint(grid, host, (x, y) => ((x * 5 + y * 2 + hostPose * 13) % 7 < 3 ? 200 : 60));
}

test('a new banner is read at once, a moving host is not', () => {
  const change = new PictureChange();
  const marked: number[] = [];
  for (let index = 0; index < 40; index += 1) {
    const text = Math.floor(index / 4);
    if (change.consider(picture(text, index), index * 2000)) marked.push(index);
  }
  const settled = marked.filter((index) => index >= 8);
  for (let index = 8; index < 40; index += 4) assert.ok(settled.includes(index), `the banner of still ${index} was not read: ${marked.join(' ')}`);
  assert.ok(settled.length <= 12, `${settled.length} of 32 stills were read: ${marked.join(' ')}`);
});

test('a picture that never changes is read once', () => {
  const change = new PictureChange();
  const marked = Array.from({ length: 60 }, (_, index) => change.consider(picture(1, 1), index * 2000)).filter(Boolean);
  assert.equal(marked.length, 1);
});

test('a small text that appears beside nothing else is read within ten seconds', () => {
  const change = new PictureChange();
  for (let index = 0; index < 3; index += 1) change.consider(picture(1, 1), index * 2000);
  const read: number[] = [];
  for (let index = 3; index < 12; index += 1) {
    const grid = paint(picture(1, 1), { x: 4, y: 4, width: 6, height: 3 }, () => 250);
    if (change.consider(grid, index * 2000)) read.push(index * 2000);
  }
  assert.ok(read.length > 0 && (read[0] as number) <= 16_000, read.join(' '));
});
