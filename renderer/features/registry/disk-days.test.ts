import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDays } from './disk-days.ts';

test('days of disk are told to what matters, and not at all where a figure is missing', () => {
  assert.equal(planDays(412e9, 21.6), '19');
  assert.equal(planDays(50e9, 21.6), '2.3');
  assert.equal(planDays(0, 21.6), '0.0');
  assert.equal(planDays(null, 21.6), null);
  assert.equal(planDays(412e9, null), null);
  assert.equal(planDays(412e9, 0), null);
});
