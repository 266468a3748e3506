import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createCheckpoint, noteKeyHash, originOf, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';

const key = generateKeyPairSync('ed25519');
const root = createHash('sha256').update('root').digest();
const text = createCheckpoint({ origin: originOf('ws-1'), size: 42, root }, key);

test('a checkpoint reads back and verifies', () => {
  const signed = parseCheckpoint(text);
  assert.ok(signed);
  assert.equal(signed.origin, 'zhibojian/ws-1');
  assert.equal(signed.size, 42);
  assert.deepEqual(signed.root, root);
  assert.ok(verifyCheckpoint(signed, key.publicKey));
  assert.ok(!verifyCheckpoint(signed, generateKeyPairSync('ed25519').publicKey));
  assert.deepEqual(text.split('\n').slice(0, 4), ['zhibojian/ws-1', '42', root.toString('base64'), '']);
});

test('the key hash of the example key in the signed-note definition (Go sumdb note: PeterNeumann+c74f20a3)', () => {
  const raw = Buffer.from('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'base64');
  assert.equal(raw[0], 1);
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: raw.subarray(1).toString('base64url') } });
  assert.equal(noteKeyHash('PeterNeumann', publicKey).toString('hex'), 'c74f20a3');
});

test('no flipped byte survives', () => {
  const bytes = Buffer.from(text, 'utf8');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const bent = Buffer.from(bytes);
      bent[at]! ^= mask;
      const signed = parseCheckpoint(bent.toString('utf8'));
      assert.ok(signed === null || !verifyCheckpoint(signed, key.publicKey));
    }),
    { numRuns: 1000 },
  );
});

test('a name that could break the note is refused', () => {
  for (const id of ['', 'a b', 'a\nb', 'a/b', 'é', 'x'.repeat(65)]) assert.throws(() => originOf(id), RangeError);
});

test('signing is what any Ed25519 does: the same key, the same note', () => {
  const again = createPrivateKey(key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  assert.equal(createCheckpoint({ origin: 'zhibojian/ws-1', size: 42, root }, { privateKey: again, publicKey: key.publicKey }), text);
});
