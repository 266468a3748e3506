import { randomBytes } from 'node:crypto';
import { FaultError, makeFault, toFault, type Fault } from '../../contract/faults.ts';
import { TaskId, type LibraryTask } from '../../contract/library.ts';
import type { Store } from '../store/store.ts';

/** What a running task reports and is stopped by. */
export type TaskRun = {
  signal: AbortSignal;
  /** Adds to what is done. */
  add: (bytes: number, items: number) => void;
  setTotal: (bytes: number, items: number) => void;
  /** An item failed, the rest goes on. */
  addProblem: (fault: Fault) => void;
};

/** How each kind of task works; the payload is what it was asked to do. */
export type TaskWorkers = Record<LibraryTask['kind'], (payload: unknown, run: TaskRun, task: LibraryTask) => Promise<LibraryTask['result']>>;

const announceEveryMs = 250;

/** Runs long work on the library one after the other, keeps its state over restarts, and tells its progress. */
export class LibraryTasks {
  readonly #store: Store;
  readonly #workers: TaskWorkers;
  readonly #onChanged: (task: LibraryTask) => void;
  readonly #running = new Map<TaskId, { abort: AbortController; done: Promise<void>; task: LibraryTask }>();
  #last: Promise<void> = Promise.resolve();
  constructor(store: Store, workers: TaskWorkers, onChanged: (task: LibraryTask) => void) {
    this.#store = store;
    this.#workers = workers;
    this.#onChanged = onChanged;
    for (const task of store.tasks.list()) {
      if (task.state === 'queued' || task.state === 'running') store.tasks.save({ ...task, state: 'failed', endedAtMs: Date.now(), fault: makeFault('child-crashed', task.id, '程序中断，任务未完成；可以继续', { retryable: true }) }, null);
    }
  }

  /** Tasks with their latest progress, newest first. */
  list(): LibraryTask[] {
    return this.#store.tasks.list().map((task) => this.#running.get(task.id)?.task ?? task);
  }

  /** Whether a task of a kind waits or runs. */
  isActive(kind: LibraryTask['kind']): boolean {
    return [...this.#running.values()].some(({ task }) => task.kind === kind);
  }

  /** Queues work and returns its entry at once. */
  start(kind: LibraryTask['kind'], title: string, payload: unknown, user: string): LibraryTask {
    const task: LibraryTask = {
      id: TaskId.parse(`t${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`), kind, state: 'queued', title, progress: 0, doneBytes: 0, totalBytes: 0, doneItems: 0, totalItems: 0,
      fault: null, problems: [], result: {}, createdAtMs: Date.now(), createdBy: user, endedAtMs: null,
    };
    return this.#queue(task, payload);
  }

  /** Takes a failed or cancelled task up again: what it had finished is found finished. */
  resume(id: TaskId): LibraryTask {
    const stored = this.#store.tasks.get(id);
    if (stored === null) throw new FaultError(makeFault('not-found', id, '没有这项任务'));
    if (stored.task.state !== 'failed' && stored.task.state !== 'cancelled') throw new FaultError(makeFault('conflict', id, '这项任务没有中断'));
    return this.#queue({ ...stored.task, state: 'queued', progress: 0, doneBytes: 0, doneItems: 0, fault: null, problems: [], endedAtMs: null }, stored.payload);
  }

  /** Stops a task; resolves when it is over. */
  async cancel(id: TaskId): Promise<LibraryTask> {
    this.#running.get(id)?.abort.abort();
    return this.finished(id);
  }

  /** Resolves when a task is over, however it ended. */
  async finished(id: TaskId): Promise<LibraryTask> {
    await this.#running.get(id)?.done;
    const stored = this.#store.tasks.get(id);
    if (stored === null) throw new FaultError(makeFault('not-found', id, '没有这项任务'));
    return stored.task;
  }

  /** Cancels everything and waits for it. */
  async stop(): Promise<void> {
    for (const { abort } of this.#running.values()) abort.abort();
    await this.#last;
  }

  #queue(task: LibraryTask, payload: unknown): LibraryTask {
    this.#save(task, payload);
    const abort = new AbortController();
    const entry = { abort, task, done: Promise.resolve() };
    this.#running.set(task.id, entry);
    entry.done = this.#last.then(() => this.#work(entry, payload)).finally(() => this.#running.delete(task.id));
    this.#last = entry.done;
    return task;
  }

  async #work(entry: { abort: AbortController; task: LibraryTask }, payload: unknown): Promise<void> {
    let shownMs = 0;
    const change = (next: Partial<LibraryTask>, force: boolean): void => {
      entry.task = { ...entry.task, ...next };
      const { doneBytes, totalBytes, doneItems, totalItems } = entry.task;
      entry.task.progress = entry.task.state === 'done' ? 1 : Math.min(0.999, totalBytes > 0 ? doneBytes / totalBytes : totalItems > 0 ? doneItems / totalItems : 0);
      if (force) return this.#save(entry.task, payload);
      if (performance.now() - shownMs < announceEveryMs) return;
      shownMs = performance.now();
      this.#onChanged(entry.task);
    };
    change({ state: 'running' }, true);
    try {
      if (entry.abort.signal.aborted) throw new FaultError(makeFault('cancelled', entry.task.id, '已取消'));
      const result = await this.#workers[entry.task.kind](payload, {
        signal: entry.abort.signal,
        add: (bytes, items) => change({ doneBytes: entry.task.doneBytes + bytes, doneItems: entry.task.doneItems + items }, false),
        setTotal: (totalBytes, totalItems) => change({ totalBytes, totalItems }, false),
        addProblem: (fault) => change({ problems: [...entry.task.problems, fault].slice(-200) }, false),
      }, entry.task);
      change({ state: 'done', result, endedAtMs: Date.now() }, true);
    } catch (thrown) {
      const fault = toFault(thrown, entry.task.id);
      if (fault.code === 'internal') process.stderr.write(`[library] ${thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown)}\n`);
      change({ state: fault.code === 'cancelled' ? 'cancelled' : 'failed', fault, endedAtMs: Date.now() }, true);
    }
  }

  #save(task: LibraryTask, payload: unknown): void {
    this.#store.tasks.save(task, payload);
    this.#onChanged(task);
  }
}
