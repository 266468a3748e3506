import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LibraryTask, makeFault } from '../../../electron/contract/index.ts';
import { canResume, listShownTasks } from './task-list.ts';

const now = 1_800_000_000_000;
const make = (id: string, change: Partial<LibraryTask>): LibraryTask => ({
  ...LibraryTask.parse({ id, kind: 'import', state: 'running', title: '', progress: 0, doneBytes: 0, totalBytes: 0, doneItems: 0, totalItems: 0, fault: null, problems: [], result: {}, createdAtMs: now, createdBy: '', endedAtMs: null }), ...change,
});

test('running work comes first, what broke off stays a week, what is done fades, what was put away is gone', () => {
  const tasks = [
    make('tdone-old', { state: 'done', endedAtMs: now - 3_600_000 }), make('tdone', { state: 'done', endedAtMs: now + 5 }), make('tbroken', { state: 'failed', endedAtMs: now - 2 * 86_400_000 }),
    make('tbroken-old', { state: 'failed', endedAtMs: now - 9 * 86_400_000 }), make('thidden', { state: 'failed', endedAtMs: now }), make('tqueued', { state: 'queued' }), make('trunning', {}),
  ];
  assert.deepEqual(listShownTasks(tasks, new Set([LibraryTask.shape.id.parse('thidden')]), now).map((task) => task.id), ['trunning', 'tqueued', 'tbroken', 'tdone']);
});

test('work is taken up again unless it would meet the same refusal', () => {
  const failed = (code: Parameters<typeof makeFault>[0]): boolean => canResume({ state: 'failed', fault: makeFault(code, '', '') });
  assert.ok(canResume({ state: 'cancelled', fault: makeFault('cancelled', '', '') }));
  assert.ok(failed('child-crashed') && failed('disk-full') && failed('disk-gone'));
  assert.ok(!failed('already-imported') && !failed('import-unreadable'));
  assert.ok(!canResume({ state: 'running', fault: null }) && !canResume({ state: 'done', fault: null }));
});
