import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFault, type Fault } from '../../contract/faults.ts';
import type { RoomId, SessionId } from '../../contract/ids.ts';
import { RecorderReport, type RecorderCommand, type RecordingSource } from '../../contract/recording.ts';
import type { RoomState, RoomTest } from '../../contract/rooms.ts';
import type { ChildStatus } from '../../contract/status.ts';
import { toSessionDir, type LibraryLayout } from '../library/library-layout.ts';
import { ingestSession, toResumePoint, type Ingested } from '../library/session-ingest.ts';
import { repairSession } from '../library/session-files.ts';
import { isDiskError } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import { ChildSupervisor } from '../supervise/child-supervisor.ts';

/** What a recording room is doing right now. */
export type LiveState = { state: RoomState; sinceMs: number; fault: Fault | null; sessionId: SessionId | null; bitrateBps: number | null; lastSegmentMs: number | null };

/** What the host needs and whom it tells. */
export type RecorderHostOptions = {
  store: Store; layout: LibraryLayout; analyse: boolean; untilEnd: boolean;
  onIngested: (roomId: RoomId, ingested: Ingested) => void;
  onState: (roomId: RoomId, live: LiveState) => void;
  onClock: (offsetMs: number, source: string, uncertaintyMs: number) => void;
  onClockStep: (stepMs: number) => void;
  onStopped: (roomId: RoomId, ended: boolean) => void;
  onStatus: (status: ChildStatus) => void;
  onNotice: (fault: Fault) => void;
};

type Wanted = { roomId: RoomId; source: RecordingSource };
type FinishedTest = { test: RoomTest; file: string | null; initFile: string | null };

const ingestRetryMs = 2000;
const defaultTimeServers = ['ntp.ntsc.ac.cn', 'ntp.aliyun.com', 'cn.pool.ntp.org'];

/** Time servers to measure the clock against: ZHIBOJIAN_TIME_SERVERS (names with commas between, empty for none) or public ones in China. */
function timeServers(): string[] {
  const named = process.env['ZHIBOJIAN_TIME_SERVERS'];
  return named === undefined ? defaultTimeServers : named.split(',').map((name) => name.trim()).filter((name) => name !== '');
}

/** Sessions that grow within this time are committed together: one durable transaction costs as much as fifty. */
const ingestTogetherMs = 50;

/** Runs the recorder child: keeps it on the rooms that are wanted through crashes, and commits what it wrote. */
export class RecorderHost {
  readonly #options: RecorderHostOptions;
  readonly #child: ChildSupervisor<RecorderCommand, RecorderReport>;
  readonly #wanted = new Map<RoomId, Wanted>();
  readonly #live = new Map<RoomId, LiveState>();
  readonly #leaving = new Set<RoomId>();
  readonly #stoppedByHand = new Set<RoomId>();
  readonly #tests = new Map<number, (finished: FinishedTest) => void>();
  readonly #grown = new Map<SessionId, RoomId>();
  #ingestTimer: NodeJS.Timeout | null = null;
  #nextTest = 1;
  readonly #gates = new Map<RoomId | null, Fault>();
  readonly #waiting = new Map<RoomId, Wanted>();
  #newRoomsWaitFor: Fault | null = null;
  #minFreeBytes: number | null = null;
  #isSuspended = false;
  #onceQuiet: (() => void) | null = null;
  #isReady = false;
  #stopping = false;

  constructor(options: RecorderHostOptions) {
    this.#options = options;
    this.#child = new ChildSupervisor<RecorderCommand, RecorderReport>({
      name: 'recorder', entryFile: fileURLToPath(new URL('../recorder/recorder-worker.ts', import.meta.url)), args: [], reportSchema: RecorderReport,
      minBackoffMs: 200, maxBackoffMs: 1500, // footage is lost while it is away: back within three seconds however often it dies
      onReport: (report) => this.#receive(report), onStatus: (status) => this.#childChanged(status),
    });
  }

  /** Starts the child; rooms are recorded as soon as it is ready. */
  start(): void {
    this.#child.start();
  }

  /** The child's condition. */
  get status(): ChildStatus {
    return this.#child.status;
  }

  /** Live state of a room; null for one that is not being recorded. */
  getLive(roomId: RoomId): LiveState | null {
    return this.#live.get(roomId) ?? null;
  }

  /** Records a room until `stopRoom`. */
  startRoom(wanted: Wanted): void {
    if (this.#wanted.has(wanted.roomId)) return;
    if (this.#newRoomsWaitFor !== null) {
      this.#waiting.set(wanted.roomId, wanted);
      return this.#setLive(wanted.roomId, { state: 'disk-gate', fault: this.#newRoomsWaitFor });
    }
    this.#wanted.set(wanted.roomId, wanted);
    this.#setLive(wanted.roomId, { state: 'connecting', fault: null });
    if (this.#isReady && !this.#isSuspended && !this.#leaving.has(wanted.roomId)) this.#sendStart(wanted);
  }

  /** Stops recording a room; what is stored stays. */
  stopRoom(roomId: RoomId): void {
    if (this.#waiting.delete(roomId)) this.#live.delete(roomId);
    if (!this.#wanted.delete(roomId)) return;
    this.#stoppedByHand.add(roomId);
    // Until it says that it has stopped the room's files are its own: a new start waits for that.
    if (this.#child.send({ type: 'stop', roomId })) this.#leaving.add(roomId);
    this.#live.delete(roomId);
  }

  /** Closes the write gate for a room (null = for all), or opens it again with a null fault; kept over crashes of the child. */
  setGate(roomId: RoomId | null, fault: Fault | null): void {
    if ((this.#gates.get(roomId)?.code ?? null) === (fault?.code ?? null)) return;
    if (fault === null) this.#gates.delete(roomId);
    else this.#gates.set(roomId, fault);
    if (this.#isReady) this.#child.send({ type: 'gate', roomId, fault });
  }

  /** Says how much must stay free on the recording disk. */
  setMinFreeBytes(bytes: number): void {
    this.#minFreeBytes = bytes;
    if (this.#isReady) this.#child.send({ type: 'disk-limits', minFreeBytes: bytes });
  }

  /** While the disk is slow, rooms that are not yet recorded wait; those that are go on. Null lets them in. */
  holdNewRooms(fault: Fault | null): void {
    this.#newRoomsWaitFor = fault;
    if (fault !== null) return;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const wanted of waiting) this.startRoom(wanted);
  }

  /** Stops every room, runs something that needs the files to rest, and goes on with the same sessions. */
  async suspend<T>(run: () => Promise<T>): Promise<T> {
    this.#isSuspended = true;
    try {
      for (const roomId of this.#wanted.keys()) if (this.#child.send({ type: 'stop', roomId })) this.#leaving.add(roomId);
      if (this.#leaving.size > 0) await new Promise<void>((resolve) => (this.#onceQuiet = resolve));
      this.#ingestGrown();
      for (const [roomId, live] of this.#live) if (live.sessionId !== null) this.#ingest(roomId, live.sessionId);
      return await run();
    } finally {
      this.#isSuspended = false;
      this.#onceQuiet = null;
      if (this.#isReady) for (const wanted of this.#wanted.values()) this.#sendStart(wanted);
    }
  }

  /** Tries an address without recording it. */
  test(source: RecordingSource): Promise<FinishedTest> {
    const testId = this.#nextTest++;
    return new Promise((resolve) => {
      this.#tests.set(testId, resolve);
      if (this.#child.send({ type: 'test', testId, source, dir: join(this.#options.layout.scratch, `test-${testId}`) })) return;
      this.#tests.delete(testId);
      const fault = makeFault('child-crashed', 'recorder', '录制进程正在重新启动，请稍后再试', { retryable: true });
      resolve(toFailedTest(fault));
    });
  }

  /** Ends the recorder cleanly and commits the last it wrote. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.send({ type: 'shutdown' });
    await this.#child.stop(5000);
    this.#ingestGrown(); // what it stored last is committed now: its timer must not meet a closed database
    for (const [roomId, live] of this.#live) if (live.sessionId !== null) this.#ingest(roomId, live.sessionId);
  }

  #receive(report: RecorderReport): void {
    if (report.type === 'ready') {
      this.#isReady = true;
      this.#child.send({ type: 'clock-servers', servers: timeServers() });
      if (this.#minFreeBytes !== null) this.#child.send({ type: 'disk-limits', minFreeBytes: this.#minFreeBytes });
      for (const [roomId, fault] of this.#gates) this.#child.send({ type: 'gate', roomId, fault });
      if (this.#isSuspended) return;
      for (const wanted of this.#wanted.values()) this.#sendStart(wanted);
    } else if (report.type === 'stored') this.#ingestSoon(report.roomId, report.sessionId);
    else if (report.type === 'state') {
      const before = this.#live.get(report.roomId);
      if (!this.#wanted.has(report.roomId)) return;
      if (before !== undefined && before.sessionId !== null && before.sessionId !== report.sessionId) this.#options.store.recordings.endSession(before.sessionId, Date.now());
      this.#setLive(report.roomId, { state: report.state, fault: report.fault, sessionId: report.sessionId, bitrateBps: report.bitrateBps });
    } else if (report.type === 'clock') this.#options.onClock(report.offsetMs, report.source, report.uncertaintyMs);
    else if (report.type === 'tested') {
      this.#tests.get(report.testId)?.(report);
      this.#tests.delete(report.testId);
    } else if (report.type === 'clock-step') this.#options.onClockStep(report.stepMs);
    else this.#stopped(report.roomId, report.ended);
  }

  #stopped(roomId: RoomId, ended: boolean): void {
    this.#ingestGrown();
    this.#leaving.delete(roomId);
    const wanted = this.#wanted.get(roomId);
    if (this.#leaving.size === 0) this.#onceQuiet?.();
    if (wanted !== undefined && !ended && !this.#stopping && !this.#isSuspended) this.#sendStart(wanted);
    this.#options.onStopped(roomId, ended);
  }

  #sendStart(wanted: Wanted): void {
    const { store, layout } = this.#options;
    const last = store.recordings.latestSession(wanted.roomId);
    if (last !== null) {
      const dir = toSessionDir(layout, wanted.roomId, last.id);
      try {
        mkdirSync(dir, { recursive: true });
        repairSession(dir);
      } catch (thrown) {
        this.#options.onNotice(makeFault('disk-error', dir, String(thrown), { retryable: true }));
      }
      this.#ingest(wanted.roomId, last.id);
    }
    const resume = toResumePoint(store, wanted.roomId, this.#stoppedByHand.delete(wanted.roomId));
    this.#child.send({
      type: 'start', roomId: wanted.roomId, source: wanted.source, dir: join(layout.rooms, wanted.roomId),
      resume, untilEnd: this.#options.untilEnd,
    });
  }

  #ingestSoon(roomId: RoomId, sessionId: SessionId): void {
    this.#grown.set(sessionId, roomId);
    this.#ingestTimer ??= setTimeout(() => this.#ingestGrown(), ingestTogetherMs);
  }

  #ingestGrown(): void {
    if (this.#ingestTimer !== null) clearTimeout(this.#ingestTimer);
    this.#ingestTimer = null;
    const grown = [...this.#grown];
    this.#grown.clear();
    if (grown.length > 0) this.#ingestAll(grown);
  }

  #ingest(roomId: RoomId, sessionId: SessionId): void {
    this.#ingestAll([[sessionId, roomId]]);
  }

  #ingestAll(grown: readonly (readonly [SessionId, RoomId])[]): void {
    const { store, layout, analyse, onIngested, onNotice } = this.#options;
    try {
      const committed = store.transact(() => grown.map(([sessionId, roomId]) => ({ roomId, ingested: ingestSession(store, layout, roomId, sessionId, { analyse, nowMs: Date.now() }) })));
      for (const { roomId, ingested } of committed) {
        const last = ingested.segments.at(-1);
        const live = this.#live.get(roomId);
        if (last !== undefined && live !== undefined) live.lastSegmentMs = last.startMs + last.durationMs;
        onIngested(roomId, ingested);
      }
    } catch (thrown) {
      if (!isDiskError(thrown)) throw thrown;
      // The files on disk are whole; the database catches up from its cursor once there is room.
      onNotice(makeFault('disk-full', layout.database, `数据库暂时写不进去（${thrown instanceof Error ? thrown.message : ''}），录制文件不受影响`, { retryable: true }));
      if (!this.#stopping) setTimeout(() => this.#ingestAll(grown), ingestRetryMs).unref();
    }
  }

  #childChanged(status: ChildStatus): void {
    if (status.state !== 'running') {
      this.#isReady = false;
      this.#leaving.clear();
      this.#onceQuiet?.();
    }
    if (status.state === 'backing-off') {
      for (const roomId of this.#wanted.keys()) this.#setLive(roomId, { state: 'connecting', fault: status.lastFault });
      for (const resolve of this.#tests.values()) {
        resolve(toFailedTest(status.lastFault ?? makeFault('child-crashed', 'recorder', '录制进程中断', { retryable: true })));
      }
      this.#tests.clear();
    }
    this.#options.onStatus(status);
  }

  #setLive(roomId: RoomId, change: Pick<LiveState, 'state' | 'fault'> & Partial<LiveState>): void {
    const before = this.#live.get(roomId);
    const isSame = before !== undefined && before.state === change.state && before.fault?.code === change.fault?.code && (change.sessionId === undefined || change.sessionId === before.sessionId);
    const live: LiveState = {
      sessionId: null, bitrateBps: null, lastSegmentMs: null, ...before, ...change,
      sinceMs: before !== undefined && before.state === change.state ? before.sinceMs : Date.now(),
    };
    this.#live.set(roomId, live);
    if (!isSame) this.#options.onState(roomId, live);
  }
}

function toFailedTest(fault: Fault): FinishedTest {
  const steps = [{ name: 'connect' as const, ok: false, detail: fault.message, fault }];
  return { test: { ok: false, steps, variants: [], gbPerDay: null, sourceKind: null, bitrateBps: null, codecs: null, clockOffsetMs: null, clockSource: '' }, file: null, initFile: null };
}
