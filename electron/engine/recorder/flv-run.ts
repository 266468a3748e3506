import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import { FlvReader } from '../container/flv-reader.ts';
import { FlvFileWriter } from './flv-file-writer.ts';
import { openResponse, safeUrl, type FetchLimits, type ResponseHead } from './http-fetcher.ts';
import type { RunContext, SourceRun } from './source-run.ts';
import { waitFor } from './waiting.ts';

/** Bounds of an HTTP-FLV connection: it lasts as long as the broadcast, but not without bytes. */
const flvLimits: FetchLimits = { connectTimeoutMs: 8000, idleTimeoutMs: 12_000, totalTimeoutMs: 2_147_483_647, maxBytes: Number.MAX_SAFE_INTEGER, maxRedirects: 5 };
const openingBytes = 64 << 10;
const endedPollMs = 10_000;

/** Records an HTTP-FLV address: one long answer, stored byte for byte in files that begin at key frames. */
export class FlvRun implements SourceRun {
  readonly #url: string;
  #connections = 0;
  /** How the last connection began: an address that begins the same again serves a file that is over, not a broadcast. */
  #lastOpening: string | null = null;
  constructor(url: string) {
    this.#url = url;
  }

  forget(): void {
    // Nothing is looked up: every connection asks the address itself.
  }

  async record(context: RunContext): Promise<'ended' | 'stopped'> {
    const { signal, session, policy, roomId } = context;
    if (this.#connections > 0 && session.sessionId === null) await waitFor(endedPollMs, signal);
    if (signal.aborted) return 'stopped';
    await context.passDiskGate();
    const outcome = await openResponse(this.#url, { limits: flvLimits, signal, acceptCompressed: false, policy }, (head, response) => this.#follow(head, response, context));
    if (outcome === 'whole' || outcome === 'repeated') return 'ended';
    throw new FaultError(makeFault('stream-ended', roomId, '对方结束了连接', { retryable: true }));
  }

  async #follow(head: ResponseHead, response: IncomingMessage, context: RunContext): Promise<'whole' | 'repeated' | 'closed'> {
    const { session, roomId } = context;
    const reader = new FlvReader();
    const writer = new FlvFileWriter(context, this.#url, this.#connections > 0);
    const opening = createHash('sha256');
    let received = 0;
    let openingHash: string | null = null;
    let failure: unknown = null;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        if (received < openingBytes) {
          opening.update(chunk.subarray(0, openingBytes - received));
          if (received + chunk.length >= openingBytes) {
            openingHash = opening.digest('hex');
            if (openingHash === this.#lastOpening) return 'repeated';
            this.#lastOpening = openingHash;
          }
        }
        const isFirst = received === 0;
        received += chunk.length;
        const units = reader.push(chunk);
        if (isFirst) await this.#begin(head, chunk, reader.broken, context);
        for (const unit of units) await writer.take(unit);
        if (reader.broken !== null) throw new FaultError(makeFault('stream-invalid', safeUrl(this.#url), `FLV 内容无法继续读取：${reader.broken}`, { retryable: true }));
      }
    } catch (thrown) {
      failure = thrown;
    }
    const isDisk = failure instanceof FaultError ? failure.fault.code.startsWith('disk-') : (failure as NodeJS.ErrnoException | null)?.syscall !== undefined && (failure as NodeJS.ErrnoException).code?.startsWith('E') === true && !isSocketError(failure);
    await (isDisk ? writer.abandon() : writer.finish());
    if (reader.heldBytes > 0 && session.sessionId !== null) await session.addEvent('note', null, { what: 'incomplete-tail', bytes: reader.heldBytes });
    if (failure !== null) {
      const isCut = isSocketError(failure) && (failure as Error).message === 'aborted';
      if (isCut && !context.signal.aborted) throw new FaultError(makeFault('stream-ended', roomId, '连接中断', { retryable: true, cause: failure }));
      throw failure;
    }
    if (openingHash === null && received > 0) {
      const short = opening.digest('hex');
      if (short === this.#lastOpening) return 'repeated';
      this.#lastOpening = short;
    }
    return head.declaredBytes !== null && received === head.declaredBytes ? 'whole' : 'closed';
  }

  async #begin(head: ResponseHead, first: Buffer, broken: string | null, context: RunContext): Promise<void> {
    if (broken !== null) throw new FaultError(toStartFault(first, this.#url, broken));
    const { session } = context;
    await session.open(session.clock.nowMs());
    session.clockOffsetMs = head.clockOffsetMs;
    await session.addCapture({
      requestedUrl: this.#url, playlistUrl: head.url, remoteAddress: head.remoteAddress, statusCode: head.statusCode,
      headers: Object.fromEntries(Object.entries(head.headers).filter(([name]) => name !== 'set-cookie')), tlsChain: head.tlsChain, playlists: [], clockOffsetMs: head.clockOffsetMs,
    });
    if (head.clockOffsetMs !== null) context.setClock(head.clockOffsetMs, `HTTP Date ${new URL(head.url).host}`);
    if (this.#connections > 0) await session.addEvent('reconnected', session.lastFault, { connection: this.#connections });
    this.#connections += 1;
    context.succeeded();
  }
}

/** Says what the address sent instead of FLV. */
function toStartFault(first: Buffer, url: string, broken: string): Fault {
  const text = first.toString('utf8', 0, 256).trimStart();
  if (/^<(!doctype|html|head|body|\?xml)/i.test(text)) return makeFault('playlist-html', safeUrl(url), '地址返回的是网页，不是直播流', { retryable: true });
  return makeFault('stream-invalid', safeUrl(url), `内容不是 FLV 直播流：${broken}`, { retryable: true });
}

function isSocketError(thrown: unknown): boolean {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  return code === 'ECONNRESET' || code === 'ETIMEDOUT' || code === 'EPIPE' || code === 'ECONNABORTED' || (typeof code === 'string' && code.startsWith('HPE_'));
}
