import type { RoomId, SessionId } from '../../contract/ids.ts';
import type { AlteredFile } from '../../contract/library.ts';
import type { Connection } from './database.ts';

/** A session on its way out (deletedMs null) or gone; its rows and hashes remain. */
export type Deletion = {
  sessionId: SessionId; roomId: RoomId; scheduledMs: number; scheduledBy: string; reason: string; purgeAfterMs: number; deletedMs: number | null; deletedBy: string | null;
};

type DeletionRow = { session_id: SessionId; room_id: RoomId; scheduled_ms: number; scheduled_by: string; reason: string; purge_after_ms: number; deleted_ms: number | null; deleted_by: string | null };

function toDeletion(row: DeletionRow): Deletion {
  return {
    sessionId: row.session_id, roomId: row.room_id, scheduledMs: row.scheduled_ms, scheduledBy: row.scheduled_by, reason: row.reason, purgeAfterMs: row.purge_after_ms,
    deletedMs: row.deleted_ms, deletedBy: row.deleted_by,
  };
}

/** What was scheduled for deletion or deleted, and what checks of stored files found. */
export class DeletionStore {
  readonly #db: Connection;
  constructor(db: Connection) {
    this.#db = db;
  }

  /** Stores a deletion's state. */
  save(item: Deletion): void {
    this.#db.prepare(
      `INSERT INTO deletions (session_id, room_id, scheduled_ms, scheduled_by, reason, purge_after_ms, deleted_ms, deleted_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (session_id) DO UPDATE SET scheduled_ms = excluded.scheduled_ms, scheduled_by = excluded.scheduled_by, reason = excluded.reason,
         purge_after_ms = excluded.purge_after_ms, deleted_ms = excluded.deleted_ms, deleted_by = excluded.deleted_by`)
      .run(item.sessionId, item.roomId, item.scheduledMs, item.scheduledBy, item.reason, item.purgeAfterMs, item.deletedMs, item.deletedBy);
  }

  /** Takes a schedule back; what is deleted stays so. */
  cancel(sessionId: SessionId): void {
    this.#db.prepare('DELETE FROM deletions WHERE session_id = ? AND deleted_ms IS NULL').run(sessionId);
  }

  /** A session's deletion; null while it is kept. */
  get(sessionId: SessionId): Deletion | null {
    const row = this.#db.prepare<[string], DeletionRow>('SELECT * FROM deletions WHERE session_id = ?').get(sessionId);
    return row === undefined ? null : toDeletion(row);
  }

  /** Whether a session's files are deleted. */
  isDeleted(sessionId: SessionId): boolean {
    return this.#db.prepare<[string]>('SELECT 1 FROM deletions WHERE session_id = ? AND deleted_ms IS NOT NULL').get(sessionId) !== undefined;
  }

  /** Every deletion, scheduled or done. */
  list(): Deletion[] {
    return this.#db.prepare<[], DeletionRow>('SELECT * FROM deletions ORDER BY scheduled_ms').all().map(toDeletion);
  }

  /** Keeps what a whole pass over a session found, in place of what stood before. */
  saveVerification(sessionId: SessionId, atMs: number, altered: readonly AlteredFile[]): void {
    this.#db.prepare('INSERT INTO verifications (session_id, at_ms, altered) VALUES (?, ?, ?) ON CONFLICT (session_id) DO UPDATE SET at_ms = excluded.at_ms, altered = excluded.altered').run(sessionId, atMs, altered.length);
    this.#db.prepare('DELETE FROM altered_files WHERE session_id = ?').run(sessionId);
    const insert = this.#db.prepare('INSERT OR REPLACE INTO altered_files (session_id, seq, room_id, path, expected, actual, found_ms) VALUES (?, ?, ?, ?, ?, ?, ?)');
    for (const file of altered) insert.run(file.sessionId, file.seq, file.roomId, file.path, file.expected, file.actual, file.foundAtMs);
  }

  /** Keeps one file that was found missing or altered outside a pass. */
  addAltered(file: AlteredFile): void {
    this.#db.prepare('INSERT OR REPLACE INTO altered_files (session_id, seq, room_id, path, expected, actual, found_ms) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(file.sessionId, file.seq, file.roomId, file.path, file.expected, file.actual, file.foundAtMs);
  }

  /** When each session was last checked as a whole, and how many files did not match. */
  listVerifications(): Map<SessionId, { atMs: number; altered: number }> {
    return new Map(this.#db.prepare<[], { session_id: SessionId; at_ms: number; altered: number }>('SELECT session_id, at_ms, altered FROM verifications').all()
      .map((row) => [row.session_id, { atMs: row.at_ms, altered: row.altered }]));
  }

  /** Files found not to match their hash, newest finding first. */
  listAltered(): AlteredFile[] {
    return this.#db.prepare<[], { session_id: SessionId; seq: number; room_id: RoomId; path: string; expected: string; actual: string | null; found_ms: number }>('SELECT * FROM altered_files ORDER BY found_ms DESC, session_id, seq LIMIT 10000').all()
      .map((row) => ({ roomId: row.room_id, sessionId: row.session_id, seq: row.seq, path: row.path, expected: row.expected, actual: row.actual, foundAtMs: row.found_ms }));
  }
}
