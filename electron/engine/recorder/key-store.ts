import { toFault, type Fault } from '../../contract/faults.ts';
import type { Encryption } from '../../contract/rooms.ts';
import type { AddressPolicy } from './address-policy.ts';
import { openResponse, playlistLimits, readBody } from './http-fetcher.ts';
import type { ListedKey } from './playlist-parser.ts';

const keyBytes = 16;
const maxKeys = 256;

/** Keys of one recording by their address; one that could not be had is asked for again with the next segment. */
export class KeyStore {
  readonly #keys = new Map<string, Promise<string | Fault>>();

  /** What goes into a segment's record, with the fault if its key could not be had. */
  async resolve(key: ListedKey, policy: AddressPolicy, signal: AbortSignal): Promise<{ encryption: Encryption; fault: Fault | null }> {
    const encryption: Encryption = { method: key.method, keyUri: key.uri, keyHex: null, ivHex: key.ivHex };
    if (key.method === 'other' || key.uri === '') return { encryption, fault: null };
    let pending = this.#keys.get(key.uri);
    if (pending === undefined) {
      pending = fetchKey(key.uri, policy, signal);
      this.#keys.set(key.uri, pending);
      const oldest = this.#keys.keys().next().value;
      if (this.#keys.size > maxKeys && oldest !== undefined) this.#keys.delete(oldest);
    }
    const found = await pending;
    if (typeof found === 'string') return { encryption: { ...encryption, keyHex: found }, fault: null };
    this.#keys.delete(key.uri);
    return { encryption, fault: { ...found, code: 'key-unavailable', message: `密钥无法取得：${found.message}` } };
  }
}

async function fetchKey(uri: string, policy: AddressPolicy, signal: AbortSignal): Promise<string | Fault> {
  try {
    return await openResponse(uri, { limits: { ...playlistLimits, maxBytes: keyBytes }, signal, policy, acceptCompressed: false }, async (head, response) => {
      const chunks: Buffer[] = [];
      const bytes = await readBody(head, response, keyBytes, (chunk) => void chunks.push(chunk));
      if (bytes !== keyBytes) throw new Error(`a key of ${bytes} bytes`);
      return Buffer.concat(chunks).toString('hex');
    });
  } catch (thrown) {
    return toFault(thrown, uri);
  }
}
