import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { appendFile, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { FaultError, type FaultCode } from '../../contract/faults.ts';
import { buildPackage } from './package-builder.ts';
import { makePackageFixture, type PackageFixture } from './package-fixture.ts';
import { verifyPackage } from './package-verifier.ts';

const run = promisify(execFile);
const isFault = (code: FaultCode, naming = '') => (error: unknown): boolean => error instanceof FaultError && error.fault.code === code && error.fault.message.includes(naming);

describe('a package', () => {
  let fixture: PackageFixture;
  let zip: Buffer;
  let folder: string;
  before(async () => {
    fixture = await makePackageFixture();
    const steps: string[] = [];
    const built = await buildPackage(fixture.input, fixture.io, { onProgress: (fraction, step) => steps.push(`${step} ${fraction}`) });
    assert.equal(steps.at(-1), 'hash 1');
    zip = await readFile(built.file);
    assert.equal(zip.length, built.bytes);
    await run('python3', ['-c', 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])', built.file, join(fixture.dir, 'out')]);
    folder = join(fixture.dir, 'out', 'p-test-1');
  });
  after(() => rm(fixture.dir, { recursive: true, force: true }));

  test('verifies as archive and as folder, with the key trusted and without', async () => {
    for (const path of [fixture.input.outFile, folder]) {
      for (const trust of [[], [fixture.io.signingKey.publicKeyPem]]) {
        const report = await verifyPackage(path, { trust });
        assert.deepEqual(report.checks.filter((check) => !check.ok), []);
        assert.ok(report.ok && report.checks.length >= 11);
      }
    }
    const stranger = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const report = await verifyPackage(folder, { trust: [stranger] });
    assert.deepEqual(report.checks.filter((check) => !check.ok).map((check) => check.name), ['trust']);
  });

  test('leaves nothing beside the archive and holds the segments byte for byte', async () => {
    assert.deepEqual((await readdir(fixture.dir)).sort(), ['keys', 'out', 'p-test-1.zip', 'rules.json', 'session']);
    for (const { record, path } of fixture.segments) {
      assert.deepEqual(await readFile(join(folder, 'data/segments', record.sessionId, record.file)), await readFile(path));
    }
    assert.match(await readFile(join(folder, 'data/transcript.srt'), 'utf8'), /^1\n00:00:00,500 --> 00:00:01,900\n\[语音\] 全网最低价/);
  });

  test('every command of VERIFY.txt holds, run by a shell that knows nothing of us', async () => {
    const guide = await readFile(join(folder, 'VERIFY.txt'), 'utf8');
    const commands = guide.split('\n').filter((line) => /^ {3}(sha256sum|find|cut|openssl|head|tail|sed) /.test(line));
    assert.equal(commands.length, 10);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', commands.join('\n').replaceAll('/tmp/', `${fixture.dir}/out/`)], { cwd: folder });
    assert.equal(stdout.match(/Signature Verified Successfully/g)?.length, 2);
    assert.match(stdout, /log ok: 4 segments and the manifest/);
    assert.ok(stdout.includes(fixture.io.signingKey.keyId));
  });

  test('no byte of the archive can be flipped unnoticed', async () => {
    const bent = join(fixture.dir, 'bent.zip');
    // Headers and directory lie thick around the seal: half of the tries go there.
    const at = fc.oneof(fc.integer({ min: 0, max: zip.length - 1 }), fc.integer({ min: Math.floor(zip.length * 0.8), max: zip.length - 1 }), fc.integer({ min: 0, max: 200 }));
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), async (position, mask) => {
        const copy = Buffer.from(zip);
        copy[position]! ^= mask;
        await writeFile(bent, copy);
        const report = await verifyPackage(bent);
        assert.ok(!report.ok, `byte ${position} of ${zip.length} ^ ${mask} went unnoticed`);
      }),
      { numRuns: 250 },
    );
    await rm(bent);
  });

  test('a flipped, missing, shortened or longer file of the folder is named', async () => {
    const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    assert.ok(names.length >= 20);
    for (const file of names) {
      const name = file.slice(folder.length + 1);
      const original = await readFile(file);
      const damages: [string, () => Promise<void>][] = [
        ['flipped', () => writeFile(file, original.map((byte, i) => (i === Math.floor(original.length / 2) ? byte ^ 1 : byte)))],
        ['shorter', () => writeFile(file, original.subarray(0, original.length - 1))],
        ['longer', () => appendFile(file, '\n')],
        ['missing', () => rm(file)],
      ];
      for (const [what, damage] of damages) {
        await damage();
        const report = await verifyPackage(folder);
        assert.ok(!report.ok, `${name} ${what}`);
        assert.ok(report.checks.some((check) => !check.ok && check.detail.includes(name)), `${name} ${what} is named: ${JSON.stringify(report.checks.filter((check) => !check.ok))}`);
        await writeFile(file, original);
      }
    }
    assert.ok((await verifyPackage(folder)).ok);
  });

  test('an added file, a link, an empty folder and a clash of case are refused by name', async () => {
    const cases: [string, (path: string) => Promise<unknown>][] = [
      ['data/extra.txt', (path) => writeFile(path, 'x')],
      ['proof/timestamp.tsr', (path) => writeFile(path, 'x')],
      ['notes.txt', (path) => writeFile(path, 'x')],
      ['data/link.mp4', (path) => symlink('clip.mp4', path)],
      ['DATA', (path) => writeFile(path, 'x')],
      ['data/CLIP.mp4', (path) => writeFile(path, 'x')],
    ];
    for (const [name, add] of cases) {
      await add(join(folder, name));
      const report = await verifyPackage(folder);
      assert.ok(!report.ok && report.checks.some((check) => !check.ok && check.detail.includes(name)), name);
      await rm(join(folder, name));
    }
  });

  test('lines of the manifest that change places are found', async () => {
    const file = join(folder, 'manifest-sha256.txt');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text.trimEnd().split('\n').reverse().join('\n')}\n`);
    const report = await verifyPackage(folder);
    assert.ok(!report.ok && report.checks.some((check) => check.name === 'tagmanifest' && check.detail.includes('manifest-sha256.txt')));
    await writeFile(file, text);
  });

  test('packed anew by another program it still verifies, and says so', async () => {
    const repacked = join(fixture.dir, 'repacked.zip');
    const script = 'import sys,os,zipfile\nz=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED)\nfor d,_,fs in os.walk(sys.argv[2]):\n  for f in fs:\n    p=os.path.join(d,f); z.write(p,os.path.relpath(p,os.path.dirname(sys.argv[2])))\nz.close()';
    await run('python3', ['-c', script, repacked, folder]);
    const report = await verifyPackage(repacked);
    assert.ok(report.ok, JSON.stringify(report.checks.filter((check) => !check.ok)));
    assert.match(report.checks[0]!.detail, /re-packed/);
    await rm(repacked);
  });
});

describe('building', () => {
  const outcomes: [string, FaultCode, (fixture: PackageFixture) => Promise<void>][] = [
    ['a segment that was altered', 'library-altered', async ({ segments }) => writeFile(segments[2]!.path, (await readFile(segments[2]!.path)).fill(0, 5, 6))],
    ['a segment that became shorter', 'library-altered', async ({ segments }) => writeFile(segments[2]!.path, 'short')],
    ['a segment that is gone', 'library-altered', ({ segments }) => rename(segments[2]!.path, `${segments[2]!.path}.away`)],
    ['a rule pack that is another', 'library-altered', ({ input }) => writeFile(input.rulePack!.path, '{}')],
    ['an empty range', 'range-empty', async ({ input }) => void (input.segments = [])],
    ['a media segment without its init section', 'bad-request', async ({ input }) => void (input.segments = input.segments.slice(1))],
  ];
  for (const [what, code, spoil] of outcomes) {
    test(`stops at ${what} and leaves nothing behind`, async (t) => {
      const fixture = await makePackageFixture();
      t.after(() => rm(fixture.dir, { recursive: true }));
      await spoil(fixture);
      const before = await readdir(fixture.dir);
      await assert.rejects(buildPackage(fixture.input, fixture.io), isFault(code, what.startsWith('a segment') ? '000002.m4s' : ''));
      assert.deepEqual(await readdir(fixture.dir), before);
    });
  }

  test('cancelled at any step it leaves nothing behind', async (t) => {
    for (const stopAt of ['clip', 'frames', 'segments', 'seal', 'hash']) {
      const fixture = await makePackageFixture();
      t.after(() => rm(fixture.dir, { recursive: true }));
      const before = await readdir(fixture.dir);
      const abort = new AbortController();
      const build = buildPackage(fixture.input, fixture.io, { signal: abort.signal, onProgress: (_, step) => void (step === stopAt && abort.abort()) });
      await assert.rejects(build, isFault('cancelled'), stopAt);
      assert.deepEqual(await readdir(fixture.dir), before, stopAt);
    }
  });

  test('a full disk is said to be full', async (t) => {
    const fixture = await makePackageFixture(200);
    t.after(() => rm(fixture.dir, { recursive: true }));
    const small = join(fixture.dir, 'small');
    await run('mkdir', [small]);
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]);
    } catch {
      return t.skip('no right to mount a small file system');
    }
    try {
      await assert.rejects(buildPackage({ ...fixture.input, outFile: join(small, 'p.zip') }, fixture.io), isFault('disk-full'));
      assert.deepEqual(await readdir(small), []);
    } finally {
      await run('umount', [small]);
    }
  });

  test('a package that is not there is no report but a fault', async () => {
    await assert.rejects(verifyPackage('/nonexistent/p.zip'), isFault('not-found'));
  });
});
