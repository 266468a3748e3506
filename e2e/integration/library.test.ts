import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { LibraryTask } from '../../electron/contract/library.ts';
import { makeDataDir, repository, runCli, startEngine } from '../engine-process.ts';
import { startTestOrigin } from '../origin/test-origin.ts';
import { RpcClient } from './rpc-client.ts';
import { compareWithServed, readStoredSegments } from './stored-library.ts';

const over = (task: LibraryTask): boolean => task.endedAtMs !== null;

function makeRecording(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, '录制-77-20250301-200000-000-测试.flv');
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=s=320x240:r=25:d=20', '-f', 'lavfi', '-i', 'sine=d=20', '-c:v', 'libx264', '-g', '50', '-c:a', 'aac', file]);
  writeFileSync(file.replace('.flv', '.xml'), '<?xml version="1.0"?><i><d p="3.5,1,25,16777215,1740830403,0,abc,1" user="观众甲">这个能治病吗</d></i>');
  return file;
}

test('a recording by another program is brought in, viewed, held, kept from deletion, deleted in two steps, exported and put back', { timeout: 180_000 }, async () => {
  const folder = makeDataDir();
  const engine = await startEngine([], path.join(folder, 'data'));
  try {
    const client = await RpcClient.connect(engine.url);
    const file = makeRecording(path.join(folder, 'in'));
    const finished = client.waitFor('libraryTaskChanged', over);
    await client.call('import.start', { paths: [file], roomName: '外来录像' });
    const task = await finished;
    assert.equal(task.state, 'done', JSON.stringify(task.fault));
    assert.equal(task.result['startFrom'], 'file-name');
    const [item] = await client.call('recordings.list', {});
    assert.ok(item !== undefined && item.imported);
    assert.equal(item.startMs, new Date(2025, 2, 1, 20, 0, 0).getTime());
    const stored = path.join(engine.dataDir, 'rooms', item.roomId, item.id, '000000-import.flv');
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    assert.equal(createHash('sha256').update(readFileSync(stored)).digest('hex'), sha256, 'byte for byte');
    const events = await client.call('events.list', { roomId: item.roomId, fromMs: 0, toMs: Date.now() + 1000 });
    assert.ok(events.some((event) => event.kind === 'imported' && event.detail['startFrom'] === 'file-name'));
    const chat = await client.call('observations.list', { roomId: item.roomId, fromMs: item.startMs, toMs: item.startMs + 20_000 });
    assert.ok(chat.some((line) => line.lane === 'chat' && line.text === '这个能治病吗'));
    const playlist = await (await fetch(new URL(`media/${item.roomId}/${item.id}/session.m3u8`, engine.url))).text();
    const pieces = playlist.split('\n').filter((line) => line.startsWith('view-'));
    assert.ok(pieces.length >= 3, playlist);
    assert.equal((await fetch(new URL(`media/${item.roomId}/${item.id}/${pieces[0] ?? ''}`, engine.url))).status, 200);

    const again = client.waitFor('libraryTaskChanged', over);
    await client.call('import.start', { paths: [file], roomName: '外来录像' });
    assert.equal((await again).fault?.code, 'already-imported');

    const target = path.join(folder, 'stick');
    const copied = client.waitFor('libraryTaskChanged', over);
    await client.call('recordings.export', { sessionIds: [item.id], target });
    const exported = await copied;
    assert.equal(exported.state, 'done', JSON.stringify(exported.fault));
    execFileSync('sha256sum', ['-c', '--quiet', 'sha256sums'], { cwd: String(exported.result['folder']) });

    const hold = await client.call('hold.add', { roomId: item.roomId, sessionId: item.id, reason: '立案调查' });
    await assert.rejects(client.call('retention.schedule', { sessionIds: [item.id], early: true }), /held/);
    await client.call('hold.release', { id: hold.id, reason: '结案' });
    for (const flag of await client.call('flags.list', { roomId: item.roomId })) await client.call('flags.review', { id: flag.id, state: 'dismissed', reason: 'lawful' });
    await assert.rejects(client.call('retention.schedule', { sessionIds: [item.id] }), /conflict/, 'not before its time without a word');
    const [scheduled] = await client.call('retention.schedule', { sessionIds: [item.id], early: true });
    assert.equal(scheduled?.state, 'scheduled');
    await assert.rejects(client.call('retention.purge', { sessionIds: [item.id], confirmed: true }), /conflict/, 'not within the grace');
    assert.equal((await client.call('retention.undo', { sessionIds: [item.id] }))[0]?.state, 'kept');
    assert.ok(existsSync(stored));
    await client.call('retention.schedule', { sessionIds: [item.id], early: true });
    client.close();

    // The session that left comes back in another library as it was.
    const other = path.join(folder, 'other');
    assert.equal((await runCli(['import', target, '--data', other])).code, 0);
    const leaves = (dir: string): string[] => readFileSync(path.join(dir, 'log-leaves.jsonl'), 'utf8').split('\n').filter((line) => line !== '');
    assert.equal((await runCli(['recordings', 'export', item.id, '--to', path.join(folder, 'back'), '--data', other])).code, 0);
    const back = path.join(folder, 'back', path.basename(String(exported.result['folder'])));
    assert.deepEqual(leaves(back), leaves(String(exported.result['folder'])));
    for (const name of readdirSync(back).filter((entry) => !['session.json', 'README.txt'].includes(entry))) {
      assert.deepEqual(readFileSync(path.join(back, name)), readFileSync(path.join(String(exported.result['folder']), name)), name);
    }
    assert.equal((await runCli(['inspect', other, '--json'])).code, 0);
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a quota holds recording back and lets it go on; the library moves to another folder while recording, nothing lost or doubled', { timeout: 180_000 }, async () => {
  const folder = makeDataDir();
  const origin = await startTestOrigin({ mediaDir: path.join(repository, 'resources/demo') });
  const engine = await startEngine([], path.join(folder, 'data'));
  try {
    const client = await RpcClient.connect(engine.url);
    const source = origin.rooms[0] as { id: string; url: string };
    const added = await client.call('rooms.add', { name: '搬家', url: source.url });
    const stored = (count: number): Promise<unknown> => {
      let seen = 0;
      return client.waitFor('segmentCommitted', () => ++seen >= count);
    };
    await stored(3);
    const gated = client.waitFor('roomChanged', (room) => room.id === added.id && room.state === 'disk-gate');
    await client.call('library.configure', { quotaBytes: 1 });
    assert.equal((await gated).stateFault?.code, 'quota-reached');
    const live = client.waitFor('roomChanged', (room) => room.id === added.id && room.state === 'live');
    await client.call('library.configure', { quotaBytes: null });
    await live;

    const target = path.join(folder, 'elsewhere');
    const moved = client.waitFor('libraryTaskChanged', over);
    await client.call('library.move', { target });
    const task = await moved;
    assert.equal(task.state, 'done', JSON.stringify(task.fault));
    await stored(3);
    assert.equal((await client.call('library.get', {})).recordingsDir, target);
    const sessions = await client.call('recordings.list', { roomId: added.id });
    assert.equal(sessions.length, 1, 'the same broadcast goes on');
    await client.call('library.removeOld', { confirmed: true });
    assert.ok(!existsSync(path.join(engine.dataDir, 'rooms')));
    const untilMs = Date.now() - 4000;
    await client.call('rooms.stop', { id: added.id });
    const verified = client.waitFor('libraryTaskChanged', over);
    await client.call('verify.start', {});
    assert.deepEqual((await verified).result['altered'], 0);
    client.close();
    const linked = path.join(folder, 'as-library');
    mkdirSync(linked);
    execFileSync('ln', ['-s', target, path.join(linked, 'rooms')]);
    const { doubled, foreign, lost } = compareWithServed(readStoredSegments(linked, added.id), origin.served(source.id), untilMs);
    assert.deepEqual({ doubled, foreign, lost }, { doubled: [], foreign: [], lost: [] });
  } finally {
    await engine.stop();
    await origin.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
