import { measureClock, type ClockMeasurement } from './sntp-client.ts';
import { SteadyClock } from './steady-clock.ts';

/** What a clock watch tells. */
export type ClockWatchOptions = {
  onMeasured: (measured: ClockMeasurement) => void;
  /** The system's clock jumped by so many milliseconds against the monotonic one. */
  onStep: (stepMs: number) => void;
};

const lookMs = 1000;
const stepMs = 500;
const measureAgainMs = 10 * 60_000;
const retryMs = 60_000;

/** Watches the system's clock: measures it against time servers where they answer, and notices when it is set. */
export class ClockWatch {
  readonly #options: ClockWatchOptions;
  readonly #steady = new SteadyClock();
  readonly #stop = new AbortController();
  #servers: readonly string[] = [];
  #best: ClockMeasurement | null = null;
  #dueMs = 0;
  #isMeasuring = false;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), lookMs);
    this.#timer.unref();
  }

  /** The best measurement known; null before the first. */
  get measured(): ClockMeasurement | null {
    return this.#best;
  }

  /** Sets the time servers (`host` or `host:port`) and asks them at once. */
  setServers(servers: readonly string[]): void {
    this.#servers = servers;
    this.#dueMs = 0;
    this.#look();
  }

  /** Takes what an HTTP answer's Date said; a time server's answer is better and stays. */
  noteDate(offsetMs: number, source: string): void {
    if (this.#best?.source.startsWith('SNTP') === true) return;
    this.#best = { offsetMs, uncertaintyMs: 500, source };
    this.#options.onMeasured(this.#best);
  }

  /** Stops looking and measuring. */
  stop(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  #look(): void {
    const step = this.#steady.stepMs;
    if (Math.abs(step) >= stepMs) {
      this.#steady.anchor();
      this.#best = null;
      this.#dueMs = 0;
      this.#options.onStep(step);
    }
    if (this.#servers.length > 0 && !this.#isMeasuring && performance.now() >= this.#dueMs) void this.#measure();
  }

  async #measure(): Promise<void> {
    this.#isMeasuring = true;
    const measured = await measureClock(this.#servers, this.#stop.signal);
    this.#isMeasuring = false;
    this.#dueMs = performance.now() + (measured === null ? retryMs : measureAgainMs);
    if (measured === null || this.#stop.signal.aborted) return;
    this.#best = measured;
    this.#options.onMeasured(measured);
  }
}
