import type { Connection } from './database.ts';
import { openDatabase } from './database.ts';
import { DeletionStore } from './deletion-store.ts';
import { FlagStore } from './flag-store.ts';
import { HoldStore } from './hold-store.ts';
import { JobStore } from './job-store.ts';
import { JournalStore } from './journal-store.ts';
import { LogStore } from './log-store.ts';
import { ObservationStore } from './observation-store.ts';
import { PackageStore } from './package-store.ts';
import { RecordingStore } from './recording-store.ts';
import { RoomStore } from './room-store.ts';
import { TaskStore } from './task-store.ts';

/** Everything the workstation remembers, one SQLite file, one writer. */
export type Store = {
  rooms: RoomStore;
  recordings: RecordingStore;
  observations: ObservationStore;
  flags: FlagStore;
  packages: PackageStore;
  jobs: JobStore;
  journal: JournalStore;
  log: LogStore;
  holds: HoldStore;
  deletions: DeletionStore;
  tasks: TaskStore;
  /** Runs several writes as one transaction. */
  transact<T>(run: () => T): T;
  /** Version of the SQLite library. */
  sqliteVersion: string;
  close(): void;
};

/** Opens (or makes) the store at a file; throws FaultError `database-unreadable`. */
export function openStore(file: string): Store {
  const db: Connection = openDatabase(file);
  return {
    rooms: new RoomStore(db),
    recordings: new RecordingStore(db),
    observations: new ObservationStore(db),
    flags: new FlagStore(db),
    packages: new PackageStore(db),
    jobs: new JobStore(db),
    journal: new JournalStore(db),
    log: new LogStore(db),
    holds: new HoldStore(db),
    deletions: new DeletionStore(db),
    tasks: new TaskStore(db),
    transact: (run) => db.transaction(run).immediate(),
    sqliteVersion: (db.prepare('SELECT sqlite_version() AS version').get() as { version: string }).version,
    close: () => db.close(),
  };
}
