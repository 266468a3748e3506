import type { Fault } from '../../contract/faults.ts';
import type { RoomId, SessionId } from '../../contract/ids.ts';
import type { Connection } from './database.ts';

/** The lanes that work through stored footage. */
export type JobLane = 'decode' | 'ocr' | 'speech';

/** A piece of perception work that survives a crash: waiting, running, or failed with a reason. */
export type Job = { id: number; lane: JobLane; roomId: RoomId; sessionId: SessionId; atMs: number; payload: Record<string, unknown>; attempts: number };

type JobRow = { id: number; lane: JobLane; room_id: RoomId; session_id: SessionId; at_ms: number; payload: string; attempts: number };

/** The job queue in SQLite: pulled by the lanes, so that overload shows as lag and never as memory. */
export class JobStore {
  readonly #db: Connection;
  readonly #add;
  readonly #claimNewest;
  readonly #claimOldestFresh;
  readonly #finish;
  readonly #release;
  readonly #fail;
  readonly #recover;
  readonly #counts;
  constructor(db: Connection) {
    this.#db = db;
    this.#add = db.prepare<[JobLane, string, string, number, string]>('INSERT INTO jobs (lane, room_id, session_id, at_ms, payload) VALUES (?, ?, ?, ?, ?)');
    const claim = `UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = (%) RETURNING id, lane, room_id, session_id, at_ms, payload, attempts`;
    this.#claimNewest = db.prepare<[JobLane], JobRow>(claim.replace('%', `SELECT id FROM jobs WHERE lane = ? AND state = 'waiting' ORDER BY at_ms DESC LIMIT 1`));
    this.#claimOldestFresh = db.prepare<[JobLane, number], JobRow>(claim.replace('%', `SELECT id FROM jobs WHERE lane = ? AND state = 'waiting' AND at_ms >= ? ORDER BY at_ms LIMIT 1`));
    this.#finish = db.prepare<[number]>('DELETE FROM jobs WHERE id = ?');
    this.#release = db.prepare<[number]>(`UPDATE jobs SET state = 'waiting' WHERE id = ?`);
    this.#fail = db.prepare<[string, number]>(`UPDATE jobs SET state = 'failed', fault = ? WHERE id = ?`);
    this.#recover = db.prepare(`UPDATE jobs SET state = 'waiting' WHERE state = 'running'`);
    this.#counts = db.prepare<[], { lane: JobLane; state: string; count: number; oldest: number }>(
      `SELECT lane, state, count(*) AS count, min(at_ms) AS oldest FROM jobs GROUP BY lane, state`);
  }

  /** Adds work; atMs is the wall time of the footage, by which lanes choose. */
  add(lane: JobLane, roomId: RoomId, sessionId: SessionId, atMs: number, payload: Record<string, unknown>): void {
    this.#add.run(lane, roomId, sessionId, atMs, JSON.stringify(payload));
  }

  /**
   * Claims the next job of a lane: what is fresh (not older than freshSinceMs) in the order it was recorded, so that decoders keep
   * their state; with nothing fresh waiting, the backlog, newest first.
   */
  claim(lane: JobLane, freshSinceMs: number): Job | null {
    const row = this.#claimOldestFresh.get(lane, freshSinceMs) ?? this.#claimNewest.get(lane);
    if (row === undefined) return null;
    return {
      id: row.id, lane: row.lane, roomId: row.room_id, sessionId: row.session_id, atMs: row.at_ms,
      payload: JSON.parse(row.payload) as Record<string, unknown>, attempts: row.attempts,
    };
  }

  /** Removes a job that is done. */
  finish(id: number): void {
    this.#finish.run(id);
  }

  /** Puts a job back, to be tried again. */
  release(id: number): void {
    this.#release.run(id);
  }

  /** Keeps a job as failed with its reason; it is not tried again by itself. */
  fail(id: number, fault: Fault): void {
    this.#fail.run(JSON.stringify(fault), id);
  }

  /** Drops what waits for a session whose files are gone. */
  dropSession(sessionId: SessionId): void {
    this.#db.prepare('DELETE FROM jobs WHERE session_id = ?').run(sessionId);
  }

  /** At start: what a killed engine was working on waits again; returns how many. */
  recoverRunning(): number {
    return this.#recover.run().changes;
  }

  /** Waiting and failed jobs per lane, with the wall time of the oldest waiting one. */
  countByLane(): Map<JobLane, { waiting: number; failed: number; oldestMs: number | null }> {
    const result = new Map<JobLane, { waiting: number; failed: number; oldestMs: number | null }>();
    for (const row of this.#counts.all()) {
      const entry = result.get(row.lane) ?? { waiting: 0, failed: 0, oldestMs: null };
      if (row.state === 'failed') entry.failed += row.count;
      else {
        entry.waiting += row.count;
        entry.oldestMs = Math.min(entry.oldestMs ?? row.oldest, row.oldest);
      }
      result.set(row.lane, entry);
    }
    return result;
  }
}
