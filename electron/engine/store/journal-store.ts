import type { EventData, EventName } from '../../contract/rpc.ts';
import type { Connection } from './database.ts';

/** A journal entry: what changed, in the order it was stored. */
export type JournalEntry = { cursor: number; event: EventName; data: unknown };

const keptEntries = 20_000;

/** The journal: every durable event with a cursor; written inside the transaction of what it announces. */
export class JournalStore {
  readonly #db: Connection;
  readonly #insert;
  readonly #after;
  readonly #last;
  readonly #first;
  readonly #prune;
  constructor(db: Connection) {
    this.#db = db;
    this.#insert = db.prepare<[number, string, string]>('INSERT INTO journal (at_ms, event, data) VALUES (?, ?, ?)');
    this.#after = db.prepare<[number, number], { cursor: number; event: EventName; data: string }>('SELECT cursor, event, data FROM journal WHERE cursor > ? ORDER BY cursor LIMIT ?');
    this.#last = db.prepare<[], { cursor: number | null }>('SELECT max(cursor) AS cursor FROM journal');
    this.#first = db.prepare<[], { cursor: number | null }>('SELECT min(cursor) AS cursor FROM journal');
    this.#prune = db.prepare<[number]>('DELETE FROM journal WHERE cursor <= ?');
  }

  /** Appends an event; call it inside the transaction that stores what it tells. */
  append<E extends EventName>(event: E, data: EventData<E>, atMs: number): number {
    const cursor = Number(this.#insert.run(atMs, event, JSON.stringify(data)).lastInsertRowid);
    if (cursor % 1000 === 0) this.#prune.run(cursor - keptEntries);
    return cursor;
  }

  /** Entries after a cursor, oldest first, at most `limit`. */
  readAfter(cursor: number, limit: number): JournalEntry[] {
    return this.#after.all(cursor, limit).map((row) => ({ cursor: row.cursor, event: row.event, data: JSON.parse(row.data) as unknown }));
  }

  /** The newest cursor; 0 when the journal is empty. */
  get lastCursor(): number {
    return this.#last.get()?.cursor ?? 0;
  }

  /** Whether everything after `cursor` is still kept, so that a client can catch up from it. */
  canReplayFrom(cursor: number): boolean {
    const first = this.#first.get()?.cursor ?? 1;
    return cursor >= first - 1 && cursor <= this.lastCursor;
  }

  /** Runs several writes as one transaction. */
  transact<T>(run: () => T): T {
    return this.#db.transaction(run)();
  }
}
