import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planRenewal, readExpiry } from './expiry-reader.ts';

const seconds = 1_790_000_000;
const of = (query: string) => readExpiry(`https://cdn.example/live/a.m3u8?${query}`);

test('the common ways of writing an expiry are read', () => {
  const hex = seconds.toString(16);
  for (const query of [`expires=${seconds}`, `expire=${seconds}&sign=x`, `Expires=${seconds}`, `x-expires=${seconds}`, `e=${seconds}`, `wsTime=${seconds}`, `wsTime=${hex}`,
    `txSecret=ab&txTime=${hex.toUpperCase()}`, `auth_key=${seconds}-0-0-d41d8cd98f00b204e9800998ecf8427e`, `expires=${seconds}000`, `hdnts=st=1~exp=${seconds}~acl=/*~hmac=00`,
    'X-Amz-Date=20260921T131000Z&X-Amz-Expires=600']) {
    const read = of(query);
    assert.ok(read !== null && Math.abs(read - seconds * 1000) < 86_400_000 * 3, `${query} → ${read}`);
  }
  assert.equal(of(`expires=${seconds}&e=${seconds - 60}`), (seconds - 60) * 1000);
});

test('what only looks like one is not taken', () => {
  for (const query of ['expires=never', 'e=5', 'txTime=zzzzzzzz', 'auth_key=abc', 'expires=99999999999999', 'session=1790000000', '', '__proto__=1790000000', 'constructor=1790000000']) assert.equal(of(query), null, query);
  assert.equal(readExpiry('no address'), null);
});

test('renewal comes before the end and after now', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), (left) => {
    const nowMs = seconds * 1000 - left * 1000;
    const at = planRenewal(`https://cdn.example/a.m3u8?expires=${seconds}`, nowMs);
    assert.ok(at !== null && at < seconds * 1000 && at >= seconds * 1000 - 60_000);
  }));
  assert.equal(planRenewal(`https://cdn.example/a.m3u8?expires=${seconds}`, seconds * 1000), null);
});

test('no query makes it throw', () => {
  fc.assert(fc.property(fc.webUrl({ withQueryParameters: true }), fc.string(), (url, more) => {
    const read = readExpiry(`${url}${more}`);
    assert.ok(read === null || Number.isFinite(read));
  }));
});
