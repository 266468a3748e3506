import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { hugePlaylistMiB, type OriginFault } from './origin-fault.ts';
import { startTestOrigin, type TestOrigin } from './test-origin.ts';

const mediaDir = join(import.meta.dirname, '../../resources/demo');
const id = 'demo-tea';

async function start(t: TestContext, fault?: OriginFault, speed = 1): Promise<TestOrigin> {
  const origin = await startTestOrigin({ mediaDir, speed, faults: fault ? { [id]: fault } : {} });
  t.after(() => origin.close());
  return origin;
}

const listed = (playlist: string) => playlist.split('\n').filter((line) => /^\d+\.ts$/.test(line));
async function newestSegmentUrl(origin: TestOrigin): Promise<URL> {
  const { url } = origin.room(id);
  return new URL(listed(await (await fetch(url)).text()).at(-1) ?? assert.fail('nothing listed'), url);
}

/** Polls a playlist as a player does until it satisfies; a real request each time. */
async function pollPlaylist(url: string, satisfies: (playlist: string) => boolean): Promise<string> {
  for (;;) {
    const playlist = await (await fetch(url)).text();
    if (satisfies(playlist)) return playlist;
  }
}

test('served holds each whole segment with its hash, and neither HEAD nor Range', async (t) => {
  const origin = await start(t);
  const url = await newestSegmentUrl(origin);
  await fetch(url, { method: 'HEAD' });
  await (await fetch(url, { headers: { range: 'bytes=0-99' } })).arrayBuffer();
  const body = Buffer.from(await (await fetch(url)).arrayBuffer());
  const [only, ...more] = origin.served(id);
  assert.equal(more.length, 0);
  assert.equal(only?.sha256, createHash('sha256').update(body).digest('hex'));
  assert.equal(only?.bytes, body.length);
  assert.equal(`/live/${id}/540/${only?.mediaSequence}.ts`, url.pathname);
});

test('at speed 20 the window moves twenty times as fast', async (t) => {
  const origin = await start(t, undefined, 20);
  const { url } = origin.room(id);
  const first = Number(listed(await (await fetch(url)).text()).at(-1)?.split('.')[0]);
  const beginMs = performance.now();
  await pollPlaylist(url, (playlist) => Number(listed(playlist).at(-1)?.split('.')[0]) >= first + 8);
  const tookMs = performance.now() - beginMs;
  assert.ok(tookMs > 600 && tookMs < 4000, `${tookMs}`);
});

test('a dead room refuses connections while the others answer, and comes back on its port', async (t) => {
  const origin = await start(t);
  await origin.setFault(id, 'dead');
  await assert.rejects(fetch(origin.room(id).url), (error: Error & { cause?: { code?: string } }) => error.cause?.code === 'ECONNREFUSED');
  assert.equal((await fetch(origin.room('demo-fruit').url)).status, 200);
  await origin.setFault(id, null);
  assert.equal((await fetch(origin.room(id).url)).status, 200);
});

test('statuses, pages, empty and endless playlists', async (t) => {
  const origin = await start(t);
  const { url } = origin.room(id);
  for (const status of [403, 404, 503] as const) {
    await origin.setFault(id, `status-${status}`);
    assert.equal((await fetch(url)).status, status);
  }
  await origin.setFault(id, 'playlist-html');
  assert.match(await (await fetch(url)).text(), /^<!doctype html>/);
  await origin.setFault(id, 'playlist-empty');
  assert.equal(await (await fetch(url)).text(), '');
  await origin.setFault(id, 'playlist-huge');
  let bytes = 0;
  for await (const chunk of (await fetch(url)).body ?? []) bytes += chunk.length;
  assert.ok(bytes > hugePlaylistMiB << 20);
  await origin.setFault(id, 'redirect-loop');
  await assert.rejects(fetch(url), /fetch failed/);
  assert.equal((await fetch(url, { redirect: 'manual' })).status, 302);
});

test('segments: garbage is whole and known as such, a truncated one breaks off, a stalled one stops', async (t) => {
  const origin = await start(t);
  const url = await newestSegmentUrl(origin);
  const good = Buffer.from(await (await fetch(url)).arrayBuffer());
  await origin.setFault(id, 'segment-garbage');
  const garbage = Buffer.from(await (await fetch(url)).arrayBuffer());
  assert.equal(garbage.length, good.length);
  assert.notEqual(garbage[0], 0x47);
  assert.deepEqual(origin.served(id).map((segment) => segment.garbage), [false, true]);
  await origin.setFault(id, 'segment-truncated');
  const truncated = await fetch(url);
  assert.equal(truncated.headers.get('content-length'), String(good.length));
  await assert.rejects(truncated.arrayBuffer());
  await origin.setFault(id, 'segment-stall');
  const stop = new AbortController();
  const stalled = await fetch(url, { signal: stop.signal });
  let got = 0;
  for await (const chunk of stalled.body ?? []) if ((got += chunk.length) >= good.length >> 1) break;
  assert.equal(got, good.length >> 1);
  stop.abort();
  assert.equal(origin.served(id).length, 2);
});

test('a slow segment arrives whole, but slower than it plays', async (t) => {
  const origin = await start(t, 'slow-drip');
  const response = await fetch(await newestSegmentUrl(origin));
  const beginMs = performance.now();
  let got = 0;
  for await (const chunk of response.body ?? []) if ((got += chunk.length) >= 4096) break;
  assert.ok(performance.now() - beginMs > 500);
  assert.equal(origin.served(id).length, 0);
});

test('a reset counts from 0 and goes on; an ended playlist stands still', async (t) => {
  const origin = await start(t, undefined, 20);
  const { url } = origin.room(id);
  await origin.setFault(id, 'sequence-reset');
  const reset = await (await fetch(url)).text();
  assert.match(reset, /#EXT-X-MEDIA-SEQUENCE:0\n/);
  await pollPlaylist(url, (playlist) => listed(playlist).length >= 3);
  const segment = await fetch(new URL('0.ts', url));
  assert.equal(segment.status, 200);
  await segment.arrayBuffer();
  assert.equal(origin.served(id)[0]?.mediaSequence, 0);
  await origin.setFault(id, 'end-list');
  const ended = await (await fetch(url)).text();
  assert.match(ended, /#EXT-X-ENDLIST\n$/);
  assert.match(ended, /#EXT-X-MEDIA-SEQUENCE:\d{1,3}\n/);
  await pollPlaylist(origin.room('demo-fruit').url, (playlist) => /\.m4s/.test(playlist));
  assert.equal(await (await fetch(url)).text(), ended);
});
