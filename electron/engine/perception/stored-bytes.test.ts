import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FaultError } from '../../contract/faults.ts';
import { MediaInput } from './media-input.ts';
import { decryptBytes, readPlayable } from './stored-bytes.ts';

const dir = mkdtempSync(join(tmpdir(), 'stored-bytes-'));
const clear = join(import.meta.dirname, '../../../resources/demo/demo-tea/540/003.ts');
after(() => rmSync(dir, { recursive: true }));

function encrypt(): { file: string; encryption: { method: 'AES-128'; keyUri: string; keyHex: string; ivHex: string } } {
  const key = randomBytes(16);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', key, iv);
  const file = join(dir, `${key.toString('hex')}.ts`);
  writeFileSync(file, Buffer.concat([cipher.update(readFileSync(clear)), cipher.final()]));
  return { file, encryption: { method: 'AES-128', keyUri: 'http://host/key', keyHex: key.toString('hex'), ivHex: iv.toString('hex') } };
}

function codeOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (thrown) {
    return thrown instanceof FaultError ? thrown.fault.code : 'thrown';
  }
}

test('an encrypted segment is played and analysed from its key, and the stored bytes stay as they are', () => {
  const { file, encryption } = encrypt();
  const stored = readFileSync(file);
  const media = { container: 'ts' as const, file, initFile: null, encryption };
  assert.ok(readPlayable(media).body.equals(readFileSync(clear)));
  const input = MediaInput.open(media);
  let packets = 0;
  for (const { kind } of input.packets()) packets += kind === 'video' ? 1 : 0;
  const copy = input.source.file;
  input.close();
  assert.ok(packets > 20, `${packets} pictures`);
  assert.notEqual(copy, file);
  assert.equal(existsSync(copy), false);
  assert.ok(readFileSync(file).equals(stored));
});

test('a wrong or missing key is a fault of its own', () => {
  const { file, encryption } = encrypt();
  const bytes = readFileSync(file);
  assert.equal(codeOf(() => decryptBytes(bytes, { ...encryption, keyHex: null }, file)), 'key-unavailable');
  assert.equal(codeOf(() => decryptBytes(bytes.subarray(0, 1001), encryption, file)), 'segment-undecodable');
  assert.equal(codeOf(() => decryptBytes(bytes, { ...encryption, method: 'SAMPLE-AES' }, file)), 'codec-unsupported');
});
