import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FaultCode, makeFault } from '../../contract/faults.ts';
import { planRecovery } from './recovery-policy.ts';

test('every fault at every history is retried, with a cap and within jitter', () => {
  fc.assert(fc.property(fc.constantFrom(...FaultCode.options), fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (code, failures, random) => {
    const { delayMs } = planRecovery(makeFault(code, 'room', ''), failures, random);
    assert.ok(delayMs > 0 && delayMs <= 375_000);
  }));
});

test('a full disk is the disk gate, a refused address is offline, and waiting grows', () => {
  assert.equal(planRecovery(makeFault('disk-full', '', ''), 1, 0.5).state, 'disk-gate');
  assert.equal(planRecovery(makeFault('connect-failed', '', ''), 1, 0.5).state, 'offline');
  assert.equal(planRecovery(makeFault('address-expired', '', ''), 1, 0.5).state, 'address-expired');
  assert.ok(planRecovery(makeFault('connect-failed', '', ''), 4, 0.5).delayMs > planRecovery(makeFault('connect-failed', '', ''), 1, 0.5).delayMs);
});
