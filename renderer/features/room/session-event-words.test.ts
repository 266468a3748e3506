import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SessionEventKind } from '../../../electron/contract/index.ts';
import { describeEventFacts } from './session-event-words.ts';
import { sessionEventText } from './session-events-text.ts';

/** One event of every kind with the facts that the engine notes with it. */
const samples: Readonly<Record<SessionEventKind, Record<string, string | number | boolean | null>>> = {
  opened: {}, resumed: {}, closed: { why: 'idle' }, 'clock-step': { stepMs: -3_600_000 }, 'clock-measured': { offsetMs: 20, uncertaintyMs: 12, source: 'ntp.example' },
  split: { why: 'decoder-configuration', change: 'avc1.64001f 720×1280 → avc1.64001f 480×854', videoCodec: 'avc1.64001f', audioCodec: 'mp4a.40.2', width: 480, height: 854 },
  reconnected: { connection: 2 }, 'address-renewed': { page: 'https://live.example/1', address: 'https://cdn.example/1.m3u8', command: 'streamlink …', tookMs: 1234, expiresAt: '2026-11-24T05:00:00Z' },
  'variant-changed': { from: 'https://a.example/1.m3u8', to: 'https://b.example/1.m3u8', width: 720, height: 1280, bandwidth: 2_000_000 }, 'sequence-reset': { to: 0 },
  'timestamp-jump': { fromMs: 61_000, toMs: 5000 }, 'headers-repeated': { track: 'header', mediaMs: 1000, times: 3 }, 'data-replayed': { overlapMs: 4200, by: 'content' }, 'headers-changed': { why: 'decoder-configuration', videoCodec: null, audioCodec: 'mp4a.40.5', width: null, height: null },
  'key-changed': { method: 'AES-128', keyUri: 'https://k.example/k', isKnown: false }, 'disk-gate': { gate: 'closed' }, resolver: { page: 'https://live.example/1' },
  preflight: { sourceKind: 'hls', program: '0.1.0', node: '24.21.0', system: 'linux 6.1 x64', freeBytes: 412e9, clockOffsetMs: 20, clockUncertaintyMs: 12, clockSource: 'ntp.example' },
  imported: { from: '/media/a.flv', startFrom: 'file-name', sha256: 'ab'.repeat(32), bytes: 1_000_000, durationMs: 61_500 }, note: { what: 'incomplete-tail', bytes: 412 },
};

test('every kind of event has its name in both languages', () => {
  for (const kind of [...SessionEventKind.options, 'gap'] as const) {
    assert.match(sessionEventText.zh[kind], /[\u4e00-\u9fff]/, kind);
    assert.match(sessionEventText.en[kind], /^[A-Z]/, kind);
  }
});

test('no key of the program is read by a person: every fact of every kind has a word, in Chinese a Chinese one', () => {
  for (const kind of SessionEventKind.options) {
    for (const phrase of describeEventFacts({ detail: samples[kind] }, 'zh')) {
      assert.match(phrase, /^[\u4e00-\u9fff]+：/, `${kind}: ${phrase}`);
      assert.ok(!phrase.startsWith('其他'), `${kind}: ${phrase} has no word of its own`);
    }
    for (const phrase of describeEventFacts({ detail: samples[kind] }, 'en')) {
      assert.doesNotMatch(phrase, /[\u4e00-\u9fff]/, `${kind}: ${phrase}`);
      assert.doesNotMatch(phrase, /^other|^[a-z]+[A-Z]/, `${kind}: ${phrase}`);
    }
  }
});

test('facts carry their units', () => {
  assert.deepEqual(describeEventFacts({ detail: samples['timestamp-jump'] }, 'zh'), ['现时间：1:01.0 → 0:05.0']);
  assert.deepEqual(describeEventFacts({ detail: samples['data-replayed'] }, 'zh'), ['重复时长：4.2 s', '判定依据：内容相同']);
  assert.deepEqual(describeEventFacts({ detail: samples['clock-step'] }, 'en'), ['step: −3600.00s']);
  assert.ok(describeEventFacts({ detail: samples.preflight }, 'zh').includes('时钟偏差：+0.02s ±0.01s'));
  assert.ok(describeEventFacts({ detail: samples.split }, 'zh').includes('画面：480×854'));
  assert.deepEqual(describeEventFacts({ detail: samples.note }, 'en'), ['what: data not received whole when the connection ended', 'bytes: 412 B']);
});

test('any detail is told without a throw, and what has a value is never dropped unless it is said with its partner', () => {
  const value = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
  fc.assert(fc.property(fc.dictionary(fc.string(), value), fc.constantFrom('zh' as const, 'en' as const), (detail, language) => {
    const told = describeEventFacts({ detail }, language);
    const given = Object.entries(detail).filter(([, each]) => each !== null && each !== '');
    assert.ok(told.length <= given.length);
    assert.ok(told.length >= given.length - 5);
  }));
});
