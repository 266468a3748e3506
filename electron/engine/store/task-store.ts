import type { RoomId, SessionId } from '../../contract/ids.ts';
import type { LibraryTask, TaskId } from '../../contract/library.ts';
import type { Connection } from './database.ts';

/** A derived piece of a whole imported file, for playback and analysis; paths are below the derived folder. */
export type ViewPiece = { roomId: RoomId; sessionId: SessionId; seq: number; piece: number; file: string; initFile: string | null; startMs: number; durationMs: number };

type PieceRow = { session_id: SessionId; seq: number; piece: number; room_id: RoomId; file: string; init_file: string | null; start_ms: number; duration_ms: number };

function toPiece(row: PieceRow): ViewPiece {
  return { roomId: row.room_id, sessionId: row.session_id, seq: row.seq, piece: row.piece, file: row.file, initFile: row.init_file, startMs: row.start_ms, durationMs: row.duration_ms };
}

/** Long work on the library, what it brought in, and the pieces by which whole files are viewed. */
export class TaskStore {
  readonly #db: Connection;
  constructor(db: Connection) {
    this.#db = db;
  }

  /** Stores a task's state; the payload is what it was asked to do. */
  save(task: LibraryTask, payload: unknown): void {
    this.#db.prepare('INSERT INTO library_tasks (id, created_ms, body, payload) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body')
      .run(task.id, task.createdAtMs, JSON.stringify(task), JSON.stringify(payload));
  }

  /** A task with its payload; null when there is none. */
  get(id: TaskId): { task: LibraryTask; payload: unknown } | null {
    const row = this.#db.prepare<[string], { body: string; payload: string }>('SELECT body, payload FROM library_tasks WHERE id = ?').get(id);
    return row === undefined ? null : { task: JSON.parse(row.body) as LibraryTask, payload: JSON.parse(row.payload) as unknown };
  }

  /** The newest tasks, newest first. */
  list(): LibraryTask[] {
    return this.#db.prepare<[], { body: string }>('SELECT body FROM library_tasks ORDER BY created_ms DESC LIMIT 200').all().map((row) => JSON.parse(row.body) as LibraryTask);
  }

  /** Remembers what a session was imported from; the hash is over its files' hashes. */
  saveImport(sessionId: SessionId, contentSha256: string, source: string, atMs: number): void {
    this.#db.prepare('INSERT OR REPLACE INTO imports (session_id, content_sha256, source, at_ms) VALUES (?, ?, ?, ?)').run(sessionId, contentSha256, source, atMs);
  }

  /** The session that holds this content already; null when none does. */
  findImport(contentSha256: string): SessionId | null {
    return this.#db.prepare<[string], { session_id: SessionId }>('SELECT session_id FROM imports WHERE content_sha256 = ?').get(contentSha256)?.session_id ?? null;
  }

  /** Sessions that were imported, and when. */
  listImported(): Map<SessionId, number> {
    return new Map(this.#db.prepare<[], { session_id: SessionId; at_ms: number }>('SELECT session_id, at_ms FROM imports').all().map((row) => [row.session_id, row.at_ms]));
  }

  /** Stores the pieces of a whole file in place of those it had. */
  savePieces(sessionId: SessionId, seq: number, pieces: readonly ViewPiece[]): void {
    this.#db.prepare('DELETE FROM view_pieces WHERE session_id = ? AND seq = ?').run(sessionId, seq);
    const insert = this.#db.prepare('INSERT INTO view_pieces (session_id, seq, piece, room_id, file, init_file, start_ms, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    for (const piece of pieces) insert.run(piece.sessionId, piece.seq, piece.piece, piece.roomId, piece.file, piece.initFile, piece.startMs, piece.durationMs);
  }

  /** The pieces of a session's whole files, in order. */
  listPieces(sessionId: SessionId): ViewPiece[] {
    return this.#db.prepare<[string], PieceRow>('SELECT * FROM view_pieces WHERE session_id = ? ORDER BY seq, piece').all(sessionId).map(toPiece);
  }

  /** One piece; null when there is none. */
  findPiece(sessionId: SessionId, seq: number, piece: number): ViewPiece | null {
    const row = this.#db.prepare<[string, number, number], PieceRow>('SELECT * FROM view_pieces WHERE session_id = ? AND seq = ? AND piece = ?').get(sessionId, seq, piece);
    return row === undefined ? null : toPiece(row);
  }
}
