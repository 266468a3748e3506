import { createHash, sign, verify, type KeyObject } from 'node:crypto';

/** A log's tree head: C2SP tlog-checkpoint. */
export type Checkpoint = { origin: string; size: number; root: Buffer };

/** A checkpoint with its signature as read from a signed note. */
export type SignedCheckpoint = Checkpoint & { body: string; keyName: string; keyHash: Buffer; signature: Buffer };

const ED25519_TYPE = 1;

/** The origin line, which is also the name of the signing key; a workstation id is letters, digits, `.`, `_` and `-`. */
export function originOf(workstationId: string): string {
  if (!/^[0-9A-Za-z._-]{1,64}$/.test(workstationId)) throw new RangeError(`${JSON.stringify(workstationId)} is no workstation id`);
  return `zhibojian/${workstationId}`;
}

/** Signs a tree head as a note: three lines, an empty line, one signature line. */
export function createCheckpoint(checkpoint: Checkpoint, key: { privateKey: KeyObject; publicKey: KeyObject }): string {
  const body = formatBody(checkpoint);
  const signature = sign(null, Buffer.from(body, 'utf8'), key.privateKey);
  const blob = Buffer.concat([noteKeyHash(checkpoint.origin, key.publicKey), signature]);
  return `${body}\n— ${checkpoint.origin} ${blob.toString('base64')}\n`;
}

/** Reads a signed checkpoint; null unless it has exactly the form that createCheckpoint writes. The signature is not checked. */
export function parseCheckpoint(text: string): SignedCheckpoint | null {
  const match = /^((zhibojian\/[0-9A-Za-z._-]{1,64})\n(0|[1-9][0-9]{0,15})\n([0-9A-Za-z+/]{43}=)\n)\n— (zhibojian\/[0-9A-Za-z._-]{1,64}) ([0-9A-Za-z+/]{91}=)\n$/u.exec(text);
  if (!match) return null;
  const [, body, origin, sizeText, rootText, keyName, blobText] = match as unknown as [string, string, string, string, string, string, string];
  const size = Number(sizeText);
  const root = Buffer.from(rootText, 'base64');
  const blob = Buffer.from(blobText, 'base64');
  if (!Number.isSafeInteger(size) || root.toString('base64') !== rootText || blob.toString('base64') !== blobText) return null;
  return { origin, size, root, body, keyName, keyHash: blob.subarray(0, 4), signature: blob.subarray(4) };
}

/** Whether the note was signed by this key under the log's own name. */
export function verifyCheckpoint(signed: SignedCheckpoint, publicKey: KeyObject): boolean {
  return (
    signed.keyName === signed.origin &&
    signed.keyHash.equals(noteKeyHash(signed.keyName, publicKey)) &&
    verify(null, Buffer.from(signed.body, 'utf8'), publicKey, signed.signature)
  );
}

/** Key hash of C2SP signed-note: the first four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key). */
export function noteKeyHash(name: string, publicKey: KeyObject): Buffer {
  const jwk = publicKey.export({ format: 'jwk' });
  if (jwk.crv !== 'Ed25519' || jwk.x === undefined) throw new TypeError('not an Ed25519 key');
  return createHash('sha256').update(`${name}\n`).update(Uint8Array.of(ED25519_TYPE)).update(Buffer.from(jwk.x, 'base64url')).digest().subarray(0, 4);
}

function formatBody({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}
