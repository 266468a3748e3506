import { FaultError, makeFault } from '../../contract/faults.ts';
import { readExpiry } from './expiry-reader.ts';
import { openHttpFlv } from './flv-http-opener.ts';
import { FlvRun } from './flv-run.ts';
import { HlsRun } from './hls-run.ts';
import { safeUrl } from './http-fetcher.ts';
import { resolvePage } from './page-resolver.ts';
import type { RunContext, SourceRun } from './source-run.ts';

const renewBeforeMs = 90_000;
const shortestLeaseMs = 15_000;

/** Records the stream behind a page: resolves the page, records what it finds, and resolves again before the address expires and after it has failed. */
export class ResolvedRun implements SourceRun {
  readonly #pageUrl: string;
  #inner: { run: SourceRun; headers: Record<string, string>; expiresMs: number | null } | null = null;
  #times = 0;
  constructor(pageUrl: string) {
    this.#pageUrl = pageUrl;
  }

  forget(): void {
    this.#inner = null;
  }

  async record(context: RunContext): Promise<'ended' | 'stopped'> {
    while (!context.signal.aborted) {
      const inner = (this.#inner ??= await this.#resolve(context));
      const renew = new AbortController();
      const leaseMs = inner.expiresMs === null ? null : Math.max(shortestLeaseMs, inner.expiresMs - renewBeforeMs - Date.now());
      const timer = leaseMs === null || leaseMs > 2_147_483_647 ? null : setTimeout(() => renew.abort(), leaseMs);
      try {
        const outcome = await inner.run.record({ ...context, policy: { ...context.policy, headers: inner.headers }, signal: AbortSignal.any([context.signal, renew.signal]) });
        if (!renew.signal.aborted || context.signal.aborted) return outcome;
      } catch (thrown) {
        if (!renew.signal.aborted || context.signal.aborted) throw thrown;
      } finally {
        if (timer !== null) clearTimeout(timer);
      }
      this.#inner = null; // the address is about to expire: what the next one serves again is known by its content
    }
    return 'stopped';
  }

  async #resolve({ session, signal, policy, roomId }: RunContext): Promise<{ run: SourceRun; headers: Record<string, string>; expiresMs: number | null }> {
    const found = await resolvePage(this.#pageUrl, signal).catch((thrown: unknown) => {
      if (thrown instanceof FaultError) session.noteEvent('resolver', thrown.fault, { page: safeUrl(this.#pageUrl) });
      throw thrown;
    });
    const expiresMs = readExpiry(found.url);
    session.noteEvent(this.#times === 0 ? 'resolver' : 'address-renewed', null, {
      page: safeUrl(this.#pageUrl), address: safeUrl(found.url), command: found.command, tookMs: found.tookMs, expiresAt: expiresMs === null ? null : new Date(expiresMs).toISOString(),
    });
    this.#times += 1;
    if (found.url === this.#pageUrl && found.kind === 'hls' && !/\.m3u8(\?|$)/i.test(found.url)) throw new FaultError(makeFault('resolver-failed', roomId, '解析工具只给回了网页本身', { retryable: true }));
    return { run: found.kind === 'flv' ? new FlvRun(found.url, openHttpFlv) : new HlsRun(found.url, { ...policy, headers: found.headers }), headers: found.headers, expiresMs };
  }
}
