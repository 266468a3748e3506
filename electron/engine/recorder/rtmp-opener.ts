import { fork, type ChildProcess } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import { RtmpPullReply } from '../../contract/recording.ts';
import { isPrivateAddress, type AddressPolicy } from './address-policy.ts';
import type { FlvConnection } from './flv-run.ts';
import { safeUrl } from './http-fetcher.ts';
import type { RunContext } from './source-run.ts';

const workerFile = join(import.meta.dirname, '..', 'perception', 'rtmp-pull-worker.ts');
const openTimeoutMs = 10_000;
const idleTimeoutMs = 12_000;
/** What FFmpeg returns where the server answers the wish to play with an error: AVERROR(EPERM). */
const refusedCode = -1;

/**
 * Opens an RTMP address in a child of its own and hands its bytes on as FLV: each tag holds a message's body as the server sent it; the tags' frames are written here, which a note says.
 * Throws FaultError.
 */
export async function openRtmp<T>(url: string, { signal, policy }: Pick<RunContext, 'signal' | 'policy'>, consume: (connection: FlvConnection) => Promise<T>): Promise<T> {
  const remoteAddress = await findHost(url, policy);
  const child = fork(workerFile, { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const puller = new Puller(child, url);
    await puller.opened(signal);
    return await consume({
      chunks: puller.chunks(), declaredBytes: null, note: 'rtmp-as-flv',
      capture: { playlistUrl: safeUrl(url), remoteAddress, statusCode: 0, tlsChain: [], playlists: [], clockOffsetMs: null, headers: {} },
    });
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Looks the host up; refuses private addresses where the room does not allow them. The child looks it up again: see docs/decisions/0006-rtmp.md. */
async function findHost(url: string, policy: AddressPolicy): Promise<string> {
  if (!URL.canParse(url) || new URL(url).hostname === '') throw new FaultError(makeFault('url-invalid', '', `不是有效的地址：${url.slice(0, 200)}`));
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const addresses = await lookup(host, { all: true }).catch((thrown: unknown) => {
    throw new FaultError(makeFault('dns-failed', host, `找不到主机 ${host}`, { retryable: true, cause: thrown }));
  });
  const refused = policy.allowPrivate ? undefined : addresses.find(({ address }) => isPrivateAddress(address));
  if (refused !== undefined) throw new FaultError(makeFault('address-private', host, `${host}（${refused.address}）是内部网络地址，未予访问`));
  return addresses[0]?.address ?? '';
}

class Puller {
  readonly #child: ChildProcess;
  readonly #url: string;
  #failure: Fault | null = null;
  constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  /** Resolves once the server plays the stream. */
  opened(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (fault: Fault): void => {
        this.#failure = fault;
        clearTimeout(timer);
        reject(new FaultError(fault));
      };
      const timer = setTimeout(() => fail(makeFault('timed-out', safeUrl(this.#url), `${openTimeoutMs / 1000} 秒内未能连接`, { retryable: true })), openTimeoutMs);
      this.#child.on('message', (raw) => {
        const reply = RtmpPullReply.parse(raw);
        if (reply.type === 'failed') return fail(makeFault('connect-failed', safeUrl(this.#url), reply.code === refusedCode ? '服务器拒绝播放：没有这个流，或尚未开播' : `未能打开 RTMP 流：${reply.message}`, { retryable: true, cause: String(reply.code) }));
        clearTimeout(timer);
        resolve();
      });
      this.#child.once('error', (error) => fail(makeFault('child-crashed', safeUrl(this.#url), error.message, { retryable: true })));
      this.#child.once('exit', () => fail(signal.aborted ? makeFault('cancelled', safeUrl(this.#url), 'cancelled') : this.#failure ?? makeFault('child-crashed', safeUrl(this.#url), 'RTMP 子进程意外退出', { retryable: true })));
      this.#child.send({ url: this.#url });
    });
  }

  /** The stream's bytes until it ends; throws an error with code ETIMEDOUT when none come, ECONNRESET when the connection broke. */
  async* chunks(): AsyncGenerator<Buffer> {
    const output = this.#child.stdout as Readable;
    let isIdle = false;
    const timer = setTimeout(() => {
      isIdle = true;
      this.#child.kill('SIGKILL');
    }, idleTimeoutMs);
    try {
      for await (const chunk of output as AsyncIterable<Buffer>) {
        yield chunk;
        timer.refresh(); // what the reader does with it is not the server's silence
      }
    } finally {
      clearTimeout(timer);
    }
    if (isIdle) throw Object.assign(new Error(`nothing received for ${idleTimeoutMs} ms`), { code: 'ETIMEDOUT' });
    if (this.#failure !== null && this.#failure.code === 'connect-failed') throw Object.assign(new Error(this.#failure.message), { code: 'ECONNRESET' });
  }
}
