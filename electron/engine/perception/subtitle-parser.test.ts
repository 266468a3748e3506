import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSubtitles } from './subtitle-parser.ts';

test('reads SubRip', () => {
  assert.deepEqual(parseSubtitles('\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>全网</i>\r\n最低价\r\n\r\n2\r\n00:01:00,000 --> 00:01:02,250 X1:0\r\n{\\an8}好\r\n3\r\n00:02:00,000 --> 00:02:01,000\r\n末'), [
    { startMs: 1500, endMs: 3000, text: '全网\n最低价' },
    { startMs: 60_000, endMs: 62_250, text: '好' },
    { startMs: 120_000, endMs: 121_000, text: '末' },
  ]);
});

test('reads WebVTT with notes, styles, voices and short times', () => {
  assert.deepEqual(parseSubtitles('WEBVTT\n\nNOTE 不是字幕\n\nSTYLE\n::cue {}\n\nintro\n00:02.000 --> 00:04.5 line:0\n<v 主播>加我<00:03.000>微信 &amp; 领券\n\n00:01.000 --> 00:00.500\n倒着\n'), [
    { startMs: 2000, endMs: 4500, text: '加我微信 & 领券' },
  ]);
});

test('what is written is read back', () => {
  const pad = (n: number, size: number): string => String(n).padStart(size, '0');
  const stamp = (ms: number): string => `${pad(Math.floor(ms / 3_600_000), 2)}:${pad(Math.floor(ms / 60_000) % 60, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)},${pad(ms % 1000, 3)}`;
  const cue = fc.record({ startMs: fc.integer({ min: 0, max: 80_000_000 }), lengthMs: fc.integer({ min: 1, max: 30_000 }), text: fc.string({ unit: fc.constantFrom('全', '网', '最', 'a', ' ', '，'), minLength: 1 }).filter((t) => t.trim() !== '') });
  fc.assert(fc.property(fc.uniqueArray(cue, { selector: (c) => c.startMs }), (cues) => {
    const content = cues.map((c, i) => `${i + 1}\n${stamp(c.startMs)} --> ${stamp(c.startMs + c.lengthMs)}\n${c.text}\n`).join('\n');
    const expected = cues.map((c) => ({ startMs: c.startMs, endMs: c.startMs + c.lengthMs, text: c.text.trim() })).sort((a, b) => a.startMs - b.startMs);
    assert.deepEqual(parseSubtitles(content), expected);
  }));
});

test('any text is survived in linear time', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('00:00:01,000 --> 00:00:02,000', '-->', '\n', '<', '{\\', '&amp;'));
  fc.assert(fc.property(fc.array(piece).map((p) => p.join('')), (text) => {
    for (const c of parseSubtitles(text)) assert.ok(c.endMs > c.startMs && c.text !== '');
  }), { numRuns: 300 });
  const from = performance.now();
  parseSubtitles(`00:00:01,000 --> 00:00:02,000\n${'<'.repeat(500_000)}\n${'{\\'.repeat(200_000)}\n${' '.repeat(400_000)}-->`);
  assert.ok(performance.now() - from < 2000);
});
