import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hit } from '../../contract/index.ts';
import { keepHeardWell } from './heard-well.ts';

const hit = (start: number, text: string): Hit => ({
  category: 'exaggerated', subtype: 'x', severity: 'high', score: 0.8, spans: [{ start, end: start + text.length, text }], by: 'keyword', basis: [], explanation: '',
});
const words = (list: [string, number][]) => list.map(([text, confidence], at) => ({ text, confidence, startMs: at * 200, endMs: at * 200 + 200 }));

test('a hit whose words were guessed is dropped, one that was heard stays', () => {
  const heard = words([['包', 0.5], ['治', 0.6], ['百', 0.4], ['病', 0.3], ['打', 0.4], ['胎', 0.5], ['药', 0.05]]);
  const hits = [hit(0, '包治百病'), hit(4, '打胎药')];
  assert.deepEqual(keepHeardWell(hits, { text: '包治百病打胎药', words: heard }), [hits[0]]);
});

test('the gravest leads need surer words', () => {
  const heard = words([['打', 0.4], ['胎', 0.8], ['药', 0.2]]);
  assert.equal(keepHeardWell([hit(0, '打胎药')], { text: '打胎药', words: heard }).length, 1);
  assert.equal(keepHeardWell([{ ...hit(0, '打胎药'), severity: 'veto' }], { text: '打胎药', words: heard }).length, 0);
});

test('words of several letters count for each of their places', () => {
  const text = '加VX聊';
  const heard = words([['加', 0.9], ['VX', 0.9], ['聊', 0.01]]);
  assert.equal(keepHeardWell([hit(0, '加VX')], { text, words: heard }).length, 1);
  assert.equal(keepHeardWell([hit(3, '聊')], { text, words: heard }).length, 0);
});

test('a text without measured words, or one that was edited, keeps its hits', () => {
  assert.equal(keepHeardWell([hit(0, '包')], { text: '包治' }).length, 1);
  assert.equal(keepHeardWell([hit(0, '包')], { text: '包治', words: words([['宝', 0.01], ['治', 0.01]]) }).length, 1);
});
