import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadRulePack } from './rule-pack.ts';
import { createNormalizer, toChineseNumber } from './normalizer.ts';

const normalize = createNormalizer(loadRulePack(new URL('../../../resources/rules/base-pack.json', import.meta.url).pathname));

test('width, case, script, digits and inserted signs come to one form', () => {
  assert.equal(normalize('ＶＸ同号').text, '微信同号');
  assert.equal(normalize('全網最低價').text, '全网最低价');
  assert.equal(normalize('全！网！最！低！价').text, '全网最低价');
  assert.equal(normalize('高 / 仿').text, '高仿');
  assert.equal(normalize('最\u200b低\u200d价').text, '最低价');
  assert.equal(normalize('100%有效').text, '百分百有效');
  assert.equal(normalize('30天提分105分').text, '三十天提分一百零五分');
  assert.equal(normalize('薇❤').text, '微信');
  assert.equal(normalize('+V领券').text, '加微信领券');
  assert.equal(normalize('弓虽').text, '强');
  assert.equal(normalize('刷刷刷刷单').text, '刷单');
});

test('punctuation that divides clauses stays', () => {
  assert.equal(normalize('不刷，单价低。真的？').text, '不刷，单价低。真的？');
  assert.equal(normalize('全网\n最低').text, '全网。最低');
  assert.equal(normalize('全网\n最低', true).text, '全网最低');
});

test('a span leads back to the original characters', () => {
  const text = '来👉加 薇 ❤ 了解';
  const n = normalize(text);
  const at = n.text.indexOf('加微信');
  assert.ok(at >= 0);
  assert.equal(text.slice(n.starts[at], n.ends[at + 2]), '加 薇 ❤');
});

test('offsets are in range and in order for any text', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('加', 'v', '薇', '❤', '100%', '最', '！', ' ', '9.9', '\n', '嘴便宜', '弓虽', '➕', '全網', '⅐', '½', '㍿'));
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }).map((p) => p.join('')), (text) => {
    const n = normalize(text);
    assert.equal(n.starts.length, n.text.length);
    assert.equal(n.ends.length, n.text.length);
    for (let i = 0; i < n.text.length; i++) {
      assert.ok(n.starts[i]! >= 0 && n.starts[i]! <= n.ends[i]! && n.ends[i]! <= text.length);
      if (i > 0) assert.ok(n.starts[i]! >= n.starts[i - 1]! && n.ends[i]! >= n.ends[i - 1]!);
    }
  }), { numRuns: 500 });
});

test('numbers are said as they are spoken', () => {
  assert.deepEqual([0, 7, 10, 15, 20, 100, 105, 110, 1001, 2030, 9999].map(toChineseNumber), ['零', '七', '十', '十五', '二十', '一百', '一百零五', '一百一十', '一千零一', '二千零三十', '九千九百九十九']);
});
