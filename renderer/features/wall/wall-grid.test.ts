import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planWallGrid } from './wall-grid.ts';

test('four tiles make two rows of two beside both panels, one row where the space is wide and low', () => {
  assert.deepEqual([planWallGrid(4, 720, 740).columns, planWallGrid(4, 720, 740).rows], [2, 2]);
  assert.deepEqual([planWallGrid(4, 2400, 500).columns, planWallGrid(4, 2400, 500).rows], [4, 1]);
});

test('every layout has a place for each of its tiles and fits the height', () => {
  for (const count of [1, 2, 4, 6, 9, 16]) {
    for (const [width, height] of [[720, 740], [1360, 1020], [1900, 1020]] as const) {
      const grid = planWallGrid(count, width, height);
      assert.ok(grid.columns * grid.rows >= count, `${count} in ${width}x${height}`);
      assert.ok(grid.rowPx * grid.rows + 8 * (grid.rows - 1) <= height);
    }
  }
});
