import type { RoomId, SessionId } from '../../contract/ids.ts';
import type { Hold, HoldId } from '../../contract/library.ts';
import type { Connection } from './database.ts';

/** Holds 保全: what retention and deletion must leave alone, and who let go of it. */
export class HoldStore {
  readonly #db: Connection;
  constructor(db: Connection) {
    this.#db = db;
  }

  /** Stores a hold or its release. */
  save(hold: Hold): void {
    this.#db.prepare('INSERT INTO holds (id, room_id, session_id, created_ms, released_ms, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET released_ms = excluded.released_ms, body = excluded.body')
      .run(hold.id, hold.roomId, hold.sessionId, hold.createdAtMs, hold.releasedAtMs, JSON.stringify(hold));
  }

  /** A hold by id; null when there is none. */
  get(id: HoldId): Hold | null {
    const row = this.#db.prepare<[string], { body: string }>('SELECT body FROM holds WHERE id = ?').get(id);
    return row === undefined ? null : (JSON.parse(row.body) as Hold);
  }

  /** Holds, newest first; released ones only if asked. */
  list(roomId: RoomId | null, released: boolean): Hold[] {
    return this.#db.prepare<[string | null, string | null, number], { body: string }>(
      'SELECT body FROM holds WHERE (? IS NULL OR room_id = ?) AND (? = 1 OR released_ms IS NULL) ORDER BY created_ms DESC').all(roomId, roomId, released ? 1 : 0)
      .map((row) => JSON.parse(row.body) as Hold);
  }

  /** Holds in force that touch a session: on itself, or on a range of its room that it overlaps. */
  listFor(session: { id: SessionId; roomId: RoomId; startMs: number; endMs: number | null }): Hold[] {
    return this.list(session.roomId, false).filter((hold) => (hold.sessionId !== null ? hold.sessionId === session.id
      : (hold.fromMs ?? -Infinity) < (session.endMs ?? Infinity) && (hold.toMs ?? Infinity) > session.startMs));
  }
}
