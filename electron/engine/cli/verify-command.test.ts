import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { VerifyReport } from '../../contract/evidence.ts';
import { FaultError } from '../../contract/faults.ts';
import { buildPackage } from '../evidence/package-builder.ts';
import { makePackageFixture } from '../evidence/package-fixture.ts';
import { UsageError } from './arguments.ts';
import { runVerify } from './verify-command.ts';

async function call(argv: string[]): Promise<{ code: number; out: string }> {
  const output = new PassThrough();
  const code = await runVerify(argv, { input: new PassThrough(), output, error: new PassThrough() });
  return { code, out: String(output.read() ?? '') };
}

test('verify answers 0, 1 and 2 as the surface says', async (t) => {
  const fixture = await makePackageFixture();
  t.after(() => rm(fixture.dir, { recursive: true }));
  const { file } = await buildPackage(fixture.input, fixture.io);
  const trusted = join(fixture.dir, 'key.pem');
  await writeFile(trusted, fixture.io.signingKey.publicKeyPem);

  const good = await call([file, '--json', '--trust', trusted]);
  assert.equal(good.code, 0);
  assert.equal(VerifyReport.parse(JSON.parse(good.out)).ok, true);
  assert.match((await call([file])).out, /✓ payload.*\n[^]*核验通过/);

  const other = join(fixture.dir, 'other.pem');
  await writeFile(other, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
  assert.equal((await call([file, '--trust', other])).code, 1);
  assert.equal((await call([file, '--trust', other, '--trust', trusted])).code, 0);

  const bytes = await readFile(file);
  bytes[500]! ^= 1;
  await writeFile(file, bytes);
  const bad = await call([file, '--json']);
  assert.equal(bad.code, 1);
  assert.match(bad.out, /data\/segments\/20261123-040000\/media\/init\.mp4/);

  await assert.rejects(call([]), UsageError);
  await assert.rejects(call([file, '--nonsense']), UsageError);
  await assert.rejects(call([file, '--trust', join(fixture.dir, 'absent.pem')]), UsageError);
  await writeFile(other, 'no key');
  await assert.rejects(call([file, '--trust', other]), FaultError);
  await assert.rejects(call([join(fixture.dir, 'absent.zip')]), FaultError);
});
