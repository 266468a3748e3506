import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { Category, FaultError, Hit } from '../../contract/index.ts';
import { RuleCase, countTerms, loadRulePack } from './rule-pack.ts';
import { createScreener } from './screener.ts';

const folder = new URL('../../../resources/rules/', import.meta.url).pathname;
const pack = loadRulePack(`${folder}base-pack.json`);
const screener = createScreener(pack);
const categories = (text: string, channel: 'speech' | 'ocr' | 'chat' | 'text' = 'speech'): string[] => [...new Set(screener.screen(text, channel).map((h) => h.category))].sort();

test('the pack covers the seven categories and its hash is that of its bytes', () => {
  assert.equal(pack.hash, createHash('sha256').update(readFileSync(`${folder}base-pack.json`)).digest('hex'));
  for (const category of Category.options) {
    const ids = new Set(pack.subtypes.filter((s) => s.category === category).map((s) => s.id));
    const cues = pack.rules.filter((r) => r.kind === 'terms' && ids.has(r.subtype) && r.weight >= 0.5).flatMap((r) => (r.kind === 'terms' ? r.terms : []));
    assert.ok(cues.length >= 50, `${category} has ${cues.length} cues`);
  }
  assert.ok(countTerms(pack) >= 400);
  for (const rule of pack.rules) assert.ok(pack.subtypes.some((s) => s.id === rule.subtype));
});

test('every case that the pack carries holds', () => {
  assert.ok(pack.cases.length >= 20);
  for (const c of pack.cases) assert.deepEqual(categories(c.text, c.channel), [...c.expect].sort(), c.text);
});

test('on the case file precision is at least 0.95 and recall at least 0.9', () => {
  const cases = readFileSync(`${folder}cases.jsonl`, 'utf8').trim().split('\n').map((line) => RuleCase.parse(JSON.parse(line)));
  const positive = cases.filter((c) => c.expect.length > 0);
  const negative = cases.filter((c) => c.expect.length === 0);
  assert.ok(positive.length >= 150 && negative.length >= 150);
  const missed = positive.filter((c) => !c.expect.every((e) => categories(c.text, c.channel).includes(e)));
  const falseAlarms = negative.filter((c) => categories(c.text, c.channel).length > 0);
  const found = positive.length - missed.length;
  assert.ok(found / positive.length >= 0.9, `missed ${missed.map((c) => c.text).join(' / ')}`);
  assert.ok(found / (found + falseAlarms.length) >= 0.95, `false alarms ${falseAlarms.map((c) => c.text).join(' / ')}`);
});

test('what is denied, forbidden, quoted or asked is no lead, and what follows a turn is', () => {
  for (const text of ['我们不刷单', '谨防加微信私下交易', '广告法不让说全网第一', '这个是高仿吗', '高仿我们不卖', '路口交通', '第一次来的']) assert.deepEqual(categories(text), [], text);
  assert.deepEqual(categories('广告法不让说第一，但我们就是全网第一'), ['exaggerated']);
  assert.deepEqual(categories('不要犹豫，全网最低价'), ['exaggerated']);
});

test('a viewer is heard only on brushing and the like', () => {
  assert.deepEqual(categories('全网最低价', 'chat'), []);
  assert.deepEqual(categories('说好的五星好评返现呢', 'chat'), ['fake-orders']);
});

test('a lone weak cue is no lead, two are, and a lower threshold shows it', () => {
  assert.deepEqual(categories('这个顶级'), []);
  assert.deepEqual(categories('顶级，顶级'), []);
  assert.deepEqual(categories('这个顶级品质效果极致没有之一'), ['exaggerated']);
  assert.ok(screener.screen('这个顶级', 'text', 0.2).length > 0);
});

test('hits hold the contract, and their spans quote the given text, for any text', () => {
  const cues = pack.rules.flatMap((r) => (r.kind === 'terms' ? r.terms : r.parts.flat().filter((w) => !/[@#]/.test(w))));
  const piece = fc.oneof(fc.constantFrom(...cues), fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('，', '！', '不', ' ', '\n', '+v', '❤'));
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }).map((p) => p.join('')), fc.constantFrom('speech', 'ocr', 'chat', 'text' as const), (text, channel) => {
    for (const hit of z.array(Hit).parse(screener.screen(text, channel))) {
      assert.ok(hit.spans.length > 0 && hit.basis.length > 0);
      assert.doesNotMatch(hit.explanation, /\{quote\}/);
      for (const span of hit.spans) {
        assert.ok(span.start < span.end);
        assert.equal(text.slice(span.start, span.end), span.text);
      }
    }
  }), { numRuns: 300 });
});

test('time grows in step with length, however hostile the text', () => {
  const timeMs = (text: string): number => {
    const best = [0, 1, 2].map(() => {
      const from = performance.now();
      screener.screen(text, 'text');
      return performance.now() - from;
    });
    return Math.min(...best);
  };
  for (const unit of ['不', '最好', '加微信', '原价九', '全网', '1', '刷', '！我', '开光'] as const) {
    const short = timeMs(unit.repeat(Math.floor(2000 / unit.length)));
    const long = timeMs(unit.repeat(Math.floor(16_000 / unit.length)));
    assert.ok(long < 40 * short + 60, `${unit}: ${short.toFixed(1)} ms for 2,000 characters, ${long.toFixed(1)} ms for 16,000`);
  }
});

test('a pack that is missing, broken or wrong is refused with its reason', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rules-'));
  const refuse = (content: string | null, reason: RegExp): void => {
    const file = join(dir, 'pack.json');
    if (content !== null) writeFileSync(file, content);
    assert.throws(() => loadRulePack(content === null ? join(dir, 'none.json') : file), (thrown) => thrown instanceof FaultError && reason.test(thrown.fault.message));
  };
  refuse(null, /cannot be read/);
  refuse('{', /not JSON/);
  refuse('{"version":"1"}', /does not hold/);
  const { hash: _, ...data } = pack;
  refuse(JSON.stringify({ ...data, rules: [{ kind: 'terms', subtype: 'nowhere', weight: 0.8, terms: ['甲'] }] }), /unknown subtype nowhere/);
});
