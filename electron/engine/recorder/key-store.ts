import { toFault, type Fault } from '../../contract/faults.ts';
import type { Encryption } from '../../contract/rooms.ts';
import type { AddressPolicy } from './address-policy.ts';
import { openResponse, playlistLimits, readBody } from './http-fetcher.ts';
import type { ListedKey } from './playlist-parser.ts';

const keyBytes = 16;
const maxKeys = 256;
const limits = { ...playlistLimits, connectTimeoutMs: 4000, idleTimeoutMs: 4000, totalTimeoutMs: 5000, maxBytes: keyBytes };
const firstRetryMs = 1000;
const lastRetryMs = 15_000;

type Entry = { pending: Promise<string | Fault>; failures: number; retryAtMs: number };

/** Keys of one recording by their address, each fetched once. One that could not be had is asked for again with later segments, less and less often, so that a dead key server does not slow the footage. */
export class KeyStore {
  readonly #keys = new Map<string, Entry>();

  /** What goes into a segment's record, with the fault if its key could not be had. */
  async resolve(key: ListedKey, policy: AddressPolicy, signal: AbortSignal): Promise<{ encryption: Encryption; fault: Fault | null }> {
    const encryption: Encryption = { method: key.method, keyUri: key.uri, keyHex: null, ivHex: key.ivHex };
    if (key.method === 'other' || key.uri === '') return { encryption, fault: null };
    let entry = this.#keys.get(key.uri);
    if (entry === undefined || (entry.failures > 0 && performance.now() >= entry.retryAtMs)) {
      entry = { pending: fetchKey(key.uri, policy, signal), failures: entry?.failures ?? 0, retryAtMs: Infinity };
      this.#keys.set(key.uri, entry);
      const oldest = this.#keys.keys().next().value;
      if (this.#keys.size > maxKeys && oldest !== undefined) this.#keys.delete(oldest);
    }
    const found = await entry.pending;
    if (typeof found === 'string') {
      entry.failures = 0;
      return { encryption: { ...encryption, keyHex: found }, fault: null };
    }
    if (entry.retryAtMs === Infinity) {
      entry.failures += 1;
      entry.retryAtMs = performance.now() + Math.min(lastRetryMs, firstRetryMs * 2 ** (entry.failures - 1));
    }
    return { encryption, fault: { ...found, code: 'key-unavailable', message: `密钥无法取得：${found.message}` } };
  }
}

async function fetchKey(uri: string, policy: AddressPolicy, signal: AbortSignal): Promise<string | Fault> {
  try {
    return await openResponse(uri, { limits, signal, policy, acceptCompressed: false }, async (head, response) => {
      const chunks: Buffer[] = [];
      const bytes = await readBody(head, response, keyBytes, (chunk) => void chunks.push(chunk));
      if (bytes !== keyBytes) throw new Error(`a key of ${bytes} bytes`);
      return Buffer.concat(chunks).toString('hex');
    });
  } catch (thrown) {
    return toFault(thrown, uri);
  }
}
