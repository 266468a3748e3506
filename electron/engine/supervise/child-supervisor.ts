import { fork } from 'node:child_process';
import type { ChildProcess, Serializable } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { makeFault } from '../../contract/faults.ts';
import type { Fault } from '../../contract/faults.ts';
import type { ChildStatus } from '../../contract/status.ts';
import { planBackoffMs } from './restart-policy.ts';

/** What a supervised child needs: its entry, the schema of what it says, and who wants to hear of it. */
export type ChildSupervisorOptions<Report> = {
  name: ChildStatus['name'];
  /** Absolute path of the entry's .ts file. */
  entryFile: string;
  args: string[];
  reportSchema: z.ZodType<Report>;
  onReport: (report: Report) => void;
  onStatus: (status: ChildStatus) => void;
  env?: Record<string, string>;
  minBackoffMs?: number;
  maxBackoffMs?: number;
  /** Scheduling priority below the engine's own, 0…19: what may wait must not keep the recorder waiting. */
  niceness?: number;
};

const STEADY_AFTER_MS = 60_000;

/** Keeps one child process alive: restarts it with backoff when it dies, keeps the reason, and lets only parsed reports through. */
export class ChildSupervisor<Command extends Serializable, Report> {
  readonly #options: ChildSupervisorOptions<Report>;
  #child: ChildProcess | null = null;
  /** Resolves once the child of now is gone, its last words are read and the status says so. */
  #gone: Promise<void> = Promise.resolve();
  #state: ChildStatus['state'] = 'stopped';
  #restarts = 0;
  #crashesInRow = 0;
  #lastFault: Fault | null = null;
  #wanted = false;
  #timer: NodeJS.Timeout | null = null;
  #killFault: Fault | null = null;

  constructor(options: ChildSupervisorOptions<Report>) {
    this.#options = options;
  }

  /** The child as the status screen shows it. */
  get status(): ChildStatus {
    return { name: this.#options.name, state: this.#state, pid: this.#child?.pid ?? null, restarts: this.#restarts, lastFault: this.#lastFault };
  }

  /** Starts the child and keeps it running until `stop`; does nothing when it is wanted already. */
  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#crashesInRow = 0;
    if (this.#child === null) this.#launch();
  }

  /** Hands a command to the child; false when none is there to take it. */
  send(command: Command): boolean {
    const child = this.#child;
    if (child === null || !child.connected || !this.#wanted) return false;
    child.send(command, (error) => {
      if (error !== null) this.#print(`could not be sent a command: ${error.message}`);
    });
    return true;
  }

  /** Ends the running child at once; it is restarted as after a crash, with `fault` as the reason. */
  kill(fault: Fault): void {
    const child = this.#child;
    if (child === null) return;
    this.#killFault = fault;
    child.kill('SIGKILL');
  }

  /** Asks the child to end (channel closed, SIGTERM) and kills it after `graceMs`; resolves once it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#wanted = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const child = this.#child;
    if (child === null) return this.#setState('stopped');
    const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    if (child.connected) child.disconnect();
    child.kill('SIGTERM');
    await this.#gone;
    clearTimeout(killer);
  }

  #launch(): void {
    const startedAtMs = performance.now();
    let lastLine = '';
    const { promise: gone, resolve: noteGone } = Promise.withResolvers<void>();
    this.#gone = gone;
    const child = fork(this.#options.entryFile, this.#options.args, {
      execPath: process.execPath,
      execArgv: [],
      env: { ...process.env, ...this.#options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
    });
    this.#child = child;
    if (child.pid !== undefined && this.#options.niceness !== undefined) this.#lowerPriority(child.pid, this.#options.niceness);
    this.#setState('starting');
    void this.#passThrough(child.stdout, () => undefined);
    const errors = this.#passThrough(child.stderr, (line) => {
      if (line.trim() !== '') lastLine = line.trim();
    });
    child.on('message', (message) => this.#receive(child, message));
    // A channel that breaks shows as an exit as well; without a listener it would end the engine.
    child.on('error', (error) => {
      lastLine = error.message;
      if (child.pid !== undefined) return;
      this.#ended(child, startedAtMs, error.message);
      noteGone();
    });
    child.on('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const tell = (): void => {
        clearTimeout(timer);
        this.#ended(child, startedAtMs, lastLine === '' ? how : `${how}: ${lastLine}`);
        noteGone();
      };
      // The last line of stderr may still be in the pipe when the exit is told; a grandchild may hold the pipe open for ever.
      const timer = setTimeout(tell, 500);
      void errors.then(tell);
    });
  }

  #lowerPriority(pid: number, niceness: number): void {
    try {
      setPriority(pid, niceness);
    } catch (thrown) {
      this.#print(`keeps its priority: ${String(thrown)}`);
    }
  }

  #receive(child: ChildProcess, message: unknown): void {
    if (child !== this.#child) return;
    const parsed = this.#options.reportSchema.safeParse(message);
    if (!parsed.success) return this.#print(`said something that does not parse: ${parsed.error.issues[0]?.message ?? ""}`);
    if (this.#state === 'starting') this.#setState('running');
    this.#options.onReport(parsed.data);
  }

  #ended(child: ChildProcess, startedAtMs: number, reason: string): void {
    if (child !== this.#child) return;
    this.#child = null;
    const killFault = this.#killFault;
    this.#killFault = null;
    if (!this.#wanted) return this.#setState('stopped');
    if (performance.now() - startedAtMs >= STEADY_AFTER_MS) this.#crashesInRow = 0;
    this.#lastFault = killFault ?? makeFault('child-crashed', this.#options.name, `child process ${this.#options.name} ended: ${reason}`, { retryable: true, cause: reason });
    this.#restarts += 1;
    const delayMs = planBackoffMs(this.#crashesInRow, this.#options.minBackoffMs ?? 500, this.#options.maxBackoffMs ?? 15_000, Math.random());
    this.#crashesInRow += 1;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#launch();
    }, delayMs);
    this.#setState('backing-off');
  }

  #setState(state: ChildStatus['state']): void {
    this.#state = state;
    this.#options.onStatus(this.status);
  }

  #passThrough(stream: Readable | null, onLine: (line: string) => void): Promise<void> {
    if (stream === null) return Promise.resolve();
    const lines = createInterface({ input: stream, crlfDelay: Infinity });
    lines.on('line', (line) => {
      onLine(line);
      this.#print(line);
    });
    return new Promise((resolve) => lines.once('close', resolve));
  }

  #print(line: string): void {
    process.stderr.write(`[${this.#options.name}] ${line}\n`);
  }
}
