import { measureClock, type ClockMeasurement } from './sntp-client.ts';
import { SteadyClock } from './steady-clock.ts';

/** What a clock watch tells. */
export type ClockWatchOptions = {
  /** `isNews`: the clock stands elsewhere than was last known, beyond what either measurement may be off, or a source of another kind says so. */
  onMeasured: (measured: ClockMeasurement, isNews: boolean) => void;
  /** The system's clock jumped by so many milliseconds against the monotonic one. */
  onStep: (stepMs: number) => void;
};

const lookMs = 1000;
const stepMs = 500;
const measureAgainMs = 10 * 60_000;
const retryMs = 60_000;
/** An answer this old says less than the Date of a server that answers now: clocks of laptops drift by seconds a day. */
const staleMs = 60 * 60_000;

/** Two measurements closer than this say the same. */
const newsMs = 200;

function isSntp({ source }: ClockMeasurement): boolean {
  return source.startsWith('SNTP');
}

/** Watches the system's clock: measures it against time servers where they answer, and notices when it is set. */
export class ClockWatch {
  readonly #options: ClockWatchOptions;
  readonly #steady = new SteadyClock();
  readonly #stop = new AbortController();
  #servers: readonly string[] = [];
  #best: ClockMeasurement | null = null;
  #told: ClockMeasurement | null = null;
  #dueMs = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #isMeasuring = false;
  readonly #timer: NodeJS.Timeout;

  readonly #now: () => number;

  /** `now` gives monotonic milliseconds. */
  constructor(options: ClockWatchOptions, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#now = now;
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

  /** Takes what an HTTP answer's Date said; a time server's answer is better and stays for an hour. */
  noteDate(offsetMs: number, source: string): void {
    if (this.#best !== null && isSntp(this.#best) && this.#now() - this.#askedAtMs < staleMs) return;
    this.#take({ offsetMs, uncertaintyMs: 500, source });
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
    if (this.#servers.length > 0 && !this.#isMeasuring && this.#now() >= this.#dueMs) void this.#measure();
  }

  async #measure(): Promise<void> {
    this.#isMeasuring = true;
    const measured = await measureClock(this.#servers, this.#stop.signal);
    this.#isMeasuring = false;
    this.#dueMs = this.#now() + (measured === null ? retryMs : measureAgainMs);
    if (measured === null || this.#stop.signal.aborted) return;
    this.#askedAtMs = this.#now();
    this.#take(measured);
  }

  #take(measured: ClockMeasurement): void {
    this.#best = measured;
    const isNews = this.#told === null || isSntp(this.#told) !== isSntp(measured)
      || Math.abs(this.#told.offsetMs - measured.offsetMs) > Math.max(newsMs, this.#told.uncertaintyMs + measured.uncertaintyMs);
    if (isNews) this.#told = measured;
    this.#options.onMeasured(measured, isNews);
  }
}
