import type { Fault } from '../../contract/faults.ts';
import type { RoomId, SessionId } from '../../contract/ids.ts';
import type { Gap, Segment, Session, SessionEvent } from '../../contract/rooms.ts';
import type { Connection } from './database.ts';
import { timed } from './database.ts';

/** How far each of a session's append-only files has been read into the database, in bytes. */
export type IngestCursors = { segments: number; gaps: number; chat: number; events: number };

/** A segment with its leaf in the integrity log; `continuity` counts the breaks before it within its session (a new decoder run each). */
export type StoredSegment = Segment & { leafIndex: number; continuity: number };

type SegmentRow = {
  session_id: SessionId; seq: number; room_id: RoomId; kind: Segment['kind']; container: Segment['container']; file: string; init_file: string | null;
  sha256: string; bytes: number; start_ms: number; duration_ms: number; media_sequence: number; discontinuity: number; uri: string;
  arrived_ms: number; monotonic_ms: number; clock_offset_ms: number | null; leaf_index: number; continuity: number;
  media_start_ms: number | null; encryption: string | null; byte_range: string | null; decoder: string | null;
};
type SessionRow = { id: SessionId; room_id: RoomId; start_ms: number; end_ms: number | null; segments: number; bytes: number | null; media_ms: number | null };

function toSegment(row: SegmentRow): StoredSegment {
  return {
    roomId: row.room_id, sessionId: row.session_id, seq: row.seq, kind: row.kind, container: row.container, file: row.file, initFile: row.init_file,
    sha256: row.sha256, bytes: row.bytes, startMs: row.start_ms, durationMs: row.duration_ms, mediaSequence: row.media_sequence,
    discontinuity: row.discontinuity === 1, uri: row.uri, arrivedAtMs: row.arrived_ms, monotonicMs: row.monotonic_ms,
    clockOffsetMs: row.clock_offset_ms, leafIndex: row.leaf_index, continuity: row.continuity,
    mediaStartMs: row.media_start_ms, encryption: fromJson(row.encryption), byteRange: fromJson(row.byte_range), decoder: fromJson(row.decoder),
  };
}

function toJson(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

/** Sessions, stored files and gaps: the index over what the recorder wrote. */
export class RecordingStore {
  readonly #db: Connection;
  readonly #insertSegment;
  readonly #insertGap;
  constructor(db: Connection) {
    this.#db = db;
    this.#insertSegment = db.prepare(
      `INSERT OR IGNORE INTO segments (session_id, seq, room_id, kind, container, file, init_file, sha256, bytes, start_ms, duration_ms, media_sequence,
         discontinuity, uri, arrived_ms, monotonic_ms, clock_offset_ms, leaf_index, continuity, media_start_ms, encryption, byte_range, decoder) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertGap = db.prepare<[string, string, number, number, string]>('INSERT INTO gaps (room_id, session_id, from_ms, to_ms, reason) VALUES (?, ?, ?, ?, ?)');
  }

  /** Makes a session known; does nothing when it is. */
  openSession(id: SessionId, roomId: RoomId, startMs: number): void {
    this.#db.prepare('INSERT OR IGNORE INTO sessions (id, room_id, start_ms) VALUES (?, ?, ?)').run(id, roomId, startMs);
  }

  /** Marks a session as over (or, with null, as running again). */
  endSession(id: SessionId, endMs: number | null): void {
    this.#db.prepare('UPDATE sessions SET end_ms = ? WHERE id = ?').run(endMs, id);
  }

  /** A room's sessions, newest first, with their totals. */
  listSessions(roomId: RoomId | null, limit: number, beforeMs: number = Number.MAX_SAFE_INTEGER): Session[] {
    const rows = timed('listSessions', () => this.#db.prepare<[string | null, string | null, number, number], SessionRow>(
      `SELECT id, room_id, start_ms, end_ms, media_segments AS segments, media_bytes AS bytes, media_ms
       FROM sessions WHERE (? IS NULL OR room_id = ?) AND start_ms < ? ORDER BY start_ms DESC LIMIT ?`).all(roomId, roomId, beforeMs, limit));
    return rows.map((row) => ({
      id: row.id, roomId: row.room_id, startMs: row.start_ms, endMs: row.end_ms, segments: row.segments, bytes: row.bytes ?? 0, mediaMs: row.media_ms ?? 0,
    }));
  }

  /** Bytes of every stored file, by session, and whether it is over. */
  listSizes(): { id: SessionId; roomId: RoomId; startMs: number; endMs: number | null; fileBytes: number }[] {
    return this.#db.prepare<[], { id: SessionId; roomId: RoomId; startMs: number; endMs: number | null; fileBytes: number }>(
      'SELECT id, room_id AS roomId, start_ms AS startMs, end_ms AS endMs, file_bytes AS fileBytes FROM sessions').all();
  }

  /** When the session's folder was last found complete and closed; null = never, or it may have changed since. */
  getRepairedMs(id: SessionId): number | null {
    return this.#db.prepare<[string], { repaired_ms: number | null }>('SELECT repaired_ms FROM sessions WHERE id = ?').get(id)?.repaired_ms ?? null;
  }

  /** Notes (or with null forgets) that a session that is over was found complete. */
  setRepairedMs(id: SessionId, atMs: number | null): void {
    this.#db.prepare('UPDATE sessions SET repaired_ms = ? WHERE id = ?').run(atMs, id);
  }

  /** A session with its totals; null when it is unknown. */
  getTotals(id: SessionId): Session | null {
    const row = this.#db.prepare<[string], SessionRow>('SELECT id, room_id, start_ms, end_ms, media_segments AS segments, media_bytes AS bytes, media_ms FROM sessions WHERE id = ?').get(id);
    return row === undefined ? null : { id: row.id, roomId: row.room_id, startMs: row.start_ms, endMs: row.end_ms, segments: row.segments, bytes: row.bytes ?? 0, mediaMs: row.media_ms ?? 0 };
  }

  /** A room's newest session without its totals; null when it has none. */
  latestSession(roomId: RoomId): Pick<Session, 'id' | 'roomId' | 'startMs' | 'endMs'> | null {
    const row = this.#db.prepare<[string], SessionRow>('SELECT id, room_id, start_ms, end_ms FROM sessions WHERE room_id = ? ORDER BY start_ms DESC LIMIT 1').get(roomId);
    return row === undefined ? null : { id: row.id, roomId: row.room_id, startMs: row.start_ms, endMs: row.end_ms };
  }

  /** A session without its totals; null when it is unknown. */
  getSession(id: SessionId): Pick<Session, 'id' | 'roomId' | 'startMs' | 'endMs'> | null {
    const row = this.#db.prepare<[string], SessionRow>('SELECT id, room_id, start_ms, end_ms FROM sessions WHERE id = ?').get(id);
    return row === undefined ? null : { id: row.id, roomId: row.room_id, startMs: row.start_ms, endMs: row.end_ms };
  }

  /** How far a session's files were read; null when the session is unknown. */
  getCursors(id: SessionId): IngestCursors | null {
    return this.#db.prepare<[string], IngestCursors>(
      'SELECT segments_cursor AS segments, gaps_cursor AS gaps, chat_cursor AS chat, events_cursor AS events FROM sessions WHERE id = ?').get(id) ?? null;
  }

  /** Remembers how far a session's files were read; inside the transaction that stored what was read. */
  setCursors(id: SessionId, cursors: IngestCursors): void {
    this.#db.prepare('UPDATE sessions SET segments_cursor = ?, gaps_cursor = ?, chat_cursor = ?, events_cursor = ? WHERE id = ?').run(cursors.segments, cursors.gaps, cursors.chat, cursors.events, id);
  }

  /** Stores a segment once: false when this session already has one with its number or file. */
  addSegment(segment: Segment, leafIndex: number, continuity: number): boolean {
    return this.#insertSegment.run(
      segment.sessionId, segment.seq, segment.roomId, segment.kind, segment.container, segment.file, segment.initFile, segment.sha256, segment.bytes,
      segment.startMs, segment.durationMs, segment.mediaSequence, segment.discontinuity ? 1 : 0, segment.uri, segment.arrivedAtMs, segment.monotonicMs,
      segment.clockOffsetMs, leafIndex, continuity, segment.mediaStartMs, toJson(segment.encryption), toJson(segment.byteRange), toJson(segment.decoder),
    ).changes === 1;
  }

  /** Whether a session already has a segment with this number. */
  hasSegment(sessionId: SessionId, seq: number): boolean {
    return this.#db.prepare<[string, number]>('SELECT 1 FROM segments WHERE session_id = ? AND seq = ?').get(sessionId, seq) !== undefined;
  }

  /** Stores a gap. */
  addGap(gap: Gap): void {
    this.#insertGap.run(gap.roomId, gap.sessionId, gap.fromMs, gap.toMs, JSON.stringify(gap.reason));
  }

  /** Gaps of a room that overlap a range, oldest first. */
  listGaps(roomId: RoomId, fromMs: number, toMs: number): Gap[] {
    return this.#db.prepare<[string, number, number], { session_id: SessionId; from_ms: number; to_ms: number; reason: string }>(
      'SELECT session_id, from_ms, to_ms, reason FROM gaps WHERE room_id = ? AND from_ms < ? AND to_ms > ? ORDER BY from_ms').all(roomId, toMs, fromMs)
      .map((row) => ({ roomId, sessionId: row.session_id, fromMs: row.from_ms, toMs: row.to_ms, reason: JSON.parse(row.reason) as Fault }));
  }

  /** How many gaps each session has and how long they are together, by session; sessions without are left out. */
  sumGaps(): Map<SessionId, { gaps: number; gapMs: number }> {
    const rows = this.#db.prepare<[], { id: SessionId; gaps: number; gapMs: number }>('SELECT session_id AS id, count(*) AS gaps, sum(to_ms - from_ms) AS gapMs FROM gaps GROUP BY session_id').all();
    return new Map(rows.map(({ id, gaps, gapMs }) => [id, { gaps, gapMs }]));
  }

  /** Stores an event. */
  addEvent(event: SessionEvent): void {
    this.#db.prepare('INSERT INTO session_events (room_id, session_id, at_ms, kind, reason, detail) VALUES (?, ?, ?, ?, ?, ?)')
      .run(event.roomId, event.sessionId, event.atMs, event.kind, toJson(event.reason), JSON.stringify(event.detail));
  }

  /** Events of a room within a range, oldest first. */
  listEvents(roomId: RoomId, fromMs: number, toMs: number): SessionEvent[] {
    return this.#db.prepare<[string, number, number], { session_id: SessionId; at_ms: number; kind: SessionEvent['kind']; reason: string | null; detail: string }>(
      'SELECT session_id, at_ms, kind, reason, detail FROM session_events WHERE room_id = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms, id').all(roomId, fromMs, toMs)
      .map((row) => ({ roomId, sessionId: row.session_id, atMs: row.at_ms, kind: row.kind, reason: fromJson(row.reason), detail: JSON.parse(row.detail) as SessionEvent['detail'] }));
  }

  /** All stored files of a session in order. */
  listSegments(sessionId: SessionId): StoredSegment[] {
    return timed('listSegments', () => this.#db.prepare<[string], SegmentRow>('SELECT * FROM segments WHERE session_id = ? ORDER BY seq').all(sessionId)).map(toSegment);
  }

  /** Media segments (or files of another kind) of a room that overlap a range, oldest first; a segment lasts at most a minute, an imported whole file at most a day, which bounds the index scan. */
  listSegmentsInRange(roomId: RoomId, fromMs: number, toMs: number, kind: 'media' | 'audio' | 'caption' = 'media'): StoredSegment[] {
    return this.#db.prepare<[string, string, number, number, number, string, string, number, number, number], SegmentRow>(
      `SELECT * FROM segments WHERE room_id = ? AND kind = ? AND start_ms < ? AND start_ms > ? AND start_ms + duration_ms > ?
       UNION ALL SELECT * FROM segments WHERE room_id = ? AND container = 'file' AND kind = ? AND start_ms <= ? AND start_ms > ? AND start_ms + duration_ms > ? ORDER BY start_ms, seq`)
      .all(roomId, kind, toMs, fromMs - 60_000, fromMs, roomId, kind, fromMs - 60_000, fromMs - 86_400_000, fromMs).map(toSegment);
  }

  /** How many media segments a session has; of sound that is kept apart, with `audio`. */
  countSegments(sessionId: SessionId, kind: 'media' | 'audio' = 'media'): number {
    if (kind === 'media') return this.#db.prepare<[string], { count: number }>('SELECT media_segments AS count FROM sessions WHERE id = ?').get(sessionId)?.count ?? 0;
    return this.#db.prepare<[string, string], { count: number }>('SELECT count(*) AS count FROM segments WHERE session_id = ? AND kind = ?').get(sessionId, kind)?.count ?? 0;
  }

  /** The newest media segments (or files of another kind) of a session, oldest first. */
  listTail(sessionId: SessionId, limit: number, kind: 'media' | 'audio' | 'caption' = 'media'): StoredSegment[] {
    return this.#db.prepare<[string, string, number], SegmentRow>(
      `SELECT * FROM segments WHERE session_id = ? AND kind = ? ORDER BY seq DESC LIMIT ?`).all(sessionId, kind, limit).map(toSegment).reverse();
  }

  /** The number the session's next stored file gets. */
  nextSeq(sessionId: SessionId): number {
    return this.#db.prepare<[string], { next: number }>('SELECT coalesce(max(seq) + 1, 0) AS next FROM segments WHERE session_id = ?').get(sessionId)?.next ?? 0;
  }

  /** A stored file of a session by its number; null when there is none. */
  findSegment(sessionId: SessionId, seq: number): StoredSegment | null {
    const row = this.#db.prepare<[string, number], SegmentRow>('SELECT * FROM segments WHERE session_id = ? AND seq = ?').get(sessionId, seq);
    return row === undefined ? null : toSegment(row);
  }

  /** A stored file of a session by its name; null when there is none. */
  findFile(sessionId: SessionId, file: string): StoredSegment | null {
    const row = this.#db.prepare<[string, string], SegmentRow>('SELECT * FROM segments WHERE session_id = ? AND file = ?').get(sessionId, file);
    return row === undefined ? null : toSegment(row);
  }
}
