import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readWebVtt } from './webvtt-reader.ts';
import { mediaDifferenceMs, mediaWrapMs, mergeCues, placeCues } from './webvtt-timing.ts';

const live = `\uFEFFWEBVTT - 直播字幕\r\nX-TIMESTAMP-MAP=LOCAL:00:00:10.000,MPEGTS:900000\r\nKind: captions\r\n\r\nSTYLE\r\n::cue(.x) { color: red }\r\n\r\nREGION\r\nid:fred width:40%\r\n\r\nNOTE 不是 字幕\r\n第二行\r\n\r\n第1条\r\n00:10.500 --> 00:12.000 align:start line:85% position:10%\r\n<v.loud 主播 小王>这款茶<b>包治</b>百病</v>\r\n&lt;限时&gt; &amp; &#x7279;价&nbsp;9 元\r\n\r\n01:00:00.000 --> 01:00:02.250\r\n<c.yellow><ruby>高<rt>gāo</rt></ruby>血压<00:01.000>不用吃药`;

test('header, map, settings, notes, styles, regions, voice, ruby and references are read', () => {
  assert.deepEqual(readWebVtt(live), {
    map: { mediaTicks: 900_000, localMs: 10_000 }, skipped: 0,
    cues: [
      { startMs: 10_500, endMs: 12_000, text: '这款茶包治百病\n<限时> & 特价 9 元', speaker: '主播 小王' },
      { startMs: 3_600_000, endMs: 3_602_250, text: '高血压不用吃药', speaker: null },
    ],
  });
});

test('line ends, a missing blank line, broken times and empty cues', () => {
  const text = 'WEBVTT\n\n00:01.000 --> 00:02.000\n一\n00:02.000 --> 00:03.000\n二\n\n00:99.000 --> 00:04.000\n坏\n\n00:05.000 --> 00:05.000\n空\n\n00:06.000 --> 00:07.000\n<i></i>\n\nX-TIMESTAMP-MAP\n';
  for (const lineEnd of ['\n', '\r\n', '\r']) {
    const file = readWebVtt(text.replaceAll('\n', lineEnd));
    assert.deepEqual(file?.cues.map(({ startMs, text: words }) => [startMs, words]), [[1000, '一'], [2000, '二']]);
    assert.equal(file?.skipped, 3);
  }
  assert.equal(readWebVtt('WEBVTTX\n\n00:01.000 --> 00:02.000\n一'), null);
  assert.equal(readWebVtt(''), null);
  assert.deepEqual(readWebVtt('WEBVTT'), { map: null, cues: [], skipped: 0 });
});

test('what was written is read again, whatever surrounds it', () => {
  const words = fc.stringMatching(/^[\u4e00-\u9fa5A-Za-z0-9]{1,12}$/);
  const cue = fc.record({ startMs: fc.nat(100_000_000), lengthMs: fc.integer({ min: 1, max: 60_000 }), lines: fc.array(words, { minLength: 1, maxLength: 3 }), hasId: fc.boolean(), note: fc.boolean() });
  const stamp = (ms: number): string => `${String(Math.floor(ms / 3_600_000)).padStart(2, '0')}:${new Date(ms % 3_600_000).toISOString().slice(14, 23)}`;
  fc.assert(fc.property(fc.array(cue, { maxLength: 30 }), fc.constantFrom('\n', '\r\n', '\r'), fc.nat(2 ** 33 - 1), (cues, lineEnd, ticks) => {
    const lines = ['WEBVTT', `X-TIMESTAMP-MAP=MPEGTS:${ticks},LOCAL:00:00:00.000`, ''];
    for (const { startMs, lengthMs, lines: said, hasId, note } of cues) {
      if (note) lines.push('NOTE said', 'more', '');
      lines.push(...(hasId ? ['id 1'] : []), `${stamp(startMs)} --> ${stamp(startMs + lengthMs)} line:0`, ...said.map((line) => `<i>${line}</i>`), '');
    }
    const file = readWebVtt(lines.join(lineEnd));
    assert.equal(file?.map?.mediaTicks, ticks);
    assert.deepEqual(file?.cues.map(({ startMs, endMs, text }) => [startMs, endMs, text]), cues.map(({ startMs, lengthMs, lines: said }) => [startMs, startMs + lengthMs, said.join('\n')]));
  }), { numRuns: 300 });
});

test('no text makes it throw, hang or give out markup times that cannot be', () => {
  const pieces = fc.constantFrom('WEBVTT', '\n', '\r', '\n\n', '-->', ' --> ', '00:01.000', '9999999:59:59.999', '<', '>', '<v', '<rt>', '&', '&#x110000;', '&#0;', 'NOTE', 'STYLE', 'X-TIMESTAMP-MAP=', 'MPEGTS:', 'LOCAL:', '\0', '\uFEFF', '茶');
  const text = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 80 }).map((parts) => parts.join(''));
  fc.assert(fc.property(fc.boolean(), text, (hasHead, body) => {
    const file = readWebVtt(hasHead ? `WEBVTT\n\n${body}` : body);
    for (const cue of file?.cues ?? []) assert.ok(Number.isFinite(cue.startMs) && cue.endMs > cue.startMs && cue.text.trim() !== '' && cue.text.length <= 5000);
  }), { numRuns: 3000 });
  const startedMs = performance.now();
  const hostile = [`WEBVTT\n\n${'<'.repeat(2_000_000)}`, `WEBVTT\n\n${'00:01.000 --> 00:02.000\nx\n'.repeat(100_000)}`, `WEBVTT\n${'a'.repeat(3_000_000)}`, `WEBVTT\n\n00:01.000 --> 00:02.000\n${'&#'.repeat(1_000_000)}`, `WEBVTT\n\n${'-->\n'.repeat(500_000)}`];
  for (const body of hostile) assert.ok((readWebVtt(body)?.cues.length ?? 0) <= 20_000);
  assert.ok(performance.now() - startedMs < 5000, `${performance.now() - startedMs} ms`);
});

test('cues lie on the time line by media time, over the 33-bit turn as well', () => {
  const file = readWebVtt('WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n00:00:01.500 --> 00:00:03.000\n话')!;
  const startMs = 1_790_000_000_000;
  const anchors = [{ startMs, durationMs: 2000, mediaStartMs: mediaWrapMs - 1000 }, { startMs: startMs - 90_000, durationMs: 2000, mediaStartMs: 5000 }];
  assert.deepEqual(placeCues(file, { startMs, durationMs: 4000, anchors }).map((cue) => [cue.startMs - startMs, cue.endMs - startMs, cue.by]), [[2500, 4000, 'media-time']]);
  fc.assert(fc.property(fc.double({ min: 0, max: mediaWrapMs, noNaN: true }), fc.integer({ min: -30_000, max: 30_000 }), (mediaMs, byMs) => {
    assert.ok(Math.abs(mediaDifferenceMs((mediaMs + byMs + mediaWrapMs) % mediaWrapMs, mediaMs) - byMs) < 0.01);
  }));
});

test('without a clock in common: from the file, or moved to it', () => {
  const place = { startMs: 1_000_000, durationMs: 4000, anchors: [] };
  const of = (time: string): number[] => placeCues(readWebVtt(`WEBVTT\n\n${time}\n话`)!, place).map((cue) => cue.startMs - place.startMs);
  assert.deepEqual(of('00:01.000 --> 00:02.000'), [1000]);
  assert.deepEqual(of('05:00:01.000 --> 05:00:02.000'), [0]);
  assert.deepEqual(placeCues(readWebVtt('WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n00:00.000 --> 00:02.000\n话')!, { ...place, anchors: [{ startMs: 1_000_000, durationMs: 4000, mediaStartMs: 9_000_000 }] })[0]?.by, 'segment', 'a map that leads hours away');
});

test('a cue that lasts over segments is one; a phrase said twice is two', () => {
  const known = [{ id: 7, startMs: 1000, endMs: 4000, text: '包治百病' }, { id: 8, startMs: 3000, endMs: 4000, text: '下单' }];
  const cues = [
    { startMs: 1040, endMs: 6000, text: '包治百病' }, { startMs: 4000, endMs: 5000, text: '下单' },
    { startMs: 4500, endMs: 5000, text: '包治百病' }, { startMs: 4500, endMs: 5200, text: '包治百病' },
  ];
  assert.deepEqual(mergeCues(known, cues, 4000), { added: [{ startMs: 4500, endMs: 5200, text: '包治百病' }], extended: [{ id: 7, endMs: 6000 }, { id: 8, endMs: 5000 }] });
  assert.deepEqual(mergeCues(known, [{ startMs: 4000, endMs: 5000, text: '下单' }], 2000).added.length, 1, 'said again at once, within one file');
});
