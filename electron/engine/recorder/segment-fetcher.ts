import { join } from 'node:path';
import type { Container } from '../../contract/rooms.ts';
import { FaultError, makeFault, toFault, type Fault } from '../../contract/faults.ts';
import type { AddressPolicy } from './address-policy.ts';
import { toDiskFault } from './disk-fault.ts';
import { openResponse, readBody, safeUrl, segmentLimits, type ResponseHead } from './http-fetcher.ts';
import { sniffContainer } from './media-sniffer.ts';
import type { ByteRange } from './playlist-parser.ts';
import { PartFile } from '../library/session-files.ts';
import { findTruncation } from './truncation-check.ts';
import { waitFor } from './waiting.ts';

/** A file received whole and made durable, still under its .part name. */
export type FetchedFile = { partPath: string; container: Container; sha256: string; bytes: number;
  /** The first bytes, at most 32 KiB, for reading headers without opening the file again. */
  head?: Buffer };

/** Bytes of `head` that are kept in memory. */
export const keptHeadBytes = 32 << 10;

/** One file to fetch: into `dir` under `stem`.part, retried for `budgetMs`; for `missingBudgetMs` where the server says that it does not have it (404, 410, 403). */
export type SegmentRequest = { uri: string; range: ByteRange | null; dir: string; stem: string; budgetMs: number; missingBudgetMs?: number; signal: AbortSignal; policy: AddressPolicy;
  /** Told of every attempt that failed, the retried ones too. */
  onFault?: (fault: Fault) => void };

const retryDelaysMs = [250, 700, 1500, 3000];
const missingStatuses = new Set(['403', '404', '410']);

/**
 * Fetches one file to disk, hashing it on the way; retries while it may still be had (`budgetMs`).
 * What cannot be had comes back as the fault of the last attempt; nothing partial stays behind.
 */
export async function fetchSegment(request: SegmentRequest): Promise<FetchedFile | Fault> {
  const beganMs = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    const result = await fetchOnce(request);
    if (!('code' in result) || !result.retryable || request.signal.aborted || result.code.startsWith('disk-')) return result;
    request.onFault?.(result);
    const isMissing = result.code === 'http-status' && missingStatuses.has(result.cause ?? '');
    const budgetMs = isMissing ? request.missingBudgetMs ?? request.budgetMs : request.budgetMs;
    const delayMs = retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)] as number;
    if (performance.now() - beganMs + delayMs > budgetMs) return result;
    await waitFor(delayMs * (0.8 + 0.4 * Math.random()), request.signal);
  }
}

async function fetchOnce({ uri, range, dir, stem, signal, policy }: SegmentRequest): Promise<FetchedFile | Fault> {
  const wantedBytes = range === null ? null : range.to - range.from + 1;
  if (wantedBytes !== null && wantedBytes > segmentLimits.maxBytes) return makeFault('segment-too-large', safeUrl(uri), `a range of ${wantedBytes} bytes`);
  const options = { limits: segmentLimits, signal, policy, acceptCompressed: false, ...(range === null ? {} : { range }) };
  try {
    return await openResponse(uri, options, async (head, response) => {
      if (range !== null && head.statusCode === 206) checkRange(head, range, uri);
      const part = await openPart(dir, stem);
      try {
        // A server that does not know ranges answers 200 with the whole file: what was asked for is cut out of it.
        const isWhole = range !== null && head.statusCode !== 206;
        const kept: Buffer[] = [];
        let keptBytes = 0;
        let storedBytes = 0;
        let at = 0;
        const bytes = await readBody(head, response, segmentLimits.maxBytes, (chunk) => {
          const from = isWhole ? Math.max(0, range.from - at) : 0;
          const to = isWhole ? Math.min(chunk.length, range.to + 1 - at) : chunk.length;
          at += chunk.length;
          if (to <= from) return;
          const slice = from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to);
          storedBytes += slice.length;
          if (keptBytes < keptHeadBytes) {
            kept.push(slice);
            keptBytes += slice.length;
          }
          return part.write(slice);
        });
        if (storedBytes === 0 || (wantedBytes !== null && wantedBytes !== storedBytes)) throw new FaultError(makeFault('segment-truncated', safeUrl(uri), `${storedBytes} of ${wantedBytes ?? 'unknown'} bytes${isWhole ? `, the server knows no ranges and sent ${bytes}` : ''}`, { retryable: true }));
        const sealed = await part.seal();
        const file = { partPath: join(dir, `${stem}.part`), container: sniffContainer(sealed.head, uri), sha256: sealed.sha256, bytes: storedBytes, head: Buffer.concat(kept).subarray(0, keptHeadBytes) };
        const cut = await findTruncation(file.partPath, file.container, file.head, storedBytes);
        if (cut !== null) throw new FaultError(makeFault('segment-truncated', safeUrl(uri), cut, { retryable: true }));
        return file;
      } catch (thrown) {
        await part.discard();
        const disk = toDiskFault(thrown, dir);
        throw disk === null ? thrown : new FaultError(disk); // before it passes for trouble of the network
      }
    });
  } catch (thrown) {
    return toDiskFault(thrown, dir) ?? toFault(thrown, safeUrl(uri));
  }
}

async function openPart(dir: string, stem: string): Promise<PartFile> {
  try {
    return await PartFile.create(dir, stem);
  } catch (thrown) {
    const disk = toDiskFault(thrown, dir);
    throw disk === null ? thrown : new FaultError(disk);
  }
}

function checkRange(head: ResponseHead, range: ByteRange, uri: string): void {
  const said = /^bytes (\d+)-(\d+)\//.exec(head.headers['content-range'] ?? '');
  if (said !== null && (Number(said[1]) !== range.from || Number(said[2]) !== range.to)) {
    throw new FaultError(makeFault('segment-truncated', safeUrl(uri), `bytes ${said[1]}-${said[2]} came for ${range.from}-${range.to}`, { retryable: true }));
  }
}
