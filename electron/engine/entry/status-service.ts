import { appVersion } from '../supervise/app-version.ts';
import { makeFault, type Fault } from '../../contract/faults.ts';
import type { ChildStatus, LaneStatus, ModelStatus, Status } from '../../contract/status.ts';
import { checkDisk } from '../recorder/disk-fault.ts';
import type { Store } from '../store/store.ts';

/** What the status is put together from. */
export type StatusSources = {
  store: Store; shell: string;
  /** Where recordings go; it changes with a move. */
  dataDir: () => string;
  /** What else is wrong with the disk (gone, slow); null when nothing is. */
  diskFault: () => Fault | null;
  recordingRooms: () => number;
  children: () => ChildStatus[];
  lanes: () => LaneStatus[];
  models: () => ModelStatus[];
  versions: () => Record<string, string>;
  rulePack: { version: string; hash: string; terms: number };
  onChanged: (status: Status) => void;
  onGate: (fault: NonNullable<Awaited<ReturnType<typeof checkDisk>>['fault']>) => void;
};

const pollMs = 3000;
const clockToleranceMs = 2000;


/** The facts of the bar: recording, disk, clock, children, lanes, models. */
export class StatusService {
  readonly #sources: StatusSources;
  readonly #startedAtMs = Date.now();
  #disk: Status['disk'];
  #clock: Status['clock'] = { offsetMs: null, source: '', ok: true, uncertaintyMs: null, sinceMs: Date.now() };
  #timer: NodeJS.Timeout | null = null;
  constructor(sources: StatusSources) {
    this.#sources = sources;
    this.#disk = { path: sources.dataDir(), freeBytes: 0, totalBytes: 0, gate: 'open', sinceMs: Date.now() };
  }

  /** Looks at the disk now and then every few seconds. */
  async start(): Promise<void> {
    await this.#poll();
    this.#timer = setInterval(() => void this.#poll(), pollMs);
  }

  /** Stops looking. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Takes a measurement of the clock against a server. */
  setClock(offsetMs: number, source: string, uncertaintyMs: number): void {
    this.#setClock({ offsetMs, source, ok: Math.abs(offsetMs) <= clockToleranceMs, uncertaintyMs });
  }

  /** Takes a jump of the wall clock; the clock counts as wrong until a server has been asked again. */
  noteClockStep(stepMs: number): void {
    const { offsetMs } = this.#clock;
    this.#setClock({ offsetMs: offsetMs === null ? null : offsetMs - stepMs, source: `时钟跳变 ${(stepMs / 1000).toFixed(1)} s`, ok: false, uncertaintyMs: null });
  }

  /** Why the clock cannot be relied on, and since when; null while it can. */
  get clockTrouble(): { fault: Fault; sinceMs: number } | null {
    const { ok, offsetMs, source, sinceMs } = this.#clock;
    if (ok) return null;
    return { fault: makeFault('clock-stepped', 'clock', `${offsetMs === null ? '' : `与标准时间相差 ${(offsetMs / 1000).toFixed(1)} s，`}${source}`, { retryable: true }), sinceMs };
  }

  #setClock(clock: Omit<Status['clock'], 'sinceMs'>): void {
    this.#clock = { ...clock, sinceMs: clock.ok === this.#clock.ok ? this.#clock.sinceMs : Date.now() };
  }

  /** Everything as it is now. */
  get(): Status {
    const { store } = this.#sources;
    return {
      version: appVersion, startedAtMs: this.#startedAtMs, recordingRooms: this.#sources.recordingRooms(), disk: this.#disk, clock: this.#clock,
      children: this.#sources.children(), lanes: this.#sources.lanes(), models: this.#sources.models(),
      versions: { node: process.versions.node, sqlite: store.sqliteVersion, ...this.#sources.versions() },
      log: { leaves: store.log.size, head: store.log.head }, rulePack: this.#sources.rulePack, shell: this.#sources.shell,
    };
  }

  async #poll(): Promise<void> {
    const path = this.#sources.dataDir();
    const { freeBytes, totalBytes, fault } = await checkDisk(path);
    const gate = toGate(fault ?? this.#sources.diskFault());
    if (gate !== this.#disk.gate && fault !== null) this.#sources.onGate(fault);
    this.#disk = { ...this.#disk, path, freeBytes, totalBytes, gate, sinceMs: gate === this.#disk.gate ? this.#disk.sinceMs : Date.now() };
    this.#sources.onChanged(this.get());
  }
}

function toGate(fault: Fault | null): Status['disk']['gate'] {
  if (fault === null) return 'open';
  if (fault.code === 'disk-slow') return 'slow';
  if (fault.code === 'disk-read-only') return 'read-only';
  return fault.code === 'disk-gone' ? 'gone' : 'full';
}
