import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeDataDir, repository, runCli } from '../engine-process.ts';
import { startTestOrigin } from '../origin/test-origin.ts';
import { compareWithServed, readStoredSegments } from './stored-library.ts';

function mountSmallDisk(): string | null {
  const folder = makeDataDir();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]);
  if (mounted.status === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  return null;
}

test('a full disk closes the gate with a clear word, and recording resumes by itself once there is room', { timeout: 120_000 }, async (context) => {
  const folder = mountSmallDisk();
  if (folder === null) return context.skip('a small disk of its own needs the right to mount');
  const origin = await startTestOrigin({ mediaDir: path.join(repository, 'resources/demo') });
  try {
    const ballast = path.join(folder, 'ballast');
    mkdirSync(path.join(folder, 'library'));
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 6 * 1_048_576));
    const room = origin.rooms[0] as { id: string; url: string };
    const child = spawn(process.execPath, [path.join(repository, 'electron/engine/cli/main.ts'), 'record', room.url, '--out', path.join(folder, 'library'), '--json'], {
      env: { ...process.env, ZHIBOJIAN_MIN_FREE_MB: '5' }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    const stderr: string[] = [];
    const said = (pattern: RegExp): Promise<void> => new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stderr.join(''))) resolve();
      };
      child.stderr.on('data', look);
      void exited.then(() => reject(new Error(`ended without saying ${String(pattern)}: ${stderr.join('')}`)));
      look();
    });
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
    await said(/disk-gate disk-full/);
    const atGate = stderr.join('').length;
    rmSync(ballast);
    await said(new RegExp(`[\\s\\S]{${atGate}}[\\s\\S]* live`));
    const endMs = Date.now() - 1500;
    child.kill('SIGTERM');
    await exited;
    const roomDir = readStoredSegments(path.join(folder, 'library'), (JSON.parse((await runCli(['inspect', path.join(folder, 'library'), '--json'])).stdout.split('\n')[0] as string) as { roomId: string }).roomId);
    const { doubled, foreign, lost } = compareWithServed(roomDir, origin.served(room.id), endMs);
    assert.deepEqual({ doubled, foreign }, { doubled: [], foreign: [] });
    assert.ok(lost.length <= 1, `at most the one that met the full disk is missing: ${lost.join(' ')}`);
    assert.equal((await runCli(['inspect', path.join(folder, 'library'), '--json'])).code, 0);
  } finally {
    await origin.close();
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
});
