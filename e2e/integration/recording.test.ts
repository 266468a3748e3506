import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { makeDataDir, repository, runCli } from '../engine-process.ts';
import { startTestOrigin, type TestOrigin } from '../origin/test-origin.ts';
import { compareWithServed, readStoredSegments } from './stored-library.ts';

type RecordedRoom = { roomId: string; url: string; segments: number; bytes: number; mediaSeconds: number; gaps: { reason: string }[]; error: string | null };

const mediaDir = path.join(repository, 'resources/demo');
let origin: TestOrigin;
const folders: string[] = [];

before(async () => {
  origin = await startTestOrigin({ mediaDir });
});
after(async () => {
  await origin.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function makeFolder(): string {
  const folder = makeDataDir();
  folders.push(folder);
  return folder;
}

async function inspect(folder: string): Promise<{ code: number; lines: Record<string, unknown>[] }> {
  const { code, stdout } = await runCli(['inspect', folder, '--json']);
  return { code, lines: stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('every room at once: each segment that was served lies on disk once, byte for byte, TS and fMP4 alike', async () => {
  const folder = makeFolder();
  const endMs = Date.now() + 9000;
  const { code, stdout } = await runCli(['record', ...origin.rooms.map((room) => room.url), '--out', folder, '--for', '9', '--json']);
  assert.equal(code, 0);
  const { rooms } = JSON.parse(stdout) as { rooms: RecordedRoom[] };
  assert.equal(rooms.length, origin.rooms.length);
  for (const room of rooms) {
    assert.equal(room.error, null);
    assert.deepEqual(room.gaps, []);
    const stored = readStoredSegments(folder, room.roomId);
    const served = origin.served((origin.rooms.find((item) => item.url === room.url) as { id: string }).id);
    assert.deepEqual(compareWithServed(stored, served, endMs - 1500), { lost: [], doubled: [], foreign: [] });
    assert.equal(stored.filter((record) => record.kind === 'media').length, room.segments);
    assert.ok(room.mediaSeconds >= 12, `a window of 12 s and what came after it, not ${room.mediaSeconds}`);
  }
  const { code: inspected, lines } = await inspect(folder);
  assert.equal(inspected, 0);
  for (const line of lines.filter((item) => item['type'] === 'segment')) {
    assert.equal(createHash('sha256').update(readFileSync(path.join(folder, String(line['file'])))).digest('hex'), line['sha256']);
  }
  assert.equal(lines.at(-1)?.['ok'], true);
});

test('rooms that misbehave say what is wrong and cost the others nothing', async () => {
  const folder = makeFolder();
  const [first, second, third, fourth] = origin.rooms.map((room) => room.id) as [string, string, string, string];
  await origin.setFault(first, 'dead');
  await origin.setFault(second, 'playlist-html');
  await origin.setFault(third, 'segment-garbage');
  try {
    const { code, stdout, stderr } = await runCli(['record', ...origin.rooms.map((room) => room.url), '--out', folder, '--for', '8', '--json']);
    assert.equal(code, 0);
    const rooms = (JSON.parse(stdout) as { rooms: RecordedRoom[] }).rooms;
    const of = (id: string): RecordedRoom => rooms.find((room) => room.url === origin.room(id).url) as RecordedRoom;
    assert.match(of(first).error ?? '', /connect-failed/);
    assert.match(of(second).error ?? '', /playlist-html/);
    assert.match(stderr, /playlist-html/);
    assert.ok(of(third).segments > 0, 'garbage is kept as received');
    assert.deepEqual(compareWithServed(readStoredSegments(folder, of(third).roomId), origin.served(third), 0), { lost: [], doubled: [], foreign: [] });
    assert.ok(of(fourth).segments >= 6);
    assert.deepEqual(of(fourth).gaps, []);
  } finally {
    for (const id of [first, second, third]) await origin.setFault(id, null);
  }
});

test('truncated segments are never stored as whole; the loss is a gap', async () => {
  const folder = makeFolder();
  const id = (origin.rooms[0] as { id: string }).id;
  await origin.setFault(id, 'segment-truncated');
  try {
    const { stdout } = await runCli(['record', origin.room(id).url, '--out', folder, '--for', '12', '--json']);
    const [room] = (JSON.parse(stdout) as { rooms: RecordedRoom[] }).rooms as [RecordedRoom];
    assert.equal(room.segments, 0);
    assert.ok(room.gaps.length > 0 && room.gaps.every((gap) => gap.reason === 'segment-truncated'), JSON.stringify(room.gaps));
  } finally {
    await origin.setFault(id, null);
  }
});

test('an altered byte and a forged log are found by inspect', async () => {
  const folder = makeFolder();
  await runCli(['record', (origin.rooms[3] as { url: string }).url, '--out', folder, '--for', '2', '--json']);
  const { lines } = await inspect(folder);
  const victim = path.join(folder, String(lines.find((line) => line['type'] === 'segment' && line['kind'] === 'media')?.['file']));
  const bytes = readFileSync(victim);
  bytes[1000] = (bytes[1000] as number) ^ 1;
  writeFileSync(victim, bytes);
  const { code, stderr } = await runCli(['inspect', folder, '--json']);
  assert.equal(code, 1);
  assert.match(stderr, /altered/);
});

test('bad usage ends with 2 and one clear line', async () => {
  for (const [args, message] of [[['record'], /URL/], [['record', 'ftp://x/y', '--out', '/tmp/x'], /http/], [['inspect', '/nowhere'], /not a recording library/], [['frobnicate'], /unknown command/], [['serve', '--host', '0.0.0.0'], /loopback/], [['record', 'http://x/', '--out', '/tmp/x', '--for', 'abc'], /--for/]] as const) {
    const { code, stdout, stderr } = await runCli(args);
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.equal(stdout, '');
    assert.match(stderr, message);
    assert.ok(stderr.trimEnd().split('\n').length <= 2);
  }
});
