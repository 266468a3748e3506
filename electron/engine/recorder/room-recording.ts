import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaultError, makeFault, toFault, type Fault } from '../../contract/faults.ts';
import type { RoomId } from '../../contract/ids.ts';
import type { RecorderReport, RecordingSource, ResumePoint } from '../../contract/recording.ts';
import type { RoomState } from '../../contract/rooms.ts';
import { toAddressPolicy } from './address-policy.ts';
import type { ClockWatch } from './clock-watch.ts';
import { followChat } from './chat-source.ts';
import { checkDisk, toDiskFault } from './disk-fault.ts';
import { readPreflight } from './preflight.ts';
import { openSource } from './source-opener.ts';
import { planRecovery } from './recovery-policy.ts';
import { SessionController } from './session-controller.ts';
import type { ClockMeasurement } from './sntp-client.ts';
import type { RunContext, SourceRun } from './source-run.ts';
import { waitFor } from './waiting.ts';

/** What one room's recording needs. */
export type RecordingOptions = {
  roomId: RoomId; source: RecordingSource;
  /** The room's folder; sessions are folders below it. */
  dir: string;
  resume: ResumePoint | null;
  /** Stop at the end of the broadcast instead of waiting for the next one. */
  untilEnd: boolean;
  report: (report: RecorderReport) => void;
  clock: ClockWatch;
  /** A gate that somebody else closed (a quota, say); null while it is open. */
  outerGate: () => Fault | null;
};

const diskCheckMs = 2500;

/** Records one room until stopped: every failure becomes a state and a later attempt, every loss a gap. */
export class RoomRecording {
  readonly #options: RecordingOptions;
  readonly #stop = new AbortController();
  readonly #session: SessionController;
  readonly #context: RunContext;
  #run: SourceRun | null = null;
  #failures = 0;
  #succeededAtMs = Number.NEGATIVE_INFINITY;
  #isGated = false;
  #bitrateBps: number | null = null;
  #told = '';
  #toldBitrateBps: number | null = null;
  #diskGoodUntilMs = 0;
  readonly done: Promise<void>;

  constructor(options: RecordingOptions) {
    this.#options = options;
    const { roomId, dir, resume, report, source } = options;
    this.#session = new SessionController({ roomId, dir, resume, report, measuredOffsetMs: () => options.clock.measured?.offsetMs ?? null, readFacts: () => readPreflight(dir, options.clock, source.sourceKind) });
    this.#context = {
      roomId, session: this.#session, signal: this.#stop.signal, policy: toAddressPolicy(source.url, source.allowPrivate),
      passDiskGate: () => this.#passDiskGate(),
      setState: (state, fault) => this.#setState(state, fault),
      succeeded: () => void ([this.#failures, this.#succeededAtMs] = [0, performance.now()]),
      setBitrate: (bitsPerSecond) => void (this.#bitrateBps = bitsPerSecond),
      setClock: (offsetMs, clockSource) => options.clock.noteDate(offsetMs, clockSource),
    };
    this.done = this.#record();
  }

  /** Stops: what is being fetched is given up, what is stored stays. */
  stop(): void {
    this.#stop.abort();
  }

  /** Notes that the system's clock jumped; the session's own time line goes on without the jump. */
  noteClockStep(stepMs: number): void {
    this.#noteClock('clock-step', { stepMs: Math.round(stepMs) });
  }

  /** Notes in an open session that the clock was measured and found elsewhere, or by a better source, than before. */
  noteClockMeasured({ offsetMs, uncertaintyMs, source }: ClockMeasurement): void {
    if (this.#session.sessionId !== null) this.#noteClock('clock-measured', { clockOffsetMs: Math.round(offsetMs), clockUncertaintyMs: Math.round(uncertaintyMs), clockSource: source });
  }

  #noteClock(kind: 'clock-step' | 'clock-measured', detail: Record<string, string | number>): void {
    this.#session.addEvent(kind, null, detail).catch((thrown: unknown) => {
      if (toDiskFault(thrown, this.#options.dir) === null) throw thrown;
    });
  }

  async #record(): Promise<void> {
    const { signal } = this.#stop;
    const { roomId, source, report } = this.#options;
    const chat = source.chatUrl === null ? Promise.resolve() : followChat(source.chatUrl, this.#context.policy, signal, (records) => this.#session.addChat(records));
    let ended = false;
    this.#setState('connecting', null);
    while (!signal.aborted && !ended) {
      try {
        await this.#passDiskGate();
        this.#run ??= openSource(source, this.#context);
        if (await this.#run.record(this.#context) === 'ended') {
          await this.#session.end('ended');
          this.#setState('offline', makeFault('playlist-ended', roomId, '直播已结束'));
          ended = this.#options.untilEnd;
        }
      } catch (thrown) {
        if (signal.aborted) break;
        await this.#recover(thrown);
      }
    }
    this.#stop.abort();
    await chat;
    await this.#session.close();
    report({ type: 'stopped', roomId, ended });
  }

  async #recover(thrown: unknown): Promise<void> {
    this.#failures += 1;
    const fault = toDiskFault(thrown, this.#options.dir) ?? toFault(thrown, this.#options.roomId);
    if (fault.code === 'internal') throw thrown;
    const known = this.#session.known.length > 0 && fault.code === 'http-status' && ['401', '403', '410'].includes(fault.cause ?? '')
      ? makeFault('address-expired', fault.scope, `${fault.message}，地址可能已过期`, { retryable: true }) : fault;
    const recovery = planRecovery(known, this.#failures, Math.random(), performance.now() - this.#succeededAtMs);
    if (recovery.resolveAgain) this.#run?.forget();
    if (recovery.state === 'disk-gate' && !this.#isGated) this.#session.noteEvent('disk-gate', known, { gate: 'closed' });
    this.#isGated ||= recovery.state === 'disk-gate';
    this.#session.lastFault = known;
    this.#setState(recovery.state, known);
    await waitFor(recovery.delayMs, this.#stop.signal);
  }

  async #passDiskGate(): Promise<void> {
    const outer = this.#options.outerGate();
    if (outer !== null) throw new FaultError(outer);
    if (performance.now() < this.#diskGoodUntilMs) return;
    if (!existsSync(this.#options.dir) && existsSync(dirname(this.#options.dir))) await mkdir(this.#options.dir); // not deeper: a disk that is gone must not be made up
    const { fault } = await checkDisk(this.#options.dir);
    if (fault !== null) throw new FaultError(fault);
    this.#diskGoodUntilMs = performance.now() + diskCheckMs;
    if (this.#isGated) this.#session.noteEvent('disk-gate', null, { gate: 'open' });
    this.#isGated = false;
  }

  #setState(state: RoomState, fault: Fault | null): void {
    const told = `${state} ${fault?.code ?? ''} ${this.#session.sessionId ?? ''}`;
    const isSameRate = this.#bitrateBps === this.#toldBitrateBps || Math.abs((this.#bitrateBps ?? 0) - (this.#toldBitrateBps ?? 0)) < 0.1 * (this.#toldBitrateBps ?? 0);
    if (told === this.#told && isSameRate) return;
    this.#told = told;
    this.#toldBitrateBps = this.#bitrateBps;
    this.#options.report({ type: 'state', roomId: this.#options.roomId, state, fault, sessionId: this.#session.sessionId, bitrateBps: this.#bitrateBps });
  }
}
