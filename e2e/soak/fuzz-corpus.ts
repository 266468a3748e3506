import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from '../engine-process.ts';

const media = (file: string): Buffer => readFileSync(path.join(repository, 'resources/demo', file));

/** Playlists as real packagers write them: plain, fMP4 with ranges, encrypted, low latency, gaps, master, a Windows server's, and a vendor's own tags. */
export const playlistCorpus: readonly string[] = [
  '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:8271\n#EXTINF:2.000,\n8271.ts\n#EXTINF:2.000,\n8272.ts\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2026-11-24T10:00:00.000+08:00\n#EXTINF:1.960,标题\n8273.ts?auth_key=1795-0-0-8c5e\n',
  '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:12\n#EXT-X-MAP:URI="init.mp4",BYTERANGE="720@0"\n#EXTINF:4.004,\n#EXT-X-BYTERANGE:75232@720\nmain.mp4\n#EXTINF:4.004,\n#EXT-X-BYTERANGE:82112\nmain.mp4\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-2.mp4"\n#EXTINF:3.900,\nseg-14.m4s\n',
  '#EXTM3U\n#EXT-X-VERSION:5\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:77\n#EXT-X-KEY:METHOD=AES-128,URI="https://keys.example.com/k?id=1",IV=0x9c7db8778570d05c3177c349fd9236aa\n#EXTINF:6,\na.ts\n#EXT-X-KEY:METHOD=AES-128,URI="k2"\n#EXTINF:6,\nb.ts\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:6,\nc.ts\n#EXT-X-ENDLIST\n',
  '#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0,CAN-SKIP-UNTIL=24.0\n#EXT-X-PART-INF:PART-TARGET=0.33334\n#EXT-X-MEDIA-SEQUENCE:266\n#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n#EXTINF:4.00008,\nfile268.mp4\n#EXT-X-PART:DURATION=0.33334,URI="file269.0.mp4",INDEPENDENT=YES\n#EXT-X-PART:DURATION=0.33334,URI="file269.1.mp4"\n#EXTINF:4.00008,\nfile269.mp4\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="file270.0.mp4"\n#EXT-X-RENDITION-REPORT:URI="../1M/w.php",LAST-MSN=273,LAST-PART=2\n',
  '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:4\n#EXTINF:2,\n4.ts\n#EXT-X-GAP\n#EXTINF:2,\n5.ts\n#EXT-X-DATERANGE:ID="ad",START-DATE="2026-11-24T00:00:00Z",DURATION=30.0,SCTE35-OUT=0xFC30\n#EXTINF:2,\n6.ts\n',
  '#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aud",NAME="普通话",LANGUAGE="zh",DEFAULT=YES,URI="audio.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1280000,AVERAGE-BANDWIDTH=1000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=540x960,FRAME-RATE=25.000,AUDIO="aud"\n540/index.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=270x480\n270/index.m3u8\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=86000,URI="iframe.m3u8"\n',
  '\uFEFF#EXTM3U\r\n#EXT-X-VERSION:3\r\n#EXT-X-TARGETDURATION:10\r\n#EXT-X-MEDIA-SEQUENCE:0\r\n#EXT-X-PLATFORM-ROOM:ID=123,主播="王"\r\n#EXTINF:10.0,\r\nhttp://cdn.example.com/live/a%20b/0.ts\r\n\r\n#EXTINF:9.9\r\n//cdn.example.com/1.ts\r\n',
  '<!doctype html><html><head><title>直播已结束</title></head><body></body></html>', '',
];

/** Chat and captions as platforms and tools write them. */
export const textCorpus: readonly string[] = [
  'WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\n1\n00:00:01.000 --> 00:00:04.200 line:0\n<v 主播>全网最低价\n\nNOTE 说明\n\n00:01:00.000 --> 00:01:02.000\n第二句\n',
  '1\r\n00:00:01,000 --> 00:00:04,200\r\n保证治好\r\n\r\n2\r\n00:00:05,000 --> 00:00:06,000\r\n第二句\r\n',
  '<?xml version="1.0" encoding="UTF-8"?><i><chatserver>chat.example.com</chatserver><d p="1.5,1,25,16777215,1795000000,0,a1b2,1">怎么买&amp;多少钱</d><d p="3,1,25,255,1795000001000,0,c,2" user="小李">\u{1f600}</d></i>',
  '{"at":"2026-11-24T10:00:00.000+08:00","user":"小李","text":"怎么买"}\n{"time":1795000000,"user":{"name":"a"},"text":"b"}\n{"offsetMs":1200,"text":"c"}\nnot json\n',
];

function makeFlv(args: string[]): Buffer | null {
  try {
    return execFileSync('ffmpeg', ['-v', 'error', ...args, '-f', 'flv', '-'], { cwd: tmpdir(), maxBuffer: 64 << 20 });
  } catch {
    return null; // no ffmpeg, or one without this encoder: the other files remain
  }
}

/** Start of real files by container: two FLV (copied from the demo stream, and encoded) where ffmpeg is there, TS, fMP4 and its init section. */
export function loadBinaryCorpus(): { flv: Buffer[]; any: Buffer[]; parameterSets: Buffer[] } {
  const ts = media('demo-jewel/540/000.ts');
  const flv = [
    makeFlv(['-i', path.join(repository, 'resources/demo/demo-jewel/540/000.ts'), '-c', 'copy', '-bsf:a', 'aac_adtstoasc']),
    makeFlv(['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=10:duration=1', '-f', 'lavfi', '-i', 'sine=duration=1', '-c:v', 'flv1', '-c:a', 'adpcm_swf', '-ar', '22050']),
  ].filter((file) => file !== null);
  const init = media('demo-bags/540/init.mp4');
  const boxAt = init.indexOf('avcC');
  const configs = boxAt < 0 ? [] : [init.subarray(boxAt + 4, boxAt - 4 + init.readUInt32BE(boxAt - 4))];
  // A portrait HEVC configuration record as x265 writes it: 4 arrays of one parameter set each.
  const hevc = Buffer.from('010160000000b0000000000078f000fcfdf8f800000f03200001001840010c01ffff01600000030000030000030000030078ac09210001002a42010101600000030000030000030000030078a00221c1e1e5aee4c92ea52080000003008000000c84220001000a4401c0f7c0cc90', 'hex');
  return { flv, any: [ts.subarray(0, 8192), media('demo-bags/540/000.m4s').subarray(0, 8192), init, ...flv.map((file) => file.subarray(0, 8192))], parameterSets: [...configs, hevc, Buffer.from('1210', 'hex'), Buffer.from('2b920800', 'hex')] };
}
