import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { EventRecord, type SegmentRecord } from '../../electron/contract/recording.ts';
import { FlvReader } from '../../electron/engine/container/flv-reader.ts';
import { remuxFlv } from '../../electron/engine/container/flv-remuxer.ts';
import { makeDataDir, runCli } from '../engine-process.ts';
import { loadFlvLoop } from '../origin/flv-loop.ts';
import { startRtmpOrigin } from '../origin/rtmp-origin.ts';
import { type FlvOrigin, type FlvOriginOptions, makeFlvFile, startFlvOrigin } from '../origin/flv-origin.ts';
import { readStoredSegments } from './stored-library.ts';

type RecordedRoom = { roomId: string; kind: string; segments: number; mediaSeconds: number; gaps: { reason: string; from: string; to: string }[]; error: string | null };
type Recorded = { room: RecordedRoom; media: SegmentRecord[]; events: EventRecord[]; dir: string; sessions: number };

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function makeFolder(): string {
  const folder = makeDataDir();
  folders.push(folder);
  return folder;
}

async function withOrigin(options: FlvOriginOptions, run: (origin: FlvOrigin) => Promise<void>): Promise<void> {
  const origin = await startFlvOrigin(options);
  try {
    await run(origin);
  } finally {
    await origin.close();
  }
}

async function record(url: string, seconds: number, folder = makeFolder()): Promise<Recorded> {
  const { stdout, stderr } = await runCli(['record', url, '--out', folder, '--for', String(seconds), '--json']);
  const [room] = (JSON.parse(stdout) as { rooms: RecordedRoom[] }).rooms as [RecordedRoom];
  assert.equal(room.error, null, stderr);
  return read(folder, room);
}

function read(folder: string, room: RecordedRoom): Recorded {
  const roomDir = path.join(folder, 'rooms', room.roomId);
  const sessions = readdirSync(roomDir).sort();
  const dir = path.join(roomDir, sessions.at(-1) as string);
  const events = readFileSync(path.join(dir, 'events.jsonl'), 'utf8').trimEnd().split('\n').map((line) => EventRecord.parse(JSON.parse(line)));
  return { room, dir, events, sessions: sessions.length, media: readStoredSegments(folder, room.roomId).filter((segment) => segment.kind === 'media') };
}

/** The stored files put together again, one stream per connection. */
function joinConnections({ media, dir }: Recorded): Buffer[] {
  const streams: Buffer[][] = [];
  for (const { file, initFile } of media) {
    if (initFile === null || streams.length === 0) streams.push([]);
    streams.at(-1)?.push(readFileSync(path.join(dir, file)));
  }
  return streams.map((parts) => Buffer.concat(parts));
}

/** Stored = what was served up to a whole tag, and nothing that was served a moment before the end is missing. */
function assertServed(stored: Buffer, served: Buffer, maxMissingBytes: number): void {
  assert.ok(served.subarray(0, stored.length).equals(stored), 'byte for byte as served');
  const reader = new FlvReader();
  reader.push(stored);
  assert.deepEqual([reader.broken, reader.heldBytes], [null, 0], 'ends with a whole tag');
  assert.ok(served.length - stored.length <= maxMissingBytes, `${served.length - stored.length} bytes missing at the end`);
}

/** Every file stands alone behind its headers, and starts with a key frame. */
function assertPlayable({ media, dir }: Recorded): void {
  for (const { file, initFile } of media) {
    assert.ok(remuxFlv(initFile === null ? null : readFileSync(path.join(dir, initFile)), readFileSync(path.join(dir, file))) !== null, file);
  }
}

/** The time line has no overlap, and holes only where a gap says so. */
function assertTimeline({ media, room }: Recorded): void {
  for (const [index, segment] of media.entries()) {
    const before = media[index - 1];
    if (before === undefined) continue;
    const holeMs = Date.parse(segment.startAt) - Date.parse(before.startAt) - before.duration * 1000;
    assert.ok(holeMs > -5, `${segment.file} begins ${-holeMs} ms before its predecessor ends`);
    if (holeMs > 5) assert.ok(room.gaps.some((gap) => Math.abs(Date.parse(gap.to) - Date.parse(segment.startAt)) < 50), `${segment.file} begins ${holeMs} ms late without a gap`);
  }
}

const kindsOf = ({ events }: Recorded): string[] => events.map((event) => event.kind);

test('a broadcast is stored byte for byte in files cut at key frames; its first burst lies before now', async () => {
  await withOrigin({ burstMs: 6500 }, async (origin) => {
    const recorded = await record(origin.redirectUrl, 9);
    const { room, media } = recorded;
    assert.equal(room.kind, 'flv');
    assert.deepEqual(room.gaps, []);
    assert.equal(origin.served.length, 1, 'one connection');
    assert.ok(media.length >= 3 && media.slice(0, -1).every((segment) => segment.duration >= 3.9 && segment.duration < 6.5), JSON.stringify(media.map((segment) => segment.duration)));
    const served = origin.served[0];
    assertServed((joinConnections(recorded) as [Buffer])[0], served?.bytes() as Buffer, 60_000);
    assertPlayable(recorded);
    assertTimeline(recorded);
    const startLagMs = (served?.startedAtMs as number) - Date.parse(media[0]?.startAt as string);
    assert.ok(startLagMs > 6000 && startLagMs < 9000, `the burst begins ${startLagMs} ms before the connection`);
    assert.deepEqual([media[0]?.decoder?.videoCodec, media[0]?.decoder?.width, media[0]?.decoder?.audioCodec], ['avc1.4d401f', 270, 'mp4a.40.2']);
    assert.equal(media[0]?.initFile, null);
    assert.ok(media.slice(1).every((segment) => segment.initFile !== null && !segment.discontinuity));
    assert.equal((await runCli(['inspect', path.resolve(recorded.dir, '../../..'), '--json'])).code, 0);
  });
});

test('a connection broken within a tag: the tail is not stored, what comes again is known by its content, the time line counts it once', async () => {
  await withOrigin({ burstMs: 3000 }, async (origin) => {
    const recording = record(origin.url, 14);
    await origin.sent(0, 8000);
    origin.act('reset');
    await origin.sent(1, 5000);
    const recorded = await recording;
    const [first, second] = joinConnections(recorded) as [Buffer, Buffer];
    assertServed(first, origin.served[0]?.bytes() as Buffer, 0);
    assertServed(second, origin.served[1]?.bytes() as Buffer, 60_000);
    assertTimeline(recorded);
    assert.equal(recorded.sessions, 1);
    assert.deepEqual(recorded.room.gaps, []);
    const replayed = recorded.events.find((event) => event.kind === 'data-replayed');
    assert.equal(replayed?.detail['by'], 'content');
    assert.ok(kindsOf(recorded).includes('reconnected'));
    assert.ok(recorded.events.some((event) => event.detail['what'] === 'incomplete-tail' && event.detail['bytes'] === 20));
    const spanMs = recorded.media.reduce((sum, segment) => sum + segment.duration * 1000, 0);
    const mediaMs = Date.parse(recorded.media.at(-1)?.arrivedAt as string) - Date.parse(recorded.media[0]?.startAt as string);
    assert.ok(Math.abs(spanMs - mediaMs) < 2500, `${spanMs} ms of footage in ${mediaMs} ms`);
  });
});

test('jumps, repeated headers, a new decoder configuration: noted and split, never repaired', async () => {
  await withOrigin({ changed: loadFlvLoop('hevc', true) }, async (origin) => {
    const recording = record(origin.url, 17);
    await origin.sent(0, 3000);
    origin.act('repeat-headers');
    await origin.sent(0, 5000);
    origin.act('jump');
    await origin.sent(0, 8000);
    origin.act('jump-back');
    await origin.sent(0, 10_000);
    origin.act('change-config');
    const recorded = await recording;
    assertServed((joinConnections(recorded) as [Buffer])[0], origin.served[0]?.bytes() as Buffer, 60_000);
    assertPlayable(recorded);
    assertTimeline(recorded);
    const kinds = kindsOf(recorded);
    assert.equal(kinds.filter((kind) => kind === 'timestamp-jump').length, 2, kinds.join(' '));
    for (const kind of ['headers-repeated', 'headers-changed', 'split']) assert.ok(kinds.includes(kind), kinds.join(' '));
    assert.equal(recorded.sessions, 1);
    const codecs = [...new Set(recorded.media.map((segment) => segment.decoder?.videoCodec))];
    assert.deepEqual(codecs, ['avc1.4d401f', 'hvc1.1.6.L60.90']);
    const changed = recorded.media.find((segment) => segment.decoder?.videoCodec?.startsWith('hvc1') === true);
    assert.equal(changed?.discontinuity, true);
  });
});

test('garbage ends the connection where it begins; wrong size fields do not', async () => {
  await withOrigin({}, async (origin) => {
    const recording = record(origin.url, 10);
    await origin.sent(0, 2000);
    origin.act('wrong-sizes');
    await origin.sent(0, 4000);
    origin.act('garbage');
    await origin.sent(1, 1500);
    const recorded = await recording;
    const first = (joinConnections(recorded) as [Buffer])[0];
    const served = origin.served[0]?.bytes() as Buffer;
    assert.ok(served.subarray(0, first.length).equals(first));
    assert.equal(served[first.length], 0xff, 'stored up to the first byte of the garbage');
    assert.ok(recorded.events.some((event) => event.kind === 'reconnected' && event.reason?.code === 'stream-invalid'));
    assert.ok(recorded.events.some((event) => event.detail['what'] === 'wrong-tag-sizes'));
    assertTimeline(recorded);
  });
});

test('an outage is a gap with its reason', async () => {
  await withOrigin({}, async (origin) => {
    const recording = record(origin.url, 15);
    await origin.sent(0, 4500);
    origin.refuse(503);
    origin.act('end');
    await origin.refused(4);
    origin.refuse(null);
    await origin.sent(1, 1000);
    const recorded = await recording;
    assert.equal(recorded.sessions, 1);
    assert.deepEqual(recorded.room.gaps.map((gap) => gap.reason), ['http-status']);
    const gap = recorded.room.gaps[0] as { from: string; to: string };
    const gapMs = Date.parse(gap.to) - Date.parse(gap.from);
    assert.ok(gapMs > 3000 && gapMs < 9000, `${gapMs} ms`);
    assertTimeline(recorded);
  });
});

test('an address without a name that serves a whole file ends by itself', { timeout: 60_000 }, async () => {
  // Long enough that a file sent at once might pass for a broadcast that came late.
  const fileRounds = Math.ceil(40_000 / loadFlvLoop('avc').lengthMs);
  await withOrigin({ fileRounds }, async (origin) => {
    const recorded = await record(origin.fileUrl, 30);
    assert.equal(recorded.room.kind, 'flv');
    assert.ok((joinConnections(recorded) as [Buffer])[0].equals(makeFlvFile(loadFlvLoop('avc'), fileRounds)));
    assert.deepEqual(recorded.room.gaps, []);
    assert.ok(kindsOf(recorded).includes('closed'));
  });
});

/** Time and body of every tag, in order. */
function readTags(bytes: Buffer): string[] {
  return new FlvReader().push(bytes).filter((unit) => unit.kind !== 'header').map((unit) => `${unit.kind} ${unit.timestampMs} ${unit.bytes.subarray(11, -4).toString('base64')}`);
}

test('RTMP: every message that the server sent is stored once, in order, as the body of an FLV tag; a broken connection is taken up again', async () => {
  const origin = await startRtmpOrigin();
  try {
    const recording = record(origin.url, 16);
    await origin.sent(0, 6000);
    origin.reset();
    await origin.sent(1, 5000);
    const recorded = await recording;
    assert.equal(recorded.room.kind, 'flv');
    assert.equal(recorded.sessions, 1);
    const streams = joinConnections(recorded);
    assert.ok(streams.length >= 2);
    for (const [index, stream] of streams.entries()) {
      // FFmpeg writes the file header; metadata it may rewrite; pictures and sound are what was sent.
      const [stored, served] = [stream, origin.served[index]?.bytes() as Buffer].map((bytes) => readTags(bytes).filter((tag) => !tag.startsWith('script'))) as [string[], string[]];
      assert.ok(stored.length > 100, `${stored.length} tags`);
      assert.deepEqual(stored.slice(0, 20), served.slice(0, 20));
      assert.deepEqual(stored, served.slice(0, stored.length));
    }
    assertTimeline(recorded);
    assertPlayable(recorded);
    assert.ok(recorded.events.some((event) => event.detail['what'] === 'rtmp-as-flv'));
    assert.ok(kindsOf(recorded).includes('reconnected'));
  } finally {
    await origin.close();
  }
});

test('RTMP: a name that the server does not know, and a server that is not there, say so', async () => {
  const origin = await startRtmpOrigin();
  const errors = await Promise.all([origin.wrongUrl, 'rtmp://127.0.0.1:9/live/room'].map(async (url) => {
    const { stdout } = await runCli(['record', url, '--out', makeFolder(), '--for', '5', '--json']);
    return (JSON.parse(stdout) as { rooms: RecordedRoom[] }).rooms[0]?.error ?? '';
  }));
  await origin.close();
  assert.match(errors[0] ?? '', /connect-failed: .*没有这个流/);
  assert.match(errors[1] ?? '', /connect-failed: .*RTMP/);
});
