import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSyllables, parseLanguageModel, type SyllableSlot } from './syllable-decoder.ts';

const model = parseLanguageModel([
  'total 100', 'r 中zhong 20', 'r 钟zhong 5', 'r 国guo 18', 'r 过guo 10', 'r 人ren 10', 'r 行hang 3', 'r 行xing 7',
  '1 ^ 20', '1 中 20', '1 钟 5', '1 国 18', '1 过 10', '1 人 10', '1 行 10', '2 中国 15', '2 ^中 15', '2 国人 8', '3 ^中国 12', '3 中国人 8',
].join('\n'));
const write = (slots: SyllableSlot[]): string => decodeSyllables(model, slots).map(({ character }) => character).join('');
const slot = (...said: [string, number][]): SyllableSlot => said.map(([syllable, probability]) => ({ syllable, probability }));

test('syllables become the characters that follow one another most often', () => {
  assert.equal(write([slot(['zhong', 1]), slot(['guo', 1]), slot(['ren', 1])]), '中国人');
});

test('a rival syllable wins where the words ask for it and the sound allows it; where the sound is sure it stays', () => {
  assert.equal(write([slot(['zhong', 1]), slot(['xing', 0.55], ['guo', 0.45]), slot(['ren', 1])]), '中国人');
  assert.equal(write([slot(['zhong', 1]), slot(['xing', 0.9999], ['guo', 0.0001])]).at(-1), '行');
});

test('a syllable that no character is read as is left out', () => {
  assert.equal(write([slot(['zhong', 1]), slot(['zzz', 1]), slot(['guo', 1])]), '中国');
  assert.equal(write([]), '');
});

test('every character names the slot that it was read from and how sure that was', () => {
  assert.deepEqual(decodeSyllables(model, [slot(['zhong', 0.9]), slot(['zzz', 1]), slot(['guo', 0.8])]), [{ character: '中', slot: 0, probability: 0.9 }, { character: '国', slot: 2, probability: 0.8 }]);
});

test('a file that is no language model is refused', () => {
  for (const text of ['', 'total 0', 'total 5', 'total 5\nr 中zhong -1', 'total 5\nx 中 1', '2 中国 many']) assert.throws(() => parseLanguageModel(text), text);
});
