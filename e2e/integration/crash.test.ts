import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { makeDataDir, repository, runCli } from '../engine-process.ts';
import { startTestOrigin, type TestOrigin } from '../origin/test-origin.ts';
import { RpcClient } from './rpc-client.ts';
import { compareWithServed, readStoredSegments } from './stored-library.ts';

const mediaDir = path.join(repository, 'resources/demo');
let origin: TestOrigin;
const folders: string[] = [];

before(async () => {
  origin = await startTestOrigin({ mediaDir });
});
after(async () => {
  await origin.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

type Served = { child: ChildProcess; url: string; stderr: string[]; exited: Promise<unknown[]> };

async function serve(dataDir: string): Promise<Served> {
  const child = spawn(process.execPath, [path.join(repository, 'electron/engine/cli/main.ts'), 'serve', '--no-open', '--data', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stderr: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line'), exited.then(() => Promise.reject(new Error(stderr.join(''))))])) as [string];
  return { child, url: (JSON.parse(line) as { url: string }).url, stderr, exited };
}

async function stop(served: Served, signal: NodeJS.Signals): Promise<void> {
  served.child.kill(signal);
  await served.exited;
}

test('kill -9 of the engine again and again: no segment lost, none doubled, flags go on', { timeout: 240_000 }, async () => {
  const folder = makeDataDir();
  folders.push(folder);
  let served = await serve(folder);
  let client = await RpcClient.connect(served.url);
  const ids: string[] = [];
  for (const room of origin.rooms) ids.push((await client.call('rooms.add', { name: room.name, url: room.url, chatUrl: room.chatUrl })).id);
  await client.waitFor('segmentCommitted', () => true);
  for (let round = 0; round < 5; round += 1) {
    // Each kill falls at another point of the segment's way: some milliseconds after some room's commit.
    await client.waitFor('segmentCommitted', (segment) => segment.roomId === ids[round % ids.length]);
    await new Promise((resolve) => setTimeout(resolve, round * 137));
    client.close();
    await stop(served, 'SIGKILL');
    served = await serve(folder);
    client = await RpcClient.connect(served.url);
    await client.waitFor('segmentCommitted', () => true, 20_000);
  }
  const before = (await client.call('flags.list', {})).length;
  const flag = await client.waitFor('flagsCommitted', () => true, 60_000);
  assert.ok(flag.flags.length > 0 || before > 0);
  const endMs = Date.now() - 1500;
  const gaps = (await Promise.all(ids.map((id) => client.call('gaps.list', { roomId: id, fromMs: 0, toMs: Date.now() })))).flat();
  client.close();
  await stop(served, 'SIGTERM');
  for (const [index, room] of origin.rooms.entries()) {
    const stored = readStoredSegments(folder, ids[index] as string);
    const comparison = compareWithServed(stored, origin.served(room.id), endMs);
    assert.deepEqual({ doubled: comparison.doubled, foreign: comparison.foreign }, { doubled: [], foreign: [] }, room.name);
    // Served whole but killed before it was durable: fetched again from the window, so nothing is lost.
    assert.deepEqual(comparison.lost, [], room.name);
    const sequences = stored.filter((record) => record.kind === 'media').map((record) => record.mediaSequence);
    assert.deepEqual(sequences, [...sequences].sort((a, b) => a - b));
  }
  // A restart that took longer than the origin's window leaves a gap, and the gap says so.
  assert.deepEqual(gaps.filter((gap) => gap.reason.code !== 'recorder-restarted'), []);
  const { code, stdout } = await runCli(['inspect', folder, '--json']);
  assert.equal(code, 0, stdout.slice(-500));
});

test('an unreadable database is set aside, named, and rebuilt from the recordings', { timeout: 120_000 }, async () => {
  const folder = makeDataDir();
  folders.push(folder);
  let served = await serve(folder);
  let client = await RpcClient.connect(served.url);
  const room = origin.rooms[0] as { name: string; url: string };
  const { id } = await client.call('rooms.add', { name: room.name, url: room.url });
  await client.waitFor('segmentCommitted', () => true);
  client.close();
  await stop(served, 'SIGTERM');
  const stored = readStoredSegments(folder, id).length;
  assert.ok(stored > 0);
  const file = path.join(folder, 'zhibojian.db');
  const body = readFileSync(file);
  body.fill(0x5a, 0, 4096);
  writeFileSync(file, body);
  served = await serve(folder);
  assert.match(served.stderr.join(''), /数据库无法读取/);
  client = await RpcClient.connect(served.url);
  const rooms = await client.call('rooms.list', {});
  assert.deepEqual(rooms.map((item) => item.name), [room.name]);
  await client.waitFor('segmentCommitted', () => true);
  client.close();
  await stop(served, 'SIGTERM');
  const { code, stdout } = await runCli(['inspect', folder, '--json']);
  assert.equal(code, 0);
  assert.ok(stdout.trimEnd().split('\n').filter((line) => line.includes('"type":"segment"')).length > stored);
});

test('a killed recorder comes back and goes on with the session', { timeout: 120_000 }, async () => {
  const folder = makeDataDir();
  folders.push(folder);
  const served = await serve(folder);
  const client = await RpcClient.connect(served.url);
  const room = origin.rooms[1] as { id: string; name: string; url: string };
  const { id } = await client.call('rooms.add', { name: room.name, url: room.url });
  await client.waitFor('segmentCommitted', () => true);
  const recorder = (await client.call('status.get', {})).children.find((child) => child.name === 'recorder');
  const restarted = client.waitFor('statusChanged', (status) => (status.children.find((child) => child.name === 'recorder')?.restarts ?? 0) > 0);
  process.kill(recorder?.pid as number, 'SIGKILL');
  await restarted;
  await client.waitFor('segmentCommitted', (segment) => segment.startMs > Date.now() - 5000); // caught up with the window
  const sessions = await client.call('sessions.list', { roomId: id });
  const endMs = Date.now() - 1500;
  client.close();
  await stop(served, 'SIGTERM');
  assert.equal(sessions.length, 1);
  const stored = readStoredSegments(folder, id);
  const first = stored.find((record) => record.kind === 'media')?.mediaSequence as number;
  const { doubled, lost } = compareWithServed(stored, origin.served(room.id).filter((item) => item.mediaSequence >= first), endMs);
  assert.deepEqual({ doubled, lost }, { doubled: [], lost: [] });
});

test('a room stopped and started again at once goes on in its session without a doubled or lost number', { timeout: 120_000 }, async () => {
  const folder = makeDataDir();
  folders.push(folder);
  const served = await serve(folder);
  const client = await RpcClient.connect(served.url);
  const room = origin.rooms[2] as { id: string; name: string; url: string };
  const { id } = await client.call('rooms.add', { name: room.name, url: room.url });
  for (let round = 0; round < 6; round += 1) {
    await client.waitFor('segmentCommitted', () => true);
    await client.call('rooms.stop', { id });
    await client.call('rooms.start', { id });
  }
  await client.waitFor('segmentCommitted', (segment) => segment.startMs > Date.now() - 5000);
  const endMs = Date.now() - 1500;
  client.close();
  await stop(served, 'SIGTERM');
  const stored = readStoredSegments(folder, id);
  const first = stored.find((record) => record.kind === 'media')?.mediaSequence as number;
  const { doubled, lost } = compareWithServed(stored, origin.served(room.id).filter((item) => item.mediaSequence >= first), endMs);
  assert.deepEqual({ doubled, lost }, { doubled: [], lost: [] });
  assert.deepEqual(stored.map((record) => record.seq), stored.map((_record, index) => index));
  const { code, stdout } = await runCli(['inspect', folder, '--json']);
  assert.equal(code, 0);
  assert.equal(stdout.trimEnd().split('\n').filter((line) => line.includes('"type":"segment"')).length, stored.length);
});
