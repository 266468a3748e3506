import { fileURLToPath } from 'node:url';
import { FaultError, makeFault } from '../../contract/faults.ts';
import type { Fault } from '../../contract/faults.ts';
import { PerceptionReply } from '../../contract/perception.ts';
import type { PerceptionRequest } from '../../contract/perception.ts';
import type { ChildStatus } from '../../contract/status.ts';
import { ChildSupervisor } from '../supervise/child-supervisor.ts';

/** A request before it has an id; the client gives it one. */
export type PerceptionAsk = PerceptionRequest extends infer R ? (R extends PerceptionRequest ? Omit<R, 'id'> : never) : never;
/** An answer that is none of `failed` and `ready`. */
export type PerceptionAnswer = Exclude<PerceptionReply, { type: 'failed' | 'ready' }>;
type ReplyTypes = { decode: 'decoded'; ocr: 'read'; speech: 'heard'; clip: 'clipped'; frames: 'framed'; probe: 'probed'; split: 'split'; view: 'viewed' };
/** The answer that belongs to a kind of request. */
export type AnswerTo<A extends PerceptionAsk> = Extract<PerceptionAnswer, { type: ReplyTypes[A['type']] }>;

/** How a lane's child is started. */
export type PerceptionClientOptions = {
  lane: 'decode' | 'ocr' | 'speech';
  modelsDir: string;
  userModelsDir: string | null;
  onStatus: (status: ChildStatus) => void;
  /** Called whenever the child says that it is ready, with what it says of its model. */
  onReady?: (fault: Fault | null, versions: Record<string, string>) => void;
};

type Waiting = { resolve: (answer: PerceptionAnswer) => void; reject: (error: FaultError) => void; release: () => void };

/** One perception lane as the engine sees it: requests in, answers or faults out, the child restarted behind it. */
export class PerceptionClient {
  readonly #supervisor: ChildSupervisor<PerceptionRequest, PerceptionReply>;
  readonly #options: PerceptionClientOptions;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #isReady = false;
  #laneFault: Fault | null = null;
  #versions: Record<string, string> = {};
  #readyWaiters: (() => void)[] = [];

  constructor(options: PerceptionClientOptions) {
    this.#options = options;
    this.#supervisor = new ChildSupervisor<PerceptionRequest, PerceptionReply>({
      name: options.lane, niceness: 10,
      entryFile: fileURLToPath(new URL('./perception-worker.ts', import.meta.url)),
      args: [options.lane, '--models', options.modelsDir, ...(options.userModelsDir === null ? [] : ['--user-models', options.userModelsDir])],
      reportSchema: PerceptionReply,
      onReport: (reply) => this.#receive(reply),
      onStatus: (status) => this.#watch(status),
    });
  }

  /** Starts the child. */
  start(): void {
    this.#supervisor.start();
  }

  /** The child as the status screen shows it. */
  get status(): ChildStatus {
    return this.#supervisor.status;
  }

  /** True from the child's `ready` until it ends. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Why the lane cannot work though its child runs (no model); null when it can or is not ready yet. */
  get laneFault(): Fault | null {
    return this.#laneFault;
  }

  /** Versions that the child reported. */
  get versions(): Record<string, string> {
    return this.#versions;
  }

  /** Resolves once the child is ready: at once, or after the next start. */
  ready(): Promise<void> {
    return this.#isReady ? Promise.resolve() : new Promise((resolve) => this.#readyWaiters.push(resolve));
  }

  /**
   * Asks the child, waiting for it to be ready. Rejects with a FaultError when the child says `failed`, crashes, is
   * cancelled or takes longer than `timeoutMs` (counted from when it was sent): then the child is killed and restarted.
   */
  async request<A extends PerceptionAsk>(ask: A, { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal }): Promise<AnswerTo<A>> {
    const cancelled = (): FaultError => new FaultError(makeFault('cancelled', this.#options.lane, `${ask.type} was cancelled`));
    if (signal?.aborted === true) throw cancelled();
    const started = await Promise.race([
      this.ready().then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), timeoutMs).unref()),
    ]);
    if (!started) throw new FaultError(makeFault('timed-out', this.#options.lane, `the ${this.#options.lane} process did not get ready in ${timeoutMs} ms`, { retryable: true }));
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<PerceptionAnswer>();
    const timer = setTimeout(() => this.#supervisor.kill(makeFault('timed-out', this.#options.lane, `${ask.type} took longer than ${timeoutMs} ms`, { retryable: true })), timeoutMs);
    const onAbort = (): void => this.#settle(id)?.reject(cancelled());
    signal?.addEventListener('abort', onAbort, { once: true });
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    this.#waiting.set(id, { resolve, reject, release });
    if (!this.#supervisor.send({ ...ask, id })) {
      this.#settle(id)?.reject(new FaultError(makeFault('child-crashed', this.#options.lane, `the ${this.#options.lane} process is not running`, { retryable: true })));
    }
    return (await promise) as AnswerTo<A>;
  }

  /** Ends the child; what is waiting is rejected. */
  async stop(graceMs = 2000): Promise<void> {
    await this.#supervisor.stop(graceMs);
  }

  #receive(reply: PerceptionReply): void {
    if (reply.type === 'ready') {
      this.#isReady = true;
      this.#laneFault = reply.fault;
      this.#versions = reply.versions;
      this.#options.onReady?.(reply.fault, reply.versions);
      this.#readyWaiters.splice(0).forEach((wake) => wake());
      return;
    }
    const waiting = this.#settle(reply.id);
    if (reply.type === 'failed') waiting?.reject(new FaultError(reply.fault));
    else waiting?.resolve(reply);
  }

  #watch(status: ChildStatus): void {
    if (status.state === 'backing-off' || status.state === 'stopped') {
      this.#isReady = false;
      const fault = status.state === 'stopped' ? makeFault('cancelled', this.#options.lane, 'the lane was stopped') : (status.lastFault ?? makeFault('child-crashed', this.#options.lane, 'the process ended', { retryable: true }));
      for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(new FaultError(fault));
    }
    this.#options.onStatus(status);
  }

  #settle(id: number): Waiting | null {
    const waiting = this.#waiting.get(id) ?? null;
    this.#waiting.delete(id);
    waiting?.release();
    return waiting;
  }
}
