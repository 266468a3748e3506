import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderVariants, parsePlaylist } from './playlist-parser.ts';

const base = 'https://live.example/room/index.m3u8?token=secret';
const media = '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI="init.mp4",BYTERANGE="720@0"\n#EXTINF:4.0,\na.m4s\n#EXT-X-GAP\n#EXTINF:4.0,\nb.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-BYTERANGE:100@50\n#EXTINF:3.5,\n/other/c.m4s?x=1\n';

test('a media playlist comes out with absolute addresses, numbers, map, ranges, gaps and discontinuities', () => {
  for (const text of [media, `\uFEFF${media}`, media.replaceAll('\n', '\r\n'), `${media}#EXT-X-UNKNOWN-TAG:1\n`]) {
    const parsed = parsePlaylist(text, base);
    assert.ok(!('code' in parsed) && parsed.kind === 'media');
    assert.equal(parsed.targetDurationMs, 4000);
    assert.equal(parsed.ended, false);
    assert.deepEqual(parsed.segments.map(({ uri, mediaSequence, durationMs, isGap, discontinuity }) => ({ uri, mediaSequence, durationMs, isGap, discontinuity })), [
      { uri: 'https://live.example/room/a.m4s', mediaSequence: 7, durationMs: 4000, isGap: false, discontinuity: false },
      { uri: 'https://live.example/room/b.m4s', mediaSequence: 8, durationMs: 4000, isGap: true, discontinuity: false },
      { uri: 'https://live.example/other/c.m4s?x=1', mediaSequence: 9, durationMs: 3500, isGap: false, discontinuity: true },
    ]);
    assert.deepEqual(parsed.segments[0]?.init, { uri: 'https://live.example/room/init.mp4', range: { from: 0, to: 719 }, key: null });
    assert.deepEqual(parsed.segments[2]?.range, { from: 50, to: 149 });
  }
});

test('a master playlist lists its renditions, the largest picture first', () => {
  const parsed = parsePlaylist('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=270x480\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=540x960\nhigh.m3u8\n', base);
  assert.ok(!('code' in parsed) && parsed.kind === 'master');
  assert.deepEqual(orderVariants(parsed.variants).map((variant) => variant.uri), ['https://live.example/room/high.m3u8', 'https://live.example/room/low.m3u8']);
});

test('what is no playlist is named for what it is, and the token is not repeated', () => {
  const codes = (text: string): string => {
    const parsed = parsePlaylist(text, base);
    assert.ok('code' in parsed);
    assert.ok(!JSON.stringify(parsed).includes('secret'));
    return parsed.code;
  };
  assert.equal(codes('<!DOCTYPE html><html><body>404</body></html>'), 'playlist-html');
  assert.equal(codes('  \n'), 'playlist-empty');
  assert.equal(codes('#EXTM3U\n#EXT-X-TARGETDURATION:4\n'), 'playlist-empty');
  assert.equal(codes('{"error":1}'), 'playlist-invalid');
  assert.equal(codes(`#EXTM3U\n${'#EXTINF:1,\na.ts\n'.repeat(20_001)}`), 'playlist-too-large');
});

test('no text makes the parser throw', () => {
  const line = fc.oneof(fc.string(), fc.constantFrom('#EXTINF:', '#EXTINF:x,', '#EXT-X-MAP:', '#EXT-X-BYTERANGE:@', 'http://[', '#EXT-X-KEY:METHOD=AES-128', '#EXT-X-STREAM-INF:', '#EXT-X-MEDIA-SEQUENCE:-1', '#EXT-X-PROGRAM-DATE-TIME:?', '#EXT-X-PART:DURATION=1', '#EXT-X-DATERANGE:ID='));
  fc.assert(fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
    const parsed = parsePlaylist(['#EXTM3U', ...lines].join('\n'), base);
    assert.ok('code' in parsed || parsed.kind === 'master' || parsed.kind === 'media');
  }));
});

function toSegments(lines: string[], definitions: Record<string, string> = {}) {
  const parsed = parsePlaylist(['#EXTM3U', '#EXT-X-TARGETDURATION:2', ...lines, ''].join('\n'), base, definitions);
  assert.ok(!('code' in parsed) && parsed.kind === 'media', JSON.stringify(parsed));
  return parsed.segments;
}

test('keys: given and implied IVs, rotation, NONE, and rights management that the library drops', () => {
  const segments = toSegments(['#EXT-X-MEDIA-SEQUENCE:258', '#EXTINF:2,', 'a.ts', '#EXT-X-KEY:METHOD=AES-128,URI="k1"', '#EXTINF:2,', 'b.ts', '#EXT-X-KEY:METHOD=AES-128,URI="/k2",IV=0x000102030405060708090a0b0c0d0e0f', '#EXTINF:2,', 'c.ts', '#EXT-X-KEY:METHOD=NONE', '#EXTINF:2,', 'd.ts', '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x"', '#EXTINF:2,', 'e.ts']);
  assert.deepEqual(segments.map(({ key }) => key), [null,
    { method: 'AES-128', uri: 'https://live.example/room/k1', ivHex: `${'0'.repeat(29)}103` },
    { method: 'AES-128', uri: 'https://live.example/k2', ivHex: '000102030405060708090a0b0c0d0e0f' }, null,
    { method: 'SAMPLE-AES', uri: 'skd://x', ivHex: `${'0'.repeat(29)}106` }]);
  assert.equal(toSegments(['#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"', '#EXTINF:2,', 'a.ts'])[0]?.key?.method, 'other');
});

test('byte ranges without an offset follow one another, and a gap among them is one range only', () => {
  const segments = toSegments(['#EXTINF:2,', '#EXT-X-BYTERANGE:100@20', 'all.ts', '#EXT-X-GAP', '#EXTINF:2,', '#EXT-X-BYTERANGE:50', 'all.ts', '#EXTINF:2,', '#EXT-X-BYTERANGE:30', 'all.ts']);
  assert.deepEqual(segments.map(({ range }) => range), [{ from: 20, to: 119 }, { from: 120, to: 169 }, { from: 170, to: 199 }]);
  assert.deepEqual(segments.map(({ isGap }) => isGap), [false, true, false]);
});

test('a low-latency playlist reads as an ordinary one; skipped segments still count', () => {
  const segments = toSegments(['#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0', '#EXT-X-PART-INF:PART-TARGET=0.33', '#EXT-X-MEDIA-SEQUENCE:10', '#EXT-X-SKIP:SKIPPED-SEGMENTS=3', '#EXTINF:2,', 'x.mp4', '#EXT-X-PART:DURATION=0.33,URI="p1.mp4",INDEPENDENT=YES', '#EXTINF:2,', 'y.mp4', '#EXT-X-PART:DURATION=0.33,URI="p2.mp4"', '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p3.mp4"', '#EXT-X-RENDITION-REPORT:URI="../b.m3u8",LAST-MSN=3']);
  assert.deepEqual(segments.map(({ uri, mediaSequence }) => [uri.split('/').at(-1), mediaSequence]), [['x.mp4', 13], ['y.mp4', 14]]);
});

test('times are carried on from one PROGRAM-DATE-TIME, variables are put in', () => {
  const segments = toSegments(['#EXT-X-DEFINE:NAME="cdn",VALUE="https://edge.example"', '#EXT-X-DEFINE:IMPORT="token"', '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z', '#EXTINF:2,', '{$cdn}/a.ts?t={$token}', '#EXTINF:2,', 'b.ts'], { token: 'abc' });
  assert.equal(segments[0]?.uri, 'https://edge.example/a.ts?t=abc');
  assert.equal((segments[1]?.programDateMs ?? 0) - (segments[0]?.programDateMs ?? 0), 2000);
});

test('a master playlist: picture and sound in one before a larger picture alone, sound only last, subtitles known', () => {
  const parsed = parsePlaylist(['#EXTM3U', '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="zh",URI="audio.m3u8"', '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="zh",DEFAULT=YES,URI="subs.m3u8"',
    '#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1080x1920,AUDIO="a"', 'big.m3u8', '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"', 'sound.m3u8', '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=540x960,SUBTITLES="s"', 'muxed.m3u8', ''].join('\n'), base);
  assert.ok(!('code' in parsed) && parsed.kind === 'master');
  assert.deepEqual(orderVariants(parsed.variants).map(({ uri }) => uri.split('/').at(-1)), ['muxed.m3u8', 'big.m3u8', 'sound.m3u8']);
  assert.equal(orderVariants(parsed.variants)[0]?.subtitlesUri, 'https://live.example/room/subs.m3u8');
});

test('playlists made to cost time are refused or read at once', () => {
  const hostile = [
    `#EXTINF:2,\n${'a'.repeat(100_000)}.ts\n`,
    `${Array.from({ length: 40_000 }, (_, i) => `#EXT-X-DATERANGE:ID="${i}",START-DATE="2026-01-01T00:00:00Z"`).join('\n')}\n${'#EXT-X-DATERANGE:ID="39999",DURATION=1\n'.repeat(40_000)}#EXTINF:2,\na.ts\n`,
    `${'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a"\n'.repeat(60_000)}#EXTINF:2,\na.ts\n`,
    `${Array.from({ length: 5000 }, (_, i) => `#EXT-X-DEFINE:NAME="n${i}",VALUE="${'v'.repeat(100)}"`).join('\n')}\n${'#EXTINF:2,\n{$n1}.ts\n'.repeat(5000)}`,
    `#EXT-X-STREAM-INF:${',='.repeat(15_000)}\na.m3u8\n`, `#EXT-X-KEY:${'"'.repeat(30_000)}\n#EXTINF:2,\na.ts\n`,
  ];
  for (const [index, text] of hostile.entries()) {
    const beganMs = performance.now();
    parsePlaylist(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n${text}`, base);
    assert.ok(performance.now() - beganMs < 2000, `${index}: ${performance.now() - beganMs} ms`);
  }
});
