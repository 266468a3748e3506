import { FaultError, makeFault } from '../../contract/faults.ts';
import { waitFor } from './waiting.ts';

type Host = {
  /** Until when the server asked not to be visited (monotonic ms). */
  closedUntilMs: number;
  /** Failed without a good answer since: requests then cost tokens. */
  failing: boolean;
  tokens: number; filledAtMs: number;
};

const burst = 8;
const tokensPerSecond = 4;
const maxQueueMs = 5000;
const maxClosedMs = 120_000;
const maxHosts = 1024;

/** Keeps many rooms of one host from storming it: while a host fails, all rooms together send it 4 requests a second (8 at once); where it named a time (Retry-After) none before that. */
export class HostGate {
  readonly #hosts = new Map<string, Host>();

  /** Waits for the host's turn; throws `too-busy` where the server asked to stay away or the queue is too long. Costs nothing while the host is well. */
  async pass(host: string, signal: AbortSignal): Promise<void> {
    const known = this.#hosts.get(host);
    if (known === undefined) return;
    const nowMs = performance.now();
    if (known.closedUntilMs > nowMs) throw tooBusy(host, known.closedUntilMs - nowMs, '服务器要求稍后再试');
    if (!known.failing) return;
    known.tokens = Math.min(burst, known.tokens + ((nowMs - known.filledAtMs) / 1000) * tokensPerSecond);
    known.filledAtMs = nowMs;
    if (known.tokens < 1 - (maxQueueMs / 1000) * tokensPerSecond) throw tooBusy(host, maxQueueMs, '同一主机的请求过多');
    known.tokens -= 1;
    if (known.tokens < 0) await waitFor((-known.tokens / tokensPerSecond) * 1000, signal);
  }

  /** The host answered as it should. */
  noteSuccess(host: string): void {
    const known = this.#hosts.get(host);
    if (known !== undefined && known.closedUntilMs <= performance.now()) this.#hosts.delete(host);
  }

  /** The host did not answer, or with an error of its own; `retryAfter` is the header's text. */
  noteFailure(host: string, retryAfter: string | null): void {
    const nowMs = performance.now();
    let known = this.#hosts.get(host);
    if (known === undefined) {
      known = { closedUntilMs: 0, failing: true, tokens: burst, filledAtMs: nowMs };
      this.#hosts.set(host, known);
      const oldest = this.#hosts.keys().next().value;
      if (this.#hosts.size > maxHosts && oldest !== undefined) this.#hosts.delete(oldest);
    }
    known.failing = true;
    const askedMs = readRetryAfter(retryAfter, Date.now());
    if (askedMs !== null) known.closedUntilMs = nowMs + Math.min(maxClosedMs, askedMs);
  }
}

function tooBusy(host: string, waitMs: number, message: string): FaultError {
  return new FaultError(makeFault('too-busy', host, message, { retryable: true, cause: String(Math.ceil(waitMs / 1000)) }));
}

/** Reads a Retry-After header (seconds or a date) as milliseconds from now; null where it says nothing usable. Pure. */
export function readRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null || header === '') return null;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) || atMs < nowMs ? null : atMs - nowMs;
}
