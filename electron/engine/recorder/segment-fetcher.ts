import { join } from 'node:path';
import type { Container } from '../../contract/rooms.ts';
import { FaultError, makeFault, toFault, type Fault } from '../../contract/faults.ts';
import type { AddressPolicy } from './address-policy.ts';
import { toDiskFault } from './disk-fault.ts';
import { openResponse, readBody, safeUrl, segmentLimits } from './http-fetcher.ts';
import { sniffContainer } from './media-sniffer.ts';
import type { ByteRange } from './playlist-parser.ts';
import { PartFile } from '../library/session-files.ts';
import { waitFor } from './waiting.ts';

/** A file received whole and made durable, still under its .part name. */
export type FetchedFile = { partPath: string; container: Container; sha256: string; bytes: number };

/** One file to fetch: into `dir` under `stem`.part, retried for `budgetMs`. */
export type SegmentRequest = { uri: string; range: ByteRange | null; dir: string; stem: string; budgetMs: number; signal: AbortSignal; policy: AddressPolicy };

const retryDelaysMs = [250, 700, 1500, 3000];

/**
 * Fetches one file to disk, hashing it on the way; retries while it may still be had (`budgetMs`).
 * What cannot be had comes back as the fault of the last attempt; nothing partial stays behind.
 */
export async function fetchSegment({ uri, range, dir, stem, budgetMs, signal, policy }: SegmentRequest): Promise<FetchedFile | Fault> {
  const deadline = performance.now() + budgetMs;
  for (let attempt = 0; ; attempt += 1) {
    const result = await fetchOnce({ uri, range, dir, stem, budgetMs, signal, policy });
    if (!('code' in result) || !result.retryable || signal.aborted || result.code.startsWith('disk-')) return result;
    const delayMs = retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)] as number;
    if (performance.now() + delayMs > deadline) return result;
    await waitFor(delayMs, signal);
  }
}

async function fetchOnce({ uri, range, dir, stem, signal, policy }: SegmentRequest): Promise<FetchedFile | Fault> {
  const options = { limits: segmentLimits, signal, policy, acceptCompressed: false, ...(range === null ? {} : { range }) };
  try {
    return await openResponse(uri, options, async (head, response) => {
      const part = await PartFile.create(dir, stem);
      try {
        const bytes = await readBody(head, response, segmentLimits.maxBytes, (chunk) => part.write(chunk));
        if (range !== null && head.statusCode !== 206) throw new FaultError(makeFault('source-unsupported', safeUrl(uri), '服务器不支持按字节范围取分段'));
        const wanted = range !== null ? range.to - range.from + 1 : null;
        if (bytes === 0 || (wanted !== null && wanted !== bytes)) throw new FaultError(makeFault('segment-truncated', safeUrl(uri), `${bytes} of ${wanted ?? 'unknown'} bytes`, { retryable: true }));
        const sealed = await part.seal();
        return { partPath: join(dir, `${stem}.part`), container: sniffContainer(sealed.head, uri), sha256: sealed.sha256, bytes };
      } catch (thrown) {
        await part.discard();
        throw thrown;
      }
    });
  } catch (thrown) {
    return toDiskFault(thrown, dir) ?? toFault(thrown, safeUrl(uri));
  }
}
