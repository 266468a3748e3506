import assert from 'node:assert/strict';
import { sign, verify } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FaultError } from '../../contract/faults.ts';
import { loadOrCreateSigningKey } from './signing-key.ts';

test('eight callers at once get one key, kept private, with nothing left beside it', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'signing-key-'));
  t.after(() => rm(dir, { recursive: true }));
  const keys = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateSigningKey(join(dir, 'keys'))));
  assert.equal(new Set(keys.map((key) => key.keyId)).size, 1);
  assert.deepEqual(await readdir(join(dir, 'keys')), ['signing-key.pem']);
  const file = join(dir, 'keys', 'signing-key.pem');
  if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.match(await readFile(file, 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
  const again = await loadOrCreateSigningKey(join(dir, 'keys'));
  assert.ok(verify(null, Buffer.from('x'), again.publicKeyPem, sign(null, Buffer.from('x'), keys[0]!.privateKey)));
});

test('a damaged key is said to be damaged and never replaced', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'signing-key-'));
  t.after(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, 'signing-key.pem'), 'not a key');
  await assert.rejects(loadOrCreateSigningKey(dir), FaultError);
  assert.equal(await readFile(join(dir, 'signing-key.pem'), 'utf8'), 'not a key');
});
