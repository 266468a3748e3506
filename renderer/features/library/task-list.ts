import type { FaultCode, LibraryTask, TaskId } from '../../../electron/contract/index.ts';

const interruptedShownMs = 7 * 86_400_000;
const lately = 10 * 60_000;

// Going on would only meet the same refusal.
const finalFaults: ReadonlySet<FaultCode> = new Set<FaultCode>(['already-imported', 'import-unreadable', 'bad-request', 'not-found', 'conflict']);

/** Whether going on with a task makes sense: it broke off or was cancelled, for a reason that may pass. */
export function canResume(task: Pick<LibraryTask, 'state' | 'fault'>): boolean {
  return task.state === 'cancelled' || (task.state === 'failed' && !finalFaults.has(task.fault?.code ?? 'internal'));
}

/** The tasks worth a line: running ones first, then those that broke off within a week, then those that ended since shortly before the screen was opened; a resumed or put-away one is left out. */
export function listShownTasks(tasks: readonly LibraryTask[], hidden: ReadonlySet<TaskId>, openedMs: number): LibraryTask[] {
  const rank = (task: LibraryTask): number => (task.state === 'running' ? 0 : task.state === 'queued' ? 1 : task.state === 'failed' ? 2 : 3);
  return tasks
    .filter((task) => task.endedAtMs === null || (!hidden.has(task.id) && (task.state === 'failed' ? task.endedAtMs > openedMs - interruptedShownMs : task.endedAtMs > openedMs - lately)))
    .sort((a, b) => rank(a) - rank(b) || b.createdAtMs - a.createdAtMs);
}
