import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError, makeFault } from '../../contract/faults.ts';

/** The workstation's Ed25519 key; `keyId` is the SHA-256 of the public key's SPKI DER, in hex. */
export type SigningKey = { privateKey: KeyObject; publicKey: KeyObject; publicKeyPem: string; keyId: string };

const KEY_FILE = 'signing-key.pem';

/** Reads the key kept in `dir`, or makes one (PKCS#8 PEM, mode 0600) that no second caller can replace. Throws FaultError. */
export async function loadOrCreateSigningKey(dir: string): Promise<SigningKey> {
  const file = join(dir, KEY_FILE);
  const present = await readIfPresent(file);
  if (present !== null) return readKey(present, file);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const temporary = join(dir, `.${KEY_FILE}.${randomUUID()}`);
  const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await handle.writeFile(pem);
    await handle.sync();
    await handle.close();
    // A link fails where a rename would replace: whoever comes second takes the first one's key.
    await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await handle.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
  }
  await syncFolder(dir);
  return readKey(await readFile(file, 'utf8'), file);
}

/** Wraps a private key with its public half and id. */
export function describeKey(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  return { privateKey, publicKey, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) as string, keyId: keyIdOf(publicKey) };
}

/** SHA-256 of a public key's SPKI DER, in hex: what `openssl pkey -pubin -outform DER | sha256sum` prints. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
}

function readKey(pem: string, file: string): SigningKey {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new FaultError(makeFault('internal', file, 'the signing key cannot be read; restore it from a backup, or move it away to begin a new one', { cause }));
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new FaultError(makeFault('internal', file, `the signing key is ${key.asymmetricKeyType}, not Ed25519`));
  return describeKey(key);
}

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes a rename or link durable; a platform that cannot open folders (Windows) journals them itself. */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r').catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}
