import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FaultError, type Fault } from '../../contract/faults.ts';
import { RoomId } from '../../contract/ids.ts';
import { EventRecord, GapRecord, SegmentRecord } from '../../contract/recording.ts';
import { HlsRun } from './hls-run.ts';
import type { SourceTimes } from './hls-source.ts';
import { SessionController } from './session-controller.ts';

const demo = join(import.meta.dirname, '../../../resources/demo');
const ts = (index: number): Buffer => readFileSync(join(demo, `demo-tea/540/${String(index).padStart(3, '0')}.ts`));
const m4s = (index: number): Buffer => readFileSync(join(demo, `demo-bags/540/${String(index).padStart(3, '0')}.m4s`));
const init = readFileSync(join(demo, 'demo-bags/540/init.mp4'));
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

type Answer = Buffer | string | number | ((request: IncomingMessage, response: ServerResponse) => void);
type Route = Answer | Answer[];

/** A server that answers each path from a list, one answer a request, the last one for ever. */
async function serve(t: TestContext, routes: Record<string, Route>): Promise<{ url: string; asked: string[]; routes: Record<string, Route> }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    asked.push(request.url ?? '');
    const route = routes[path];
    const answer = Array.isArray(route) ? (route.length > 1 ? route.shift() : route[0]) : route;
    if (answer === undefined) response.writeHead(404).end();
    else if (typeof answer === 'function') answer(request, response);
    else if (typeof answer === 'number') response.writeHead(answer).end();
    else response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, routes };
}

const playlist = (first: number, lines: string[], more = ''): string => `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:${first}\n${lines.map((line) => (line.startsWith('#') ? line : `#EXTINF:1,\n${line}`)).join('\n')}\n${more}`;
const end = '#EXT-X-ENDLIST\n';

/** Records an address until it ends, as a room does but without its pauses; what is on disk comes back. */
async function record(url: string, options: { allowPrivate?: boolean; times?: Partial<SourceTimes>; maxFailures?: number } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hls-run-'));
  const policy = { allowPrivate: options.allowPrivate ?? true };
  const session = new SessionController({ roomId: RoomId.parse('room-1'), dir, resume: null, report: () => undefined, measuredOffsetMs: () => null, readFacts: () => Promise.resolve({}) });
  const run = new HlsRun(url, policy, options.times);
  const states: { state: string; code: string | null }[] = [];
  const faults: Fault[] = [];
  const stop = new AbortController();
  for (;;) {
    try {
      const outcome = await run.record({
        roomId: RoomId.parse('room-1'), session, signal: stop.signal, policy, passDiskGate: async () => undefined, succeeded: () => undefined, setBitrate: () => undefined, setClock: () => undefined,
        setState: (state, fault) => void states.push({ state, code: fault?.code ?? null }),
      });
      assert.equal(outcome, 'ended');
      break;
    } catch (thrown) {
      assert.ok(thrown instanceof FaultError, String(thrown));
      faults.push(thrown.fault);
      session.lastFault = thrown.fault;
      run.forget();
      if (faults.length > (options.maxFailures ?? 5)) break;
    }
  }
  const { sessionId } = session;
  const folder = sessionId === null ? null : join(dir, sessionId);
  await session.end('ended');
  const read = (name: string): unknown[] => {
    try {
      return readFileSync(join(folder ?? '', name), 'utf8').trim().split('\n').map((line): unknown => JSON.parse(line));
    } catch {
      return [];
    }
  };
  const segments = read('segments.jsonl').map((line) => SegmentRecord.parse(line));
  for (const segment of segments) assert.equal(hashOf(readFileSync(join(folder ?? '', segment.file))), segment.sha256);
  assert.deepEqual(folder === null ? [] : readdirSync(folder).filter((name) => name.endsWith('.part')), []);
  const media = segments.filter((segment) => segment.kind === 'media');
  for (const [index, segment] of media.entries()) {
    const next = media[index + 1];
    if (next !== undefined) assert.ok(Date.parse(next.startAt) >= Date.parse(segment.startAt) + segment.duration * 1000 - 1, 'no time is stored twice');
  }
  return { segments, media, gaps: read('gaps.jsonl').map((line) => GapRecord.parse(line)), events: read('events.jsonl').map((line) => EventRecord.parse(line)), states, faults };
}

test('AES-128: ciphertext as received, key and IV in the record, rotation and a dead key noted, facts read through the key', { timeout: 30_000 }, async (t) => {
  const key = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
  const encrypt = (bytes: Buffer, ivHex: string): Buffer => {
    const cipher = createCipheriv('aes-128-cbc', key, Buffer.from(ivHex, 'hex'));
    return Buffer.concat([cipher.update(bytes), cipher.final()]);
  };
  const implied = '00000000000000000000000000000102';
  const given = 'aabbccddeeff00112233445566778899';
  const routes = { '/a.ts': encrypt(ts(0), implied), '/b.ts': encrypt(ts(1), given), '/c.ts': encrypt(ts(2), given), '/k1': key, '/k2': key, '/k3': 503,
    '/live.m3u8': playlist(258, ['#EXT-X-KEY:METHOD=AES-128,URI="k1"', 'a.ts', `#EXT-X-KEY:METHOD=AES-128,URI="k2",IV=0x${given}`, 'b.ts', `#EXT-X-KEY:METHOD=AES-128,URI="k3",IV=0x${given}`, 'c.ts', '#EXT-X-KEY:METHOD=NONE', 'd.ts'], end), '/d.ts': ts(3) };
  const { url, asked } = await serve(t, routes);
  const { media, events, states } = await record(`${url}/live.m3u8`);
  assert.deepEqual(media.map(({ encryption, sha256 }) => [encryption?.keyHex ?? null, encryption?.ivHex ?? null, sha256]), [
    [key.toString('hex'), implied, hashOf(routes['/a.ts'])], [key.toString('hex'), given, hashOf(routes['/b.ts'])], [null, given, hashOf(routes['/c.ts'])], [null, null, hashOf(ts(3))]]);
  assert.deepEqual(media.map(({ decoder }) => decoder?.width ?? null), [540, 540, null, 540]);
  assert.deepEqual(media.map(({ container }) => container), ['ts', 'ts', 'ts', 'ts']);
  const keys = events.filter(({ kind }) => kind === 'key-changed');
  assert.deepEqual(keys.map(({ detail, reason }) => [detail['isKnown'], reason?.code ?? null]), [[true, null], [true, null], [false, 'key-unavailable']]);
  assert.ok(states.some(({ state, code }) => state === 'live' && code === 'key-unavailable'));
  assert.equal(asked.filter((path) => path === '/k1').length, 1);
});

test('byte ranges: with and without offset, from a server that knows ranges and from one that does not', { timeout: 30_000 }, async (t) => {
  const all = Buffer.concat([ts(0), ts(1), ts(2)]);
  const list = playlist(0, [`#EXT-X-BYTERANGE:${ts(0).length}@0`, 'all.ts', `#EXT-X-BYTERANGE:${ts(1).length}`, 'all.ts', `#EXT-X-BYTERANGE:${ts(2).length}`, 'all.ts'], end);
  const ranged: Answer = (request, response) => {
    const [from, to] = (/bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? assert.fail('no range asked')).slice(1).map(Number) as [number, number];
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${all.length}` }).end(all.subarray(from, to + 1));
  };
  const lying: Answer = (_request, response) => void response.writeHead(206, { 'content-range': `bytes 0-9/${all.length}` }).end(all.subarray(0, 10));
  for (const answer of [ranged, all, [lying, ranged]]) {
    const { url } = await serve(t, { '/live.m3u8': list, '/all.ts': answer });
    const { media, gaps } = await record(`${url}/live.m3u8`);
    assert.deepEqual(media.map(({ sha256 }) => sha256), [ts(0), ts(1), ts(2)].map(hashOf));
    assert.equal(media[1]?.byteRange?.from, ts(0).length);
    assert.deepEqual(gaps, []);
  }
});

test('an init section that changes under one address is stored anew; the decoder and first times are known', { timeout: 30_000 }, async (t) => {
  const other = Buffer.from(init);
  const at = other.indexOf('avcC') + 4 + 8 + 3; // inside the SPS: another level
  other[at] = (other[at] as number) ^ 1;
  const { url } = await serve(t, { '/live.m3u8': playlist(0, ['#EXT-X-MAP:URI="init.mp4"', '0.m4s', '1.m4s', '#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="init.mp4"', '2.m4s'], end), '/init.mp4': [init, other], '/0.m4s': m4s(0), '/1.m4s': m4s(1), '/2.m4s': m4s(2) });
  const { segments, media, events } = await record(`${url}/live.m3u8`);
  assert.deepEqual(segments.filter(({ kind }) => kind === 'init').map(({ sha256 }) => sha256), [hashOf(init), hashOf(other)]);
  assert.deepEqual(media.map(({ initFile }) => initFile), [media[0]?.initFile, media[0]?.initFile, media[2]?.initFile]);
  assert.notEqual(media[0]?.initFile, media[2]?.initFile);
  assert.deepEqual(media.map(({ discontinuity }) => discontinuity), [false, false, true]);
  assert.equal(media[0]?.decoder?.width, 540);
  assert.ok((media[1]?.mediaStartMs ?? 0) > (media[0]?.mediaStartMs ?? 0));
  assert.equal(events.filter(({ kind }) => kind === 'split').length, 1);
});

test('an encoder that counts anew and serves again what is stored: each content once, the reset noted, no false gap', { timeout: 30_000 }, async (t) => {
  const { url } = await serve(t, { ...Object.fromEntries([0, 1, 2, 3, 4].map((i) => [`/${i}.ts`, ts(i)])), '/live.m3u8': [playlist(100, ['0.ts?t=1', '1.ts?t=1', '2.ts?t=1']), playlist(100, ['0.ts?t=2', '1.ts?t=2', '2.ts?t=2']), playlist(0, ['1.ts?t=3', '2.ts?t=3', '3.ts?t=3', '4.ts?t=3'], end)] });
  const { media, gaps, events } = await record(`${url}/live.m3u8`);
  assert.deepEqual(media.map(({ sha256 }) => sha256), [0, 1, 2, 3, 4].map((i) => hashOf(ts(i))));
  assert.deepEqual(gaps, []);
  assert.equal(events.filter(({ kind }) => kind === 'sequence-reset').length, 1);
  assert.equal(media[3]?.discontinuity, true);
});

test('a segment that fails while it is in the window is asked for again, the ones behind it are not held up, order is kept', { timeout: 30_000 }, async (t) => {
  const { url, asked } = await serve(t, { ...Object.fromEntries([0, 1, 2, 3].map((i) => [`/${i}.ts`, ts(i)])), '/1.ts': [503, (_q, response) => void response.destroy(), ts(1)], '/live.m3u8': [playlist(0, ['0.ts', '1.ts', '2.ts']), playlist(1, ['1.ts', '2.ts', '3.ts']), playlist(1, ['1.ts', '2.ts', '3.ts'], end)] });
  const { media, gaps } = await record(`${url}/live.m3u8`);
  assert.deepEqual(media.map(({ mediaSequence }) => mediaSequence), [0, 1, 2, 3]);
  assert.deepEqual(gaps, []);
  const third = asked.indexOf('/1.ts', asked.indexOf('/1.ts', asked.indexOf('/1.ts') + 1) + 1);
  assert.ok(asked.indexOf('/2.ts') < third);
});

test('EXT-X-GAP and a segment that is gone are gaps with their reason; what follows is marked', { timeout: 40_000 }, async (t) => {
  const { url } = await serve(t, { '/0.ts': ts(0), '/3.ts': ts(3), '/live.m3u8': playlist(0, ['0.ts', '#EXT-X-GAP', '1.ts', '2.ts', '3.ts'], end) });
  const { media, gaps } = await record(`${url}/live.m3u8`);
  assert.deepEqual(media.map(({ mediaSequence, discontinuity }) => [mediaSequence, discontinuity]), [[0, false], [3, true]]);
  assert.deepEqual(gaps.map(({ reason }) => reason.code), ['segment-lost', 'http-status']);
  assert.equal(gaps[0]?.to, gaps[1]?.from);
});

const master = (names: string[]): string => `#EXTM3U\n${names.map((name, i) => `#EXT-X-STREAM-INF:BANDWIDTH=${900_000 - i},RESOLUTION=${540 - i}x960\n${name}`).join('\n')}\n`;

test('a rendition that dies while its master lives: the next one is taken at once, the best again later, no time twice', { timeout: 40_000 }, async (t) => {
  const names = ['hi.m3u8', 'lo.m3u8'];
  const { url } = await serve(t, { '/live.m3u8': master(names), ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map((i) => [`/hi${i}.ts`, ts(i)])), ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map((i) => [`/lo${i}.ts`, ts(i + 10)])),
    '/hi.m3u8': [playlist(0, ['hi0.ts', 'hi1.ts']), 404, playlist(2, ['hi2.ts', 'hi3.ts', 'hi4.ts']), playlist(2, ['hi2.ts', 'hi3.ts', 'hi4.ts', 'hi5.ts'], end)],
    '/lo.m3u8': [playlist(0, ['lo0.ts', 'lo1.ts', 'lo2.ts']), playlist(1, ['lo1.ts', 'lo2.ts', 'lo3.ts'])] });
  const { media, gaps, events, faults, states } = await record(`${url}/live.m3u8`, { times: { bestRetryMs: 1500 } });
  assert.deepEqual(faults, []);
  assert.ok(states.every(({ state }) => state === 'live'));
  const changes = events.filter(({ kind }) => kind === 'variant-changed');
  assert.deepEqual(changes.map(({ reason, detail }) => [reason?.code ?? null, String(detail['to']).split('/').at(-1)]), [['http-status', 'lo.m3u8'], [null, 'hi.m3u8']]);
  assert.deepEqual(media.map(({ mediaSequence }) => mediaSequence), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(gaps, []);
  assert.equal(media[2]?.uri.includes('/lo2'), true);
  assert.equal(media[2]?.discontinuity, true);
});

test('a rendition whose segments are gone is left as well', { timeout: 60_000 }, async (t) => {
  const { url } = await serve(t, { '/live.m3u8': master(['hi.m3u8', 'lo.m3u8']), '/hi.m3u8': [playlist(0, ['hi0.ts', 'hi1.ts']), playlist(0, ['hi0.ts', 'hi1.ts', 'hi2.ts'])], '/lo.m3u8': playlist(7, ['lo7.ts', 'lo8.ts'], end), '/lo7.ts': ts(0), '/lo8.ts': ts(1) });
  const { media, events } = await record(`${url}/live.m3u8`);
  assert.ok(media.length >= 1 && media.every(({ uri }) => uri.includes('/lo')));
  assert.equal(events.filter(({ kind }) => kind === 'variant-changed').length, 1);
});

test('subtitles beside the footage are stored as received, at the place of the footage they belong to', { timeout: 30_000 }, async (t) => {
  const vtt = (i: number): string => `WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n00:00:0${i}.000 --> 00:00:0${i}.900\n第${i}句\n`;
  const media0 = playlist(5, ['0.ts', '1.ts']);
  const media1 = playlist(5, ['0.ts', '1.ts', '2.ts']);
  const { url } = await serve(t, { '/live.m3u8': '#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="zh",DEFAULT=YES,URI="subs.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=900000,SUBTITLES="s"\nmedia.m3u8\n',
    '/media.m3u8': [media0, media0, media1, media1 + end], '/subs.m3u8': [playlist(5, ['5.vtt', '6.vtt']), playlist(5, ['5.vtt', '6.vtt', '7.vtt'], end)],
    ...Object.fromEntries([0, 1, 2].map((i) => [`/${i}.ts`, ts(i)])), ...Object.fromEntries([5, 6, 7].map((i) => [`/${i}.vtt`, vtt(i)])) });
  const { segments, media } = await record(`${url}/live.m3u8`);
  const captions = segments.filter(({ kind }) => kind === 'caption');
  assert.ok(captions.length >= 2);
  assert.deepEqual(captions.map(({ container, sha256, mediaSequence }) => [container, sha256, mediaSequence]), captions.map((_, i) => ['vtt', hashOf(Buffer.from(vtt(5 + i))), 5 + i]));
  for (const caption of captions) assert.equal(caption.startAt, media.find(({ mediaSequence }) => mediaSequence === caption.mediaSequence)?.startAt);
});

test('sound in a stream of its own is recorded at the place of its pictures; a piece that is gone is a gap', { timeout: 40_000 }, async (t) => {
  const { url } = await serve(t, { '/live.m3u8': '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",URI="en.m3u8"\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="zh",DEFAULT=YES,URI="audio.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=900000,AUDIO="a"\nmedia.m3u8\n',
    '/media.m3u8': [playlist(5, ['0.ts', '1.ts']), playlist(5, ['0.ts', '1.ts', '2.ts']), playlist(5, ['0.ts', '1.ts', '2.ts', '3.ts']), playlist(5, ['0.ts', '1.ts', '2.ts', '3.ts'], end)],
    '/audio.m3u8': [playlist(900, ['a0.ts', '#EXT-X-GAP', 'a1.ts']), playlist(900, ['a0.ts', '#EXT-X-GAP', 'a1.ts', 'a2.ts', 'a3.ts'], end)],
    ...Object.fromEntries([0, 1, 2, 3].flatMap((i) => [[`/${i}.ts`, ts(i)], [`/a${i}.ts`, ts(i)]])) });
  const { segments, media, gaps, events } = await record(`${url}/live.m3u8`);
  assert.equal(media.length, 4);
  const sound = segments.filter(({ kind }) => kind === 'audio');
  assert.deepEqual(sound.map(({ sha256, mediaSequence }) => [sha256, mediaSequence]), [0, 2, 3].map((i) => [hashOf(ts(i)), 900 + i]));
  for (const { sha256, startAt, mediaStartMs } of sound) {
    const picture = media.find((one) => one.sha256 === sha256);
    assert.deepEqual([startAt, mediaStartMs], [picture?.startAt, picture?.mediaStartMs]);
  }
  assert.deepEqual(sound.map(({ discontinuity }) => discontinuity), [false, true, false]);
  assert.deepEqual(gaps.map(({ reason }) => [reason.scope, reason.code]), [['audio', 'segment-lost']]);
  assert.ok(events.some(({ detail }) => detail['what'] === 'audio-beside' && detail['notRecorded'] === 'en'));
});

test('an address that carries its expiry is looked up again before it, and nothing is stored twice', { timeout: 40_000 }, async (t) => {
  const expires = Math.floor(Date.now() / 1000) + 11;
  const { url, asked } = await serve(t, { '/live.m3u8': [`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia.m3u8?token=a&expires=${expires}\n`, `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia.m3u8?token=b&expires=${expires + 9000}\n`],
    '/media.m3u8': (request, response) => void response.end(request.url?.includes('token=b') === true ? playlist(0, ['0.ts?b', '1.ts?b', '2.ts?b'], end) : playlist(0, ['0.ts?a', '1.ts?a'])), ...Object.fromEntries([0, 1, 2].map((i) => [`/${i}.ts`, ts(i)])) });
  const { media, events, gaps } = await record(`${url}/live.m3u8`);
  assert.deepEqual(media.map(({ sha256 }) => sha256), [0, 1, 2].map((i) => hashOf(ts(i))));
  assert.deepEqual(media.map(({ discontinuity }) => discontinuity), [false, false, false]);
  assert.equal(events.filter(({ kind }) => kind === 'address-renewed').length, 1);
  assert.deepEqual(gaps, []);
  assert.equal(asked.filter((path) => path.startsWith('/0.ts')).length, 1);
});

test('a public room is not led into the internal network: by address, redirect, segment or name', { timeout: 30_000 }, async (t) => {
  const { url } = await serve(t, { '/live.m3u8': playlist(0, ['0.ts'], end), '/0.ts': ts(0) });
  for (const address of [`${url}/live.m3u8`, url.replace('127.0.0.1', 'localhost') + '/live.m3u8', url.replace('127.0.0.1', '[::ffff:127.0.0.1]') + '/live.m3u8', url.replace('127.0.0.1', '2130706433') + '/live.m3u8']) {
    const { faults, media } = await record(address, { allowPrivate: false, maxFailures: 0 });
    assert.deepEqual(faults.map(({ code }) => code), ['address-private'], address);
    assert.deepEqual(media, []);
  }
});

test('429 with Retry-After: the host is left alone for that long', { timeout: 30_000 }, async (t) => {
  const { url, asked } = await serve(t, { '/live.m3u8': [(_q, response) => void response.writeHead(429, { 'retry-after': '30' }).end(), playlist(0, ['0.ts'], end)] });
  const { faults } = await record(`${url}/live.m3u8`, { maxFailures: 3 });
  assert.deepEqual(faults.map(({ code, cause }) => [code, Number(cause) > 28]), [['too-busy', true], ['too-busy', true], ['too-busy', true], ['too-busy', true]]);
  assert.equal(asked.length, 1);
});
