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
    assert.deepEqual(parsed.segments[0]?.init, { uri: 'https://live.example/room/init.mp4', range: { from: 0, to: 719 } });
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
