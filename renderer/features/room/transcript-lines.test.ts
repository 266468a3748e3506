import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Flag, Observation } from '../../../electron/contract/index.ts';
import { buildLines, currentLineIndex, filterLines, shadeUnsure, splitText } from './transcript-lines.ts';

const T0 = Date.UTC(2026, 10, 23, 13);

function makeText(id: number, lane: Observation['lane'], atMs: number, text: string, speaker?: string): Observation {
  return Observation.parse({ id, roomId: 'room', sessionId: 's1', lane, startMs: T0 + atMs, endMs: T0 + atMs + 1000, text, confidence: 1, engine: 'test', speaker });
}

function makeFlag(id: string, observationId: number, start: number, end: number, extra: Partial<Flag> = {}): Flag {
  return Flag.parse({
    id, roomId: 'room', sessionId: 's1', startMs: T0, endMs: T0 + 1000, category: 'exaggerated', subtype: 'x', subtypeName: 'x', severity: 'medium', score: 1,
    quote: '', sources: [{ observationId, lane: 'ocr', text: '', spans: [{ start, end, text: '' }], startMs: T0, endMs: T0 }], basis: [], explanation: '', rulePackHash: 'h',
    state: 'open', reason: null, note: '', reviewedBy: null, reviewedAtMs: null, exportedTo: [], stillPath: null, createdAtMs: T0, ...extra,
  });
}

test('pieces always give back the text, and each carries the gravest mark over it', () => {
  const mark = fc.record({ start: fc.integer({ min: -2, max: 14 }), length: fc.integer({ min: 0, max: 8 }), severity: fc.constantFrom('veto' as const, 'high' as const, 'low' as const) });
  fc.assert(fc.property(fc.string({ maxLength: 12 }), fc.array(mark, { maxLength: 4 }), (text, marks) => {
    const given = marks.map(({ start, length, severity }, i) => ({ start, end: start + length, severity, flagId: makeFlag(`f${i}`, 1, 0, 0).id }));
    const parts = splitText(text, given);
    assert.equal(parts.map((part) => part.text).join(''), text);
    let at = 0;
    for (const part of parts) {
      for (let i = at; i < at + part.text.length; i++) {
        const over = given.filter((m) => m.start <= i && m.end > i).map((m) => m.severity);
        const gravest = (['veto', 'high', 'low'] as const).find((severity) => over.includes(severity)) ?? null;
        assert.equal(part.severity, gravest);
      }
      at += part.text.length;
    }
  }));
});

test('what was guessed is shaded, across the borders of marks, and the text stays whole', () => {
  const observation = { ...makeText(1, 'speech', 0, '包治百病'), words: ['包', '治', '百', '病'].map((text, at) => ({ text, startMs: T0 + at * 200, endMs: T0 + at * 200 + 200, confidence: at < 2 ? 0.9 : 0.1 })) };
  const flagId = makeFlag('f1', 1, 1, 3).id;
  const parts = shadeUnsure(splitText(observation.text, [{ start: 1, end: 3, severity: 'high', flagId }]), observation);
  assert.deepEqual(parts.map((part) => [part.text, part.severity, part.unsure === true]), [['包', null, false], ['治', 'high', false], ['百', 'high', true], ['病', null, true]]);
  const edited = { ...observation, text: '包治百病了' };
  assert.ok(shadeUnsure(splitText(edited.text, []), edited).every((part) => part.unsure === undefined));
});

test('lanes are merged in time, a banner read again is one line, a later one a new line', () => {
  const lines = buildLines([
    makeText(3, 'chat', 1500, '多少钱', '小王'), makeText(1, 'ocr', 0, '全网最低价'), makeText(2, 'speech', 1000, '大家好'),
    makeText(4, 'ocr', 5000, '全网最低价'), makeText(5, 'ocr', 60_000, '全网最低价'), makeText(6, 'image', 100, '标签'), makeText(7, 'speech', 200, '  '),
  ], []);
  assert.deepEqual(lines.map((line) => line.key), ['ocr-1', 'speech-2', 'chat-3', 'ocr-5']);
  assert.equal(lines[0]!.endMs, T0 + 6000);
  assert.equal(lines[2]!.speaker, '小王');
});

test('flagged words are marked, those of dismissed flags are not, a joined banner keeps its mark', () => {
  const texts = [makeText(1, 'ocr', 0, '全网最低价'), makeText(2, 'ocr', 3000, '全网最低价')];
  const marked = buildLines(texts, [makeFlag('f1', 2, 2, 4)]);
  assert.deepEqual(marked[0]!.parts.map((part) => [part.text, part.severity]), [['全网', null], ['最低', 'medium'], ['价', null]]);
  assert.equal(marked[0]!.severity, 'medium');
  assert.equal(buildLines(texts, [makeFlag('f1', 2, 2, 4, { state: 'dismissed' })])[0]!.severity, null);
});

test('the current line is the last begun', () => {
  const lines = buildLines([makeText(1, 'speech', 0, '一'), makeText(2, 'speech', 1000, '二')], []);
  assert.deepEqual([-1, 0, 500, 1000, 99_999].map((at) => currentLineIndex(lines, T0 + at)), [-1, 0, 0, 1, 1]);
});

test('filter by lane and words', () => {
  const lines = buildLines([makeText(1, 'speech', 0, 'ABC 大家好'), makeText(2, 'chat', 10, '你好', '小王'), makeText(3, 'ocr', 20, '好')], []);
  assert.deepEqual(filterLines(lines, new Set(['speech', 'chat']), '好').map((line) => line.key), ['speech-1', 'chat-2']);
  assert.deepEqual(filterLines(lines, new Set(['speech', 'chat', 'ocr']), 'abc 好').map((line) => line.key), ['speech-1']);
  assert.deepEqual(filterLines(lines, new Set(['chat']), '小王').map((line) => line.key), ['chat-2']);
});
