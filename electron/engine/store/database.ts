import Database from 'better-sqlite3';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { migrations } from './migrations.ts';

/** An open SQLite connection; better-sqlite3 is loaded nowhere else. */
export type Connection = Database.Database;

const slowQueryMs = 100;

/**
 * Opens the database in WAL mode and applies missing migrations.
 * Throws FaultError `database-unreadable` when the file is no database of ours, and leaves that file as it is.
 */
export function openDatabase(file: string): Connection {
  mkdirSync(dirname(file), { recursive: true });
  let db: Connection | null = null;
  try {
    db = new Database(file);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('busy_timeout = 5000');
    const [check] = db.pragma('quick_check(1)') as { quick_check: string }[];
    if (check?.quick_check !== 'ok') throw new Error(check?.quick_check ?? 'quick_check gave no answer');
    migrate(db, file);
    return db;
  } catch (thrown) {
    db?.close();
    if (thrown instanceof FaultError) throw thrown;
    throw new FaultError(makeFault('database-unreadable', file, `数据库无法读取：${file}（${thrown instanceof Error ? thrown.message : String(thrown)}）`, { cause: thrown }));
  }
}

function migrate(db: Connection, file: string): void {
  const applied = db.pragma('user_version', { simple: true }) as number;
  if (applied > migrations.length) {
    throw new FaultError(makeFault('database-unreadable', file, `数据库由更新的版本写成（结构 ${applied}，本程序只认到 ${migrations.length}），请升级程序`));
  }
  for (let index = applied; index < migrations.length; index += 1) {
    db.transaction(() => {
      db.exec(migrations[index] as string);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}

/**
 * Moves an unreadable database aside so that it can be rebuilt from the files on disk; returns where it went.
 * The recordings are the truth, the database is their index.
 */
export function setAsideDatabase(file: string, atMs: number): string {
  const target = `${file}.unreadable-${new Date(atMs).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}

/** Runs a query and warns on stderr when it took longer than a window can wait. */
export function timed<T>(name: string, run: () => T): T {
  const before = performance.now();
  const result = run();
  const tookMs = performance.now() - before;
  if (tookMs > slowQueryMs) process.stderr.write(`[store] slow ${name}: ${tookMs.toFixed(0)} ms\n`);
  return result;
}

/** Whether a write failed for want of a working disk (full, read-only, broken) rather than for a bug. */
export function isDiskError(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN)/.test(code);
}
