import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { takeLock } from './folder-lock.mjs';

const tempLock = () => path.join(mkdtempSync(path.join(os.tmpdir(), 'lock-')), 'sub', 'install.lock');

test('two processes that take the lock at once work one after the other', async () => {
  const file = tempLock();
  const journal = path.join(path.dirname(path.dirname(file)), 'journal');
  const script = `
    const { takeLock } = await import(${JSON.stringify(new URL('./folder-lock.mjs', import.meta.url).href)});
    const { appendFileSync } = await import('node:fs');
    const release = await takeLock(${JSON.stringify(file)}, () => {});
    appendFileSync(${JSON.stringify(journal)}, 'in ');
    await new Promise((done) => setTimeout(done, 50));
    appendFileSync(${JSON.stringify(journal)}, 'out ');
    release();`;
  const children = [1, 2, 3].map(() => spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }));
  const codes = await Promise.all(children.map((child) => once(child, 'exit').then(([code]) => code)));
  assert.deepEqual(codes, [0, 0, 0]);
  assert.equal(readFileSync(journal, 'utf8'), 'in out in out in out ');
  assert.equal(existsSync(file), false);
});

test('a lock whose holder died is taken over', async () => {
  const file = tempLock();
  (await takeLock(file, () => assert.fail('nobody holds it')))();
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  writeFileSync(file, String(dead.pid));
  const release = await takeLock(file, () => assert.fail('its holder is dead'));
  assert.equal(readFileSync(file, 'utf8'), String(process.pid));
  release();
});
