import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { makeDataDir, repository, runCli } from '../engine-process.ts';
import { makeFlvFile } from '../origin/flv-origin.ts';
import { loadFlvLoop } from '../origin/flv-loop.ts';
import { startTestOrigin } from '../origin/test-origin.ts';
import { compareWithServed, readStoredSegments } from './stored-library.ts';

const entry = path.join(repository, 'electron/engine/cli/main.ts');
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function makeFolder(): string {
  const folder = makeDataDir();
  folders.push(folder);
  return folder;
}

/** A recording on the command line whose words can be waited for; what was said before `since` does not count. */
class Recording {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #words = '';
  constructor(url: string, library: string) {
    this.#child = spawn(process.execPath, [entry, 'record', url, '--out', library, '--json'], { env: { ...process.env, ZHIBOJIAN_MIN_FREE_MB: '5' }, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#exited = once(this.#child, 'exit');
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#words += chunk.toString()));
  }

  get since(): number {
    return this.#words.length;
  }

  said(pattern: RegExp, since = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(this.#words.slice(since))) resolve();
      };
      this.#child.stderr?.on('data', look);
      void this.#exited.then(() => reject(new Error(`ended without saying ${String(pattern)}: ${this.#words}`)));
      look();
    });
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }
}

/** Records a room while something happens to its disk: the gate must close with the right word, open by itself, and nothing may be doubled, foreign or altered. */
async function recordThrough(library: string, word: RegExp, spoil: () => void, mend: () => void): Promise<void> {
  const origin = await startTestOrigin({ mediaDir: path.join(repository, 'resources/demo') });
  try {
    const room = origin.rooms[0] as { id: string; url: string };
    const recording = new Recording(room.url, library);
    await recording.said(/ live/);
    const spoiledAt = recording.since;
    spoil();
    try {
      await recording.said(word, spoiledAt);
    } finally {
      mend();
    }
    await recording.said(/ live/, recording.since);
    await recording.stop();
    const inspected = await runCli(['inspect', library, '--json']);
    assert.equal(inspected.code, 0, inspected.stdout);
    const { roomId } = JSON.parse(inspected.stdout.split('\n')[0] as string) as { roomId: string };
    const { doubled, foreign } = compareWithServed(readStoredSegments(library, roomId), origin.served(room.id), 0);
    assert.deepEqual({ doubled, foreign }, { doubled: [], foreign: [] });
  } finally {
    await origin.close();
  }
}

test('recordings that are gone (a disk pulled out) close the gate as gone, and recording goes on when they are back', { timeout: 120_000 }, async () => {
  const library = makeFolder();
  const [rooms, away] = [path.join(library, 'rooms'), path.join(library, 'rooms-away')];
  await recordThrough(library, /disk-gate disk-gone/, () => renameSync(rooms, away), () => {
    rmSync(rooms, { recursive: true, force: true });
    renameSync(away, rooms);
  });
});

/** Runs a command to its end once, then on another library kills it again and again at growing shares of that time, then lets it finish. */
async function killAgainAndAgain(args: (library: string) => string[], prepare: () => Promise<string>, check: (library: string) => Promise<void>): Promise<string> {
  const first = await prepare();
  const startedMs = performance.now();
  const whole = await runCli(args(first));
  const tookMs = performance.now() - startedMs;
  assert.equal(whole.code, 0, whole.stderr);
  const library = await prepare();
  for (const share of [0.2, 0.35, 0.5, 0.65, 0.8, 0.92]) {
    const child = spawn(process.execPath, [entry, ...args(library)], { stdio: 'ignore', detached: true });
    const exited = once(child, 'exit');
    const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), tookMs * share);
    await exited;
    clearTimeout(timer);
    await check(library);
  }
  const last = await runCli(args(library));
  // The last kill may have come after everything was done: then there is nothing left to bring in, or to move.
  assert.ok(last.code === 0 || /already-imported|新位置不能在录像文件夹之内/.test(last.stdout + last.stderr), last.stdout + last.stderr);
  return library;
}

type Listed = { id: string; segments: number; bytes: number };

async function listRecordings(library: string): Promise<Listed[]> {
  const { stdout } = await runCli(['recordings', 'list', '--data', library, '--json']);
  return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Listed);
}

function makeLongFile(): string {
  const file = path.join(makeFolder(), '录制-77-20250301-200000-000-测试.flv');
  const media = loadFlvLoop('avc');
  writeFileSync(file, makeFlvFile(media, Math.ceil(1_200_000 / media.lengthMs)));
  return file;
}

test('an import killed again and again leaves nothing half, and comes in exactly once', { timeout: 240_000 }, async () => {
  const file = makeLongFile();
  const library = await killAgainAndAgain((data) => ['import', file, '--data', data, '--room', '外来录像', '--json'], async () => makeFolder(), async (data) => {
    if (!existsSync(path.join(data, 'rooms'))) return; // killed before there was anything
    const inspected = await runCli(['inspect', data, '--json']);
    assert.equal(inspected.code, 0, inspected.stdout + inspected.stderr);
    assert.ok((await listRecordings(data)).length <= 1);
  });
  const listed = await listRecordings(library);
  assert.equal(listed.length, 1);
  const verified = await runCli(['recordings', 'verify', '--data', library, '--json']);
  assert.equal(verified.code, 0, verified.stdout);
});

test('a move killed again and again loses nothing: the recordings are whole where they were until they are whole where they go', { timeout: 240_000 }, async () => {
  const file = makeLongFile();
  const targets = new Map<string, string>();
  const targetOf = (data: string): string => {
    const known = targets.get(data) ?? path.join(makeFolder(), 'moved');
    targets.set(data, known);
    return known;
  };
  const prepare = async (): Promise<string> => {
    const data = makeFolder();
    assert.equal((await runCli(['import', file, '--data', data, '--room', '外来录像'])).code, 0);
    return data;
  };
  const check = async (data: string): Promise<void> => {
    assert.equal((await runCli(['recordings', 'verify', '--data', data, '--json'])).code, 0);
    assert.equal((await listRecordings(data)).length, 1);
  };
  await check(await killAgainAndAgain((data) => ['recordings', 'move', '--to', targetOf(data), '--data', data, '--json'], prepare, check));
});
