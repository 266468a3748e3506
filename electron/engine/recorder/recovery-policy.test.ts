import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FaultCode, makeFault } from '../../contract/faults.ts';
import { RoomState } from '../../contract/rooms.ts';
import { planRecovery } from './recovery-policy.ts';

test('every fault at every history has a rule: a bounded wait, a state, no wait below the first one', () => {
  fc.assert(fc.property(fc.constantFrom(...FaultCode.options), fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (code, failures, random) => {
    const recovery = planRecovery(makeFault(code, 'room', ''), failures, random);
    assert.ok(recovery.delayMs >= 150 && recovery.delayMs <= 375_000);
    assert.ok(RoomState.options.includes(recovery.state) && recovery.state !== 'live' && recovery.state !== 'stopped');
    assert.ok(recovery.delayMs >= planRecovery(makeFault(code, 'room', ''), 1, random).delayMs);
  }));
});

test('states say what kind of trouble it is', () => {
  const stateOf = (code: FaultCode) => planRecovery(makeFault(code, '', ''), 1, 0.5).state;
  for (const code of ['disk-full', 'disk-read-only', 'disk-gone', 'disk-error', 'disk-slow', 'quota-reached'] as const) assert.equal(stateOf(code), 'disk-gate', code);
  for (const code of ['connect-failed', 'dns-failed', 'tls-failed', 'timed-out', 'http-status', 'too-busy', 'address-private', 'stream-ended'] as const) assert.equal(stateOf(code), 'offline', code);
  assert.equal(stateOf('address-expired'), 'address-expired');
  assert.equal(stateOf('source-stalled'), 'stalled');
});

test('a lost line comes back within a second at first and within 20 s for ever; waiting grows in between', () => {
  const delays = [1, 2, 3, 4, 100].map((failures) => planRecovery(makeFault('connect-failed', '', ''), failures, 0.5).delayMs);
  assert.deepEqual(delays, [500, 1000, 2000, 4000, 15_000]);
});

test('a broadcast that was on a moment ago is asked for again within 2.5 s for a minute; what must change outside is not', () => {
  const delayOf = (code: FaultCode, sinceFootageMs: number) => planRecovery(makeFault(code, '', ''), 20, 0.999, sinceFootageMs).delayMs;
  for (const code of ['http-status', 'connect-failed', 'stream-ended', 'playlist-invalid'] as const) {
    assert.ok(delayOf(code, 59_000) <= 2500, code);
    assert.ok(delayOf(code, 61_000) > 10_000, code);
  }
  for (const code of ['address-private', 'too-busy', 'codec-unsupported'] as const) assert.equal(delayOf(code, 100), delayOf(code, Number.POSITIVE_INFINITY));
});

test('a full disk does not make the address be looked up again; an expired address does', () => {
  assert.equal(planRecovery(makeFault('disk-full', '', ''), 3, 0.5).resolveAgain, false);
  assert.equal(planRecovery(makeFault('address-expired', '', ''), 1, 0.5).resolveAgain, true);
});

test('Retry-After is honoured, bounded, and never comes back early; nonsense in it is ignored', () => {
  const wait = (cause: string, random: number) => planRecovery(makeFault('too-busy', '', '', { retryable: true, cause }), 1, random).delayMs;
  assert.equal(wait('20', 0), 20_000);
  assert.equal(wait('999999', 0), 120_000);
  assert.equal(wait('Wed, 21 Oct 2015 07:28:00 GMT', 0.5), 5000);
  assert.equal(wait('-3', 0.5), 5000);
});

test('fifty rooms of one host do not come back together', () => {
  const delays = new Set(Array.from({ length: 50 }, (_, i) => planRecovery(makeFault('connect-failed', '', ''), 6, i / 50).delayMs));
  assert.ok(delays.size > 40);
  assert.ok(Math.max(...delays) - Math.min(...delays) > 5000);
});
