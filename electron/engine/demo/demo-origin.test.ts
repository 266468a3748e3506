import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type DemoOrigin, startDemoOrigin } from './demo-origin.ts';
import { loadLoops } from './loop-media.ts';

const mediaDir = join(import.meta.dirname, '../../../resources/demo');
let origin: DemoOrigin;
before(async () => {
  origin = await startDemoOrigin({ mediaDir });
});
after(() => origin.close());

const roomOf = (id: string) => origin.rooms.find((room) => room.id === id) ?? assert.fail(`no ${id}`);
const fetchText = async (url: string) => (await fetch(url)).text();
const segmentsOf = (playlist: string) => playlist.split('\n').filter((line) => /^\d+\.(ts|m4s)$/.test(line));

test('every room begins at the start of its loop, with bytes as they lie on disk', async () => {
  assert.deepEqual(origin.rooms.map((room) => room.id), ['demo-bags', 'demo-fruit', 'demo-jewel', 'demo-tea']);
  const fresh = await startDemoOrigin({ mediaDir });
  try {
    for (const [id, variant, file] of [['demo-tea', '540', '000.ts'], ['demo-bags', '540', '000.m4s'], ['demo-jewel', '270', '000.ts'], ['demo-fruit', '540', '000.m4s']] as const) {
      const playlistUrl = `${fresh.baseUrl}/live/${id}/${variant}/index.m3u8`;
      const playlist = await fetchText(playlistUrl);
      assert.match(playlist, /#EXT-X-DISCONTINUITY\n(#EXT-X-MAP.*\n)?#EXT-X-PROGRAM-DATE-TIME/);
      const first = segmentsOf(playlist)[0] ?? assert.fail('no segment');
      const body = Buffer.from(await (await fetch(new URL(first, playlistUrl))).arrayBuffer());
      assert.deepEqual(body, await readFile(join(mediaDir, id, variant, file)));
    }
  } finally {
    await fresh.close();
  }
});

test('a room with two variants offers a master playlist, the others their media playlist', async () => {
  const master = await fetchText(roomOf('demo-jewel').url);
  assert.match(master, /RESOLUTION=540x960.*\n540\/index\.m3u8\n.*RESOLUTION=270x480.*\n270\/index\.m3u8/);
  assert.match(await fetchText(roomOf('demo-tea').url), /#EXT-X-MEDIA-SEQUENCE:\d+/);
  assert.match(await fetchText(roomOf('demo-bags').url), /#EXT-X-MAP:URI="init\.mp4"/);
});

test('an origin that is started again with its first start goes on in step', async () => {
  const startedAtMs = Date.now() - 1_000_001;
  const one = await startDemoOrigin({ mediaDir, startedAtMs });
  const two = await startDemoOrigin({ mediaDir, startedAtMs });
  try {
    const [a, b] = await Promise.all([one, two].map(({ baseUrl }) => fetchText(`${baseUrl}/live/demo-tea/540/index.m3u8`)));
    const shared = segmentsOf(a ?? '').filter((line) => segmentsOf(b ?? '').includes(line));
    assert.ok(shared.length >= 5);
    const bodies = await Promise.all([one, two].map(({ baseUrl }) => fetchText(`${baseUrl}/live/demo-tea/540/${shared.at(-1)}`)));
    assert.equal(bodies[0], bodies[1]);
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
});

test('segments that have not come or are long gone are 404, and so is all else', async () => {
  const { url } = roomOf('demo-tea');
  const newest = Number(segmentsOf(await fetchText(url)).at(-1)?.split('.')[0]);
  for (const file of [`${newest + 10}.ts`, `${newest - 20}.ts`, `${newest}.m4s`, '../room.json', 'room.json', '..%2Froom.json']) {
    assert.equal((await fetch(new URL(file, url))).status, 404, file);
  }
  assert.equal((await fetch(`${origin.baseUrl}/live/demo-none/index.m3u8`)).status, 404);
  assert.equal((await fetch(url, { method: 'POST' })).status, 405);
});

test('HEAD and Range answer as RFC 9110 says', async () => {
  const { url } = roomOf('demo-tea');
  const segmentUrl = new URL(segmentsOf(await fetchText(url)).at(-1) ?? '', url);
  const whole = Buffer.from(await (await fetch(segmentUrl)).arrayBuffer());
  const head = await fetch(segmentUrl, { method: 'HEAD' });
  assert.equal(head.headers.get('content-length'), String(whole.length));
  assert.equal((await head.arrayBuffer()).byteLength, 0);
  const part = await fetch(segmentUrl, { headers: { range: 'bytes=188-375' } });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get('content-range'), `bytes 188-375/${whole.length}`);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), whole.subarray(188, 376));
  assert.equal((await fetch(segmentUrl, { headers: { range: `bytes=${whole.length}-` } })).status, 416);
});

test('connections are kept alive', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (let i = 0; i < 3; i++) {
    const request = get(roomOf('demo-tea').url, { agent });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    ports.add(request.socket?.localPort);
    response.resume();
    await once(response, 'end');
  }
  agent.destroy();
  assert.equal(ports.size, 1);
});

test('chat comes line by line, on time and in the words of the room', async () => {
  const response = await fetch(roomOf('demo-tea').chatUrl);
  assert.match(response.headers.get('content-type') ?? '', /ndjson/);
  const texts = (await loadLoops(mediaDir)).find((loop) => loop.manifest.id === 'demo-tea')?.messages.map((message) => message.text);
  let received = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    received += chunk;
    if (received.split('\n').length > 2) break;
  }
  for (const line of received.split('\n').slice(0, 2)) {
    const message = JSON.parse(line) as { at: string; user: string; text: string };
    assert.ok(texts?.includes(message.text));
    assert.ok(Math.abs(Date.now() - Date.parse(message.at)) < 10_000);
  }
});

test('the worker says where its rooms are and leaves with its parent', async () => {
  const child = fork(join(import.meta.dirname, 'demo-worker.ts'), ['--media', mediaDir]);
  const [ready] = (await once(child, 'message')) as [{ type: string; rooms: { id: string; url: string }[] }];
  assert.equal(ready.type, 'ready');
  assert.equal(ready.rooms.length, 4);
  assert.equal((await fetch(ready.rooms[0]?.url ?? '')).status, 200);
  const exit = once(child, 'exit');
  child.disconnect();
  assert.deepEqual(await exit, [0, null]);
});
