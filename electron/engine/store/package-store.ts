import type { EvidencePackage } from '../../contract/evidence.ts';
import type { PackageId, RoomId } from '../../contract/ids.ts';
import type { Connection } from './database.ts';

/** One act on the material: who, when, what. */
export type CustodyAct = { atMs: number; user: string; act: string; roomId: RoomId | null; detail: Record<string, unknown> };

/** Evidence packages and the chain of custody. */
export class PackageStore {
  readonly #db: Connection;
  constructor(db: Connection) {
    this.#db = db;
  }

  /** Stores a package's state. */
  save(item: EvidencePackage): void {
    this.#db.prepare('INSERT INTO packages (id, created_ms, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body')
      .run(item.id, item.createdAtMs, JSON.stringify(item));
  }

  /** A package by id; null when there is none. */
  get(id: PackageId): EvidencePackage | null {
    const row = this.#db.prepare<[string], { body: string }>('SELECT body FROM packages WHERE id = ?').get(id);
    return row === undefined ? null : (JSON.parse(row.body) as EvidencePackage);
  }

  /** Packages, newest first. */
  list(): EvidencePackage[] {
    return this.#db.prepare<[], { body: string }>('SELECT body FROM packages ORDER BY created_ms DESC LIMIT 1000').all().map((row) => JSON.parse(row.body) as EvidencePackage);
  }

  /** Adds an act to the chain of custody. */
  addCustody(act: CustodyAct): void {
    this.#db.prepare('INSERT INTO custody (at_ms, user, act, room_id, detail) VALUES (?, ?, ?, ?, ?)').run(act.atMs, act.user, act.act, act.roomId, JSON.stringify(act.detail));
  }

  /** Acts on a room's material since an instant, oldest first; acts on the whole workstation included. */
  listCustody(roomId: RoomId, sinceMs: number): CustodyAct[] {
    return this.#db.prepare<[string, number], { at_ms: number; user: string; act: string; room_id: RoomId | null; detail: string }>(
      'SELECT at_ms, user, act, room_id, detail FROM custody WHERE (room_id = ? OR room_id IS NULL) AND at_ms >= ? ORDER BY at_ms, id').all(roomId, sinceMs)
      .map((row) => ({ atMs: row.at_ms, user: row.user, act: row.act, roomId: row.room_id, detail: JSON.parse(row.detail) as Record<string, unknown> }));
  }
}
