import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { readTsHeaders } from '../../electron/engine/container/ts-headers.ts';
import { repository, startEngine } from '../engine-process.ts';
import { RpcClient } from './rpc-client.ts';

const footage = [0, 1, 2, 3].map((index) => readFileSync(path.join(repository, `resources/demo/demo-tea/540/00${index}.ts`)));
/** The first picture's time: what the recorder sees of a file's beginning; the sound begins 21 ms earlier. */
const firstTicks = (readTsHeaders((footage[0] as Buffer).subarray(0, 32 << 10))?.startMs ?? 0) * 90;
const head = `WEBVTT\r\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:${firstTicks}\r\n\r\n`;
const long = '00:01.500 --> 00:03.000 line:90%\r\n<v 主播>本品<b>根治</b>糖尿病</v>\r\n\r\n';
const texts = [head + long, head + long, `${head}00:04.500 --> 00:05.000\r\n欢迎大家\r\n\r\n`, head];

/** A master playlist with captions and sound of their own beside the footage. */
function answer(url: string): Buffer | string | null {
  const list = (first: number, name: string, ends: string): string => `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${first}\n${footage.map((_, i) => `#EXTINF:2,\n${name}${i}.${ends}\n`).join('')}#EXT-X-ENDLIST\n`;
  if (url === '/live.m3u8') return '#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="zh",DEFAULT=YES,URI="subs.m3u8"\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="zh",DEFAULT=YES,URI="sound.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=900000,SUBTITLES="s",AUDIO="a"\nmedia.m3u8\n';
  if (url === '/media.m3u8') return list(50, 'm', 'ts');
  if (url === '/sound.m3u8') return list(7000, 'a', 'ts');
  if (url === '/subs.m3u8') return list(50, 's', 'vtt');
  const [, kind, index] = /^\/([mas])(\d)\./.exec(url) ?? [];
  return kind === undefined ? null : kind === 's' ? texts[Number(index)] ?? null : footage[Number(index)] ?? null;
}

test('a caption is placed by media time, stored once, and flagged; separate sound plays beside its pictures', { timeout: 90_000 }, async () => {
  const server = createServer((request, response) => {
    const body = answer(request.url ?? '');
    if (body === null) response.writeHead(404).end();
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const engine = await startEngine([]);
  try {
    const client = await RpcClient.connect(engine.url);
    const flagged = client.waitFor('flagsCommitted', ({ flags }) => flags.some((flag) => flag.sources.some((source) => source.lane === 'caption')));
    const told = client.waitFor('observationsCommitted', ({ observations }) => observations.some((item) => item.text === '欢迎大家'));
    const room = await client.call('rooms.add', { name: '字幕', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.m3u8`, allowPrivate: true });
    const { flags } = await flagged;
    await told;
    assert.match(flags[0]?.quote ?? '', /根治/);
    const [session] = await client.call('sessions.list', { roomId: room.id });
    assert.ok(session);
    const fetchText = async (name: string): Promise<string> => (await fetch(new URL(`media/${room.id}/${session.id}/${name}`, engine.url))).text();
    const beganMs = Date.parse(/PROGRAM-DATE-TIME:(.*)/.exec(await fetchText('session.picture.m3u8'))?.[1] ?? '');
    const captions = (await client.call('observations.list', { roomId: room.id, fromMs: 0, toMs: 9e15 })).filter((item) => item.lane === 'caption');
    assert.deepEqual(captions.map(({ text, startMs, endMs, speaker, engine: by }) => [text, Math.round(startMs - beganMs), Math.round(endMs - beganMs), speaker, by]), [
      ['本品根治糖尿病', 1500, 3000, '主播', 'webvtt'], ['欢迎大家', 4500, 5000, undefined, 'webvtt'],
    ]);
    assert.match(await fetchText('session.m3u8'), /TYPE=AUDIO.*URI="session\.sound\.m3u8"/);
    const sound = (await fetchText('session.sound.m3u8')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    assert.equal(sound.length, 4);
    const bytes = Buffer.from(await (await fetch(new URL(`media/${room.id}/${session.id}/${sound[0]}`, engine.url))).arrayBuffer());
    assert.ok(bytes.equals(footage[0] as Buffer));
    client.close();
  } finally {
    await engine.stop();
    server.closeAllConnections();
    server.close();
  }
});
