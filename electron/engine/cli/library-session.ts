import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LibraryTask } from '../../contract/library.ts';
import { LibraryService } from '../entry/library-service.ts';
import { openLibraryStore } from '../entry/library-store.ts';
import { bundledModelsDir } from '../entry/program-files.ts';
import { toLayout } from '../library/library-layout.ts';
import type { Store } from '../store/store.ts';
import { UsageError, type CommandIo } from './arguments.ts';

/** A library opened by the command line, without the recorder. */
export type LibrarySession = { store: Store; library: LibraryService; dataDir: string; finish: (task: LibraryTask) => Promise<LibraryTask>; close: () => Promise<void> };

/** Opens a library for one command; `create` makes one where there is none. */
export function openLibrarySession(dir: string, create: boolean, io: CommandIo): LibrarySession {
  const layout = toLayout(dir);
  if (!create && !existsSync(layout.database)) throw new UsageError(`${layout.root} is not a recording library`);
  for (const folder of [layout.root, layout.derived, layout.scratch]) mkdirSync(folder, { recursive: true });
  if (layout.rooms === join(layout.root, 'rooms')) mkdirSync(layout.rooms, { recursive: true });
  const { store, lost } = openLibraryStore(layout);
  if (lost !== null) io.error.write(`${lost.message}\n`);
  let shown = -1;
  const library = new LibraryService({
    store, layout, modelsDir: bundledModelsDir, recorder: null, analyse: true, waitingJobs: () => 0, onOverview: () => undefined, onJournal: () => undefined, onRoom: () => undefined,
    onNotice: (fault) => io.error.write(`${fault.code}: ${fault.message}\n`),
    onTask: (task) => {
      const percent = Math.floor(task.progress * 100);
      if (process.stderr.isTTY && task.state === 'running' && percent !== shown) io.error.write(`\r${(shown = percent)} % `);
    },
  });
  return {
    store, library, dataDir: layout.root,
    finish: async (task) => {
      const stop = (): void => void library.tasks.cancel(task.id);
      process.once('SIGINT', stop);
      const done = await library.tasks.finished(task.id);
      process.removeListener('SIGINT', stop);
      for (const fault of done.problems) io.error.write(`${fault.code}: ${fault.message}\n`);
      if (done.fault !== null) io.error.write(`${done.fault.code}: ${done.fault.message}\n`);
      return done;
    },
    close: async () => {
      await library.stop();
      store.close();
    },
  };
}

/** The folder of `--data`, or of ZHIBOJIAN_DATA; throws UsageError without one. */
export function toDataDir(value: string | undefined): string {
  const dir = value ?? process.env['ZHIBOJIAN_DATA'];
  if (dir === undefined || dir === '') throw new UsageError('--data DIR is needed (or ZHIBOJIAN_DATA)');
  return dir;
}
