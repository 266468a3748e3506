import type { RoomId } from '../../contract/ids.ts';
import type { RoomInput } from '../../contract/rooms.ts';
import type { Connection } from './database.ts';

/** A room as stored: what a person entered and whether it is to be recorded. */
export type StoredRoom = RoomInput & { id: RoomId; demo: boolean; enabled: boolean; createdAtMs: number };

type RoomRow = {
  id: string; name: string; url: string; chat_url: string | null; platform: string; host: string; note: string;
  demo: number; enabled: number; created_ms: number; source_kind: StoredRoom['sourceKind']; allow_private: number | null;
};

function toRoom(row: RoomRow): StoredRoom {
  return {
    id: row.id as RoomId, name: row.name, url: row.url, chatUrl: row.chat_url, platform: row.platform, host: row.host, note: row.note, sourceKind: row.source_kind, allowPrivate: row.allow_private === null ? null : row.allow_private === 1,
    demo: row.demo === 1, enabled: row.enabled === 1, createdAtMs: row.created_ms,
  };
}

/** Rooms that are watched, and those removed but not forgotten. */
export class RoomStore {
  readonly #db: Connection;
  constructor(db: Connection) {
    this.#db = db;
  }

  /** Rooms in the order they were added, without removed ones. */
  list(): StoredRoom[] {
    return this.#db.prepare<[], RoomRow>('SELECT * FROM rooms WHERE removed_ms IS NULL ORDER BY created_ms, id').all().map(toRoom);
  }

  /** A room, removed or not; null when there never was one. */
  get(id: RoomId): StoredRoom | null {
    const row = this.#db.prepare<[string], RoomRow>('SELECT * FROM rooms WHERE id = ?').get(id);
    return row === undefined ? null : toRoom(row);
  }

  /** Adds a room, or overwrites what was entered for it. */
  save(room: StoredRoom): void {
    this.#db.prepare(
      `INSERT INTO rooms (id, name, url, chat_url, platform, host, note, demo, enabled, created_ms, source_kind, allow_private) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url, chat_url = excluded.chat_url, platform = excluded.platform,
         host = excluded.host, note = excluded.note, source_kind = excluded.source_kind, allow_private = excluded.allow_private, demo = excluded.demo, enabled = excluded.enabled, removed_ms = NULL`,
    ).run(room.id, room.name, room.url, room.chatUrl, room.platform, room.host, room.note, room.demo ? 1 : 0, room.enabled ? 1 : 0, room.createdAtMs, room.sourceKind, room.allowPrivate === null ? null : room.allowPrivate ? 1 : 0);
  }

  /** Says whether a room is to be recorded. */
  setEnabled(id: RoomId, enabled: boolean): void {
    this.#db.prepare('UPDATE rooms SET enabled = ? WHERE id = ?').run(enabled ? 1 : 0, id);
  }

  /** Takes a room off the list (its recordings stay), or puts it back with null. */
  setRemoved(id: RoomId, removedMs: number | null): void {
    this.#db.prepare('UPDATE rooms SET removed_ms = ? WHERE id = ?').run(removedMs, id);
  }

  /** A value that outlives the program, such as the workstation's id. */
  getSetting(key: string): string | null {
    return this.#db.prepare<[string], { value: string }>('SELECT value FROM settings WHERE key = ?').get(key)?.value ?? null;
  }

  /** Keeps a value that outlives the program. */
  setSetting(key: string, value: string): void {
    this.#db.prepare('INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(key, value);
  }
}
