import { createHash } from 'node:crypto';
import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import type { CaptureRecord } from '../../contract/recording.ts';
import { FlvReader } from '../container/flv-reader.ts';
import { toDiskFault } from './disk-fault.ts';
import { FlvFileWriter } from './flv-file-writer.ts';
import { FlvReplayTracker } from './flv-replay-tracker.ts';
import { safeUrl } from './http-fetcher.ts';
import type { RunContext, SourceRun } from './source-run.ts';
import { waitFor } from './waiting.ts';

/** A connection that brings FLV bytes. */
export type FlvConnection = {
  chunks: AsyncIterable<Buffer>;
  declaredBytes: number | null;
  capture: Omit<CaptureRecord, 'at' | 'requestedUrl'>;
  /** What a reader of the recording must know of how these bytes came; null for bytes as sent by the server. */
  note: string | null;
};

/** Opens a connection and closes it when `consume` is through. Throws FaultError. */
export type FlvOpener = <T>(url: string, context: Pick<RunContext, 'signal' | 'policy'>, consume: (connection: FlvConnection) => Promise<T>) => Promise<T>;

/** When a source without new footage counts as over: after this many attempts in a row and this long. */
export type EndRule = { attempts: number; afterMs: number };

type Outcome = 'whole' | 'repeated' | 'closed';

const openingBytes = 64 << 10;
/** No server keeps so much of a broadcast for newcomers: an address that begins the same again after this much serves a file. */
const longMs = 30_000;
const usefulMs = 2000;
const endedPollMs = 10_000;
const tagTimeoutMs = 12_000;

/** Records an address that sends FLV: one long answer, stored byte for byte in files that begin at key frames. */
export class FlvRun implements SourceRun {
  readonly #url: string;
  readonly #open: FlvOpener;
  readonly #endRule: EndRule;
  readonly #replay = new FlvReplayTracker();
  #connections = 0;
  #lastOpening: string | null = null;
  #lastWasLong = false;
  #fruitless = 0;
  #usefulAtMs = performance.now();

  constructor(url: string, open: FlvOpener, endRule: EndRule = { attempts: 4, afterMs: 60_000 }) {
    this.#url = url;
    this.#open = open;
    this.#endRule = endRule;
  }

  forget(): void {
    // Nothing is looked up: every connection asks the address itself.
  }

  async record(context: RunContext): Promise<'ended' | 'stopped'> {
    const { signal, session, roomId } = context;
    if (this.#connections > 0 && session.sessionId === null) await waitFor(endedPollMs, signal);
    if (signal.aborted) return 'stopped';
    await context.passDiskGate();
    try {
      const outcome = await this.#open(this.#url, context, (connection) => this.#follow(connection, context));
      if (signal.aborted) return 'stopped';
      if (outcome !== 'closed' || this.#isOver(context)) return 'ended';
    } catch (thrown) {
      if (signal.aborted) return 'stopped';
      if (thrown instanceof FaultError && thrown.fault.code === 'http-status' && ['404', '410'].includes(thrown.fault.cause ?? '')) {
        this.#fruitless += 1;
        if (this.#isOver(context)) return 'ended';
      }
      throw thrown;
    }
    throw new FaultError(makeFault('stream-ended', roomId, '对方结束了连接', { retryable: true }));
  }

  #isOver({ session }: RunContext): boolean {
    return session.sessionId !== null && this.#fruitless >= this.#endRule.attempts && performance.now() - this.#usefulAtMs >= this.#endRule.afterMs;
  }

  async #follow(connection: FlvConnection, context: RunContext): Promise<Outcome> {
    const { session, roomId } = context;
    if (session.sessionId === null) this.#replay.clear();
    this.#replay.turn();
    const reader = new FlvReader();
    const writer = new FlvFileWriter(context, this.#url, this.#replay, this.#connections > 0);
    const opening = new Opening();
    const counts = { received: 0, fedAtMs: performance.now(), held: [] as Buffer[] };
    let failure: unknown = null;
    const feed = async (chunk: Buffer): Promise<void> => {
      const isFirst = counts.received === 0;
      counts.received += chunk.length;
      const units = reader.push(chunk);
      if (isFirst) await this.#begin(connection, chunk, reader.broken, context);
      if (units.length > 0) counts.fedAtMs = performance.now();
      else if (performance.now() - counts.fedAtMs > tagTimeoutMs) throw new FaultError(makeFault('source-stalled', safeUrl(this.#url), `${tagTimeoutMs / 1000} 秒内没有完整的数据`, { retryable: true }));
      for (const unit of units) await writer.take(unit);
      if (reader.broken !== null) throw new FaultError(makeFault('stream-invalid', safeUrl(this.#url), `FLV 内容无法继续读取：${reader.broken}`, { retryable: true }));
    };
    try {
      for await (const chunk of connection.chunks) {
        const isOpen = opening.take(chunk);
        if (!isOpen && this.#lastWasLong && opening.hash === null) {
          counts.held.push(chunk); // an address that serves the same file again must not open another session
          continue;
        }
        if (isOpen && this.#isRepeated(opening)) return 'repeated';
        for (const held of counts.held.splice(0)) await feed(held);
        await feed(chunk);
      }
      if (counts.held.length > 0 && !this.#isRepeated(opening)) for (const held of counts.held.splice(0)) await feed(held);
    } catch (thrown) {
      failure = thrown;
    }
    const diskFault = failure === null ? null : toDiskFault(failure, context.session.sessionId === null ? '' : session.dir);
    try {
      await (diskFault === null ? writer.finish() : writer.abandon());
    } catch (thrown) {
      await writer.abandon();
      failure = thrown;
    }
    if (reader.heldBytes > 0 && session.sessionId !== null) await session.addEvent('note', null, { what: 'incomplete-tail', bytes: reader.heldBytes });
    if (reader.wrongSizes > 0 && session.sessionId !== null) await session.addEvent('note', null, { what: 'wrong-tag-sizes', tags: reader.wrongSizes });
    this.#lastOpening = opening.finish();
    this.#lastWasLong = writer.newMediaMs >= longMs;
    if (writer.newMediaMs >= usefulMs) [this.#fruitless, this.#usefulAtMs] = [0, performance.now()];
    else this.#fruitless += 1;
    if (diskFault !== null) throw new FaultError(diskFault); // as it is: what opened the connection would take it for trouble of the line
    if (failure !== null) throw context.signal.aborted ? failure : toConnectionFault(failure, roomId);
    if (connection.declaredBytes !== null && counts.received === connection.declaredBytes) {
      this.#lastWasLong = true;
      return 'whole';
    }
    return writer.isOnlyReplay && this.#fruitless > 1 ? 'repeated' : 'closed';
  }

  #isRepeated(opening: Opening): boolean {
    return this.#lastWasLong && opening.finish() === this.#lastOpening;
  }

  async #begin({ capture, note }: FlvConnection, first: Buffer, broken: string | null, context: RunContext): Promise<void> {
    if (broken !== null) throw new FaultError(toStartFault(first, this.#url, broken));
    const { session } = context;
    await session.open(session.clock.nowMs());
    session.clockOffsetMs = capture.clockOffsetMs;
    await session.addCapture({ requestedUrl: this.#url, ...capture });
    if (capture.clockOffsetMs !== null) context.setClock(capture.clockOffsetMs, `HTTP Date ${new URL(capture.playlistUrl).host}`);
    if (this.#connections > 0) await session.addEvent('reconnected', session.lastFault, { connection: this.#connections });
    if (note !== null) await session.addEvent('note', null, { what: note });
    this.#connections += 1;
    context.succeeded();
  }
}

/** The hash of a connection's first bytes. */
class Opening {
  readonly #hash = createHash('sha256');
  #bytes = 0;
  /** Null until it is whole. */
  hash: string | null = null;

  /** Takes a chunk; true when it made the opening whole. */
  take(chunk: Buffer): boolean {
    if (this.hash !== null) return false;
    this.#hash.update(chunk.subarray(0, openingBytes - this.#bytes));
    this.#bytes += chunk.length;
    if (this.#bytes < openingBytes) return false;
    this.finish();
    return true;
  }

  /** What there is, however short. */
  finish(): string {
    return (this.hash ??= this.#hash.digest('hex'));
  }
}

/** Says what the address sent instead of FLV. */
function toStartFault(first: Buffer, url: string, broken: string): Fault {
  const text = first.toString('utf8', 0, 256).trimStart();
  if (/^<(!doctype|html|head|body|\?xml)/i.test(text)) return makeFault('playlist-html', safeUrl(url), '地址返回的是网页，不是直播流', { retryable: true });
  return makeFault('stream-invalid', safeUrl(url), `内容不是 FLV 直播流：${broken}`, { retryable: true });
}

/** A connection that ended otherwise than by its server's will. */
function toConnectionFault(thrown: unknown, roomId: string): unknown {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code === 'ETIMEDOUT') return new FaultError(makeFault('source-stalled', roomId, '直播源没有再发送数据', { retryable: true, cause: thrown }));
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED' || code?.startsWith('HPE_') === true) return new FaultError(makeFault('stream-ended', roomId, '连接中断', { retryable: true, cause: thrown }));
  return thrown;
}
