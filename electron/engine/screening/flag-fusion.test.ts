import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Flag, FlagId, type Hit, type Observation, RoomId, SessionId } from '../../contract/index.ts';
import { MAX_FLAG_MS, fuseHits, isSameQuote } from './flag-fusion.ts';

const hit = (quote: string, more: Partial<Hit> = {}): Hit => ({ category: 'exaggerated', subtype: 'absolute-terms', severity: 'medium', score: 0.7, spans: [{ start: 0, end: quote.length, text: quote }], by: 'keyword', basis: [{ law: '广告法', article: '第九条' }], explanation: `「${quote}」`, ...more });
let counter = 0;
const observe = (atMs: number, text: string, more: Partial<Observation> = {}): Observation => ({ id: ++counter, roomId: RoomId.parse('room'), sessionId: SessionId.parse('s1'), lane: 'speech', startMs: atMs, endMs: atMs + 3000, text, confidence: 1, engine: 'test', ...more });
const fuse = (observation: Observation, hits: Hit[], recent: Flag[]): Flag[] => fuseHits({ observation, hits, recent, rulePackHash: 'h', nowMs: 1, newFlagId: () => FlagId.parse(`f${++counter}`), subtypeName: (id) => `名${id}` });
const first = (atMs = 0, quote = '全网第一的面霜'): Flag => fuse(observe(atMs, quote), [hit(quote)], [])[0]!;

test('a hit makes an open flag with its source and basis', () => {
  const flag = first();
  assert.equal(flag.state, 'open');
  assert.equal(flag.subtypeName, '名absolute-terms');
  assert.equal(flag.quote, '全网第一的面霜');
  assert.equal(flag.sources.length, 1);
  assert.deepEqual(flag.basis, [{ law: '广告法', article: '第九条' }]);
  assert.deepEqual(fuse(observe(0, '没有'), [], []), []);
});

test('another hit of the category at the same time joins, the graver one leads; another subtype later is a lead of its own', () => {
  const flag = first();
  assert.notEqual(fuse(observe(15_000, '降血压'), [hit('降血压', { subtype: 'medical' })], [flag])[0]!.id, flag.id);
  assert.equal(fuse(observe(15_000, '史上最强'), [hit('史上最强')], [flag])[0]!.id, flag.id);
  const [merged, ...rest] = fuse(observe(2000, '降血压', { lane: 'ocr' }), [hit('降血压', { severity: 'high', subtype: 'medical', basis: [{ law: '广告法', article: '第十七条' }] })], [flag]);
  assert.equal(rest.length, 0);
  assert.equal(merged!.id, flag.id);
  assert.equal(merged!.severity, 'high');
  assert.equal(merged!.quote, '降血压');
  assert.equal(merged!.endMs, 5000);
  assert.deepEqual(merged!.sources.map((s) => s.lane), ['speech', 'ocr']);
  assert.equal(merged!.score, 0.91);
  assert.equal(merged!.basis.length, 2);
});

test('another category, room or session, or a longer gap makes a new flag', () => {
  const flag = first();
  assert.notEqual(fuse(observe(5000, '高仿'), [hit('高仿', { category: 'counterfeit' })], [flag])[0]!.id, flag.id);
  assert.notEqual(fuse(observe(5000, '最强手机', { sessionId: SessionId.parse('s2') }), [hit('最强手机')], [flag])[0]!.id, flag.id);
  assert.notEqual(fuse(observe(30_000, '史上最强'), [hit('史上最强')], [flag])[0]!.id, flag.id);
  assert.equal(fuse(observe(5000, '两类'), [hit('高仿', { category: 'counterfeit' }), hit('史上最强')], [flag]).length, 2);
});

test('a looped banner lengthens its flag while it stays and is silent when it comes back', () => {
  let flag = first();
  const quote = flag.quote;
  const next = fuse(observe(10_000, quote), [hit(quote)], [flag]);
  assert.equal(next.length, 1);
  assert.equal(next[0]!.endMs, 13_000);
  assert.equal(next[0]!.sources.length, 1);
  assert.equal(next[0]!.score, flag.score);
  flag = next[0]!;
  assert.deepEqual(fuse(observe(300_000, quote), [hit(quote)], [flag]), []);
  assert.equal(fuse(observe(900_000, quote), [hit(quote)], [flag]).length, 1);
});

test('a reviewed flag is never altered; a dismissed quote stays quiet for the session', () => {
  const quote = '全网第一的面霜';
  const dismissed: Flag = { ...first(), state: 'dismissed' };
  assert.deepEqual(fuse(observe(5000, quote), [hit(quote)], [dismissed]), []);
  assert.deepEqual(fuse(observe(5_000_000, quote), [hit(quote)], [dismissed]), []);
  const other = fuse(observe(5000, '史上最强'), [hit('史上最强')], [dismissed]);
  assert.equal(other.length, 1);
  assert.notEqual(other[0]!.id, dismissed.id);
  const confirmed: Flag = { ...first(), state: 'confirmed' };
  assert.deepEqual(fuse(observe(5000, quote), [hit(quote)], [confirmed]), []);
});

test('an item does not grow without end', () => {
  let flags: Flag[] = [];
  for (let i = 0; i < 30; i++) {
    const quote = `第${String.fromCharCode(0x4e00 + i * 37)}句${String.fromCharCode(0x5e00 + i * 53)}话`;
    for (const f of fuse(observe(i * 10_000, quote), [hit(quote)], flags)) flags = [...flags.filter((g) => g.id !== f.id), f];
  }
  assert.ok(flags.length >= 3);
  flags.sort((a, b) => a.startMs - b.startMs);
  for (const [i, f] of flags.entries()) {
    assert.ok(f.endMs - f.startMs <= MAX_FLAG_MS);
    if (i > 0) assert.ok(flags[i - 1]!.endMs <= f.startMs);
  }
});

test('an observation screened twice changes nothing', () => {
  const observation = observe(0, '全网第一的面霜');
  const flags = fuse(observation, [hit('全网第一的面霜')], []);
  assert.deepEqual(fuse(observation, [hit('全网第一的面霜')], flags), []);
});

test('a misread character does not make other words', () => {
  assert.ok(isSameQuote('全网最低价 仅此一天', '全网最低价仅此一夭'));
  assert.ok(!isSameQuote('全网最低价', '加微信领券'));
  assert.ok(!isSameQuote('根治', '根本'));
});
