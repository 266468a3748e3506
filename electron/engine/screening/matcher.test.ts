import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAutomaton, createCover, joinSequences } from './matcher.ts';

test('finds what a naive search finds', () => {
  const word = fc.string({ unit: fc.constantFrom('甲', '乙', '丙'), minLength: 1, maxLength: 4 });
  fc.assert(fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 12 }), fc.string({ unit: fc.constantFrom('甲', '乙', '丙', '丁'), maxLength: 60 }), (words, text) => {
    const naive: string[] = [];
    words.forEach((w, pattern) => {
      for (let at = text.indexOf(w); at >= 0; at = text.indexOf(w, at + 1)) naive.push(`${pattern}:${at}`);
    });
    const found = createAutomaton(words).find(text).map((o) => `${o.pattern}:${o.start}`);
    assert.deepEqual(found.sort(), naive.sort());
  }), { numRuns: 500 });
});

test('Latin words and numbers match at word borders only', () => {
  const { find } = createAutomaton(['vx', 'top1', '加v']);
  assert.deepEqual(find('加vx').map((o) => o.pattern), [0]);
  assert.equal(find('avx top12 加va').length, 0);
  assert.equal(find('看top1的vx').length, 2);
});

test('a cover tells containment and strict containment', () => {
  const inside = createCover([{ start: 2, end: 6 }], 10);
  assert.equal(inside(2, 6), true);
  assert.equal(inside(2, 6, true), false);
  assert.equal(inside(3, 6, true), true);
  assert.equal(inside(1, 3), false);
  assert.equal(inside(5, 7), false);
});

test('sequences hold order, distance and bridges', () => {
  const specs = [{ gap: 3, parts: 2 }];
  const at = (part: number, start: number): { sequence: number; part: number; start: number; end: number } => ({ sequence: 0, part, start, end: start + 2 });
  const always = (): boolean => true;
  assert.deepEqual(joinSequences(specs, [at(0, 0), at(1, 4)], always), [{ sequence: 0, start: 0, end: 6 }]);
  assert.deepEqual(joinSequences(specs, [at(0, 0), at(1, 6)], always), []);
  assert.deepEqual(joinSequences(specs, [at(1, 0), at(0, 4)], always), []);
  assert.deepEqual(joinSequences(specs, [at(0, 0), at(1, 4)], () => false), []);
});
