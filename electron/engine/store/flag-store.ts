import type { Flag, FlagState } from '../../contract/flags.ts';
import type { FlagId, RoomId, SessionId } from '../../contract/ids.ts';
import type { Connection } from './database.ts';

/** One act on a flag, as its history keeps it. */
export type FlagAct = { atMs: number; user: string; state: FlagState; reason: string | null; note: string; undone: boolean };

type Review = Pick<Flag, 'state' | 'reason' | 'note' | 'reviewedBy' | 'reviewedAtMs'>;

/** Which flags to list. */
export type FlagQuery = { roomId?: RoomId | undefined; fromMs?: number | undefined; toMs?: number | undefined; state?: FlagState | undefined; limit: number };

/** Flags and what inspectors said of them. */
export class FlagStore {
  readonly #db: Connection;
  constructor(db: Connection) {
    this.#db = db;
  }

  /** Stores a new flag or a changed one. */
  save(flag: Flag): void {
    this.#db.prepare(
      `INSERT INTO flags (id, room_id, session_id, start_ms, end_ms, severity, state, created_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET start_ms = excluded.start_ms, end_ms = excluded.end_ms, severity = excluded.severity, state = excluded.state, body = excluded.body`,
    ).run(flag.id, flag.roomId, flag.sessionId, flag.startMs, flag.endMs, flag.severity, flag.state, flag.createdAtMs, JSON.stringify(flag));
  }

  /** A flag by id; null when there is none. */
  get(id: FlagId): Flag | null {
    const row = this.#db.prepare<[string], { body: string }>('SELECT body FROM flags WHERE id = ?').get(id);
    return row === undefined ? null : (JSON.parse(row.body) as Flag);
  }

  /** Flags by room, range and state; newest first. */
  list(query: FlagQuery): Flag[] {
    const where: string[] = [];
    const values: (string | number)[] = [];
    const add = (sql: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      where.push(sql);
      values.push(value);
    };
    add('room_id = ?', query.roomId);
    add('end_ms >= ?', query.fromMs);
    add('start_ms < ?', query.toMs);
    add('state = ?', query.state);
    const rows = this.#db.prepare<(string | number)[], { body: string }>(
      `SELECT body FROM flags ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY start_ms DESC LIMIT ?`).all(...values, query.limit);
    return rows.map((row) => JSON.parse(row.body) as Flag);
  }

  /** Flags of a session since an instant, and all its dismissed ones: what new hits may be merged into or stay quiet for. */
  listRecent(sessionId: SessionId, sinceMs: number): Flag[] {
    return this.#db.prepare<[string, number], { body: string }>(`SELECT body FROM flags WHERE session_id = ? AND (end_ms >= ? OR state = 'dismissed') ORDER BY start_ms`).all(sessionId, sinceMs)
      .map((row) => JSON.parse(row.body) as Flag);
  }

  /** Open flags of a room since an instant: all, and those with severity veto. */
  countOpen(roomId: RoomId, sinceMs: number): { open: number; veto: number } {
    const row = this.#db.prepare<[string, number], { open: number; veto: number | null }>(
      `SELECT count(*) AS open, sum(severity = 'veto') AS veto FROM flags WHERE room_id = ? AND state = 'open' AND end_ms >= ?`).get(roomId, sinceMs);
    return { open: row?.open ?? 0, veto: row?.veto ?? 0 };
  }

  /** Sets what an inspector says of a flag and keeps what stood before; inside a transaction. */
  review(flag: Flag, next: Review & { reviewedBy: string; reviewedAtMs: number }): Flag {
    const previous: Review = { state: flag.state, reason: flag.reason, note: flag.note, reviewedBy: flag.reviewedBy, reviewedAtMs: flag.reviewedAtMs };
    this.#db.prepare('INSERT INTO flag_history (flag_id, at_ms, user, state, reason, note, previous) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(flag.id, next.reviewedAtMs, next.reviewedBy, next.state, next.reason, next.note, JSON.stringify(previous));
    const changed: Flag = { ...flag, ...next };
    this.save(changed);
    return changed;
  }

  /** Takes a user's newest act back; null when there is nothing left to undo. The act stays in the history, marked as undone. */
  undo(user: string): Flag | null {
    const row = this.#db.prepare<[string], { id: number; flag_id: FlagId; previous: string }>(
      'SELECT id, flag_id, previous FROM flag_history WHERE user = ? AND undone = 0 ORDER BY id DESC LIMIT 1').get(user);
    if (row === undefined) return null;
    const flag = this.get(row.flag_id);
    if (flag === null) return null;
    this.#db.prepare('UPDATE flag_history SET undone = 1 WHERE id = ?').run(row.id);
    const restored: Flag = { ...flag, ...(JSON.parse(row.previous) as Review) };
    this.save(restored);
    return restored;
  }

  /** Every act on a flag, oldest first. */
  listHistory(id: FlagId): FlagAct[] {
    return this.#db.prepare<[string], { at_ms: number; user: string; state: FlagState; reason: string | null; note: string; undone: number }>(
      'SELECT at_ms, user, state, reason, note, undone FROM flag_history WHERE flag_id = ? ORDER BY id').all(id)
      .map((row) => ({ atMs: row.at_ms, user: row.user, state: row.state, reason: row.reason, note: row.note, undone: row.undone === 1 }));
  }
}
