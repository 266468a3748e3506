import type { Lane, Observation, SpokenSyllable, SpokenWord } from '../../contract/flags.ts';
import type { RoomId, SessionId } from '../../contract/ids.ts';
import type { Still, WaveformPart } from '../../contract/timeline.ts';
import type { Connection } from './database.ts';
import { timed } from './database.ts';

type ObservationRow = {
  id: number; room_id: RoomId; session_id: SessionId; lane: Lane; start_ms: number; end_ms: number; text: string; confidence: number;
  engine: string; speaker: string | null; box: string | null; words: string | null; syllables: string | null;
};

function toObservation(row: ObservationRow): Observation {
  const observation: Observation = {
    id: row.id, roomId: row.room_id, sessionId: row.session_id, lane: row.lane, startMs: row.start_ms, endMs: row.end_ms, text: row.text,
    confidence: row.confidence, engine: row.engine,
  };
  if (row.speaker !== null) observation.speaker = row.speaker;
  if (row.box !== null) observation.box = JSON.parse(row.box) as [number, number, number, number];
  if (row.words !== null) observation.words = JSON.parse(row.words) as SpokenWord[];
  if (row.syllables !== null) observation.syllables = JSON.parse(row.syllables) as SpokenSyllable[];
  return observation;
}

function toJson(list: readonly unknown[] | undefined): string | null {
  return list === undefined || list.length === 0 ? null : JSON.stringify(list);
}

/** What perception saw and heard: observations, sound and stills, on the wall clock. */
export class ObservationStore {
  readonly #db: Connection;
  readonly #insert;
  constructor(db: Connection) {
    this.#db = db;
    this.#insert = db.prepare(
      'INSERT INTO observations (room_id, session_id, lane, start_ms, end_ms, text, confidence, engine, speaker, box, words, syllables) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  /** Stores an observation and gives it its id. */
  add(observation: Omit<Observation, 'id'>): Observation {
    const id = Number(this.#insert.run(
      observation.roomId, observation.sessionId, observation.lane, observation.startMs, observation.endMs, observation.text, observation.confidence,
      observation.engine, observation.speaker ?? null, observation.box === undefined ? null : JSON.stringify(observation.box),
      toJson(observation.words), toJson(observation.syllables),
    ).lastInsertRowid);
    return { ...observation, id };
  }

  /** Lets an observation last longer: the same banner was still there. */
  extend(id: number, endMs: number): void {
    this.#db.prepare('UPDATE observations SET end_ms = max(end_ms, ?) WHERE id = ?').run(endMs, id);
  }

  /** Observations of a room that overlap a range, oldest first; looks back ten minutes for those that last. */
  list(roomId: RoomId, fromMs: number, toMs: number, limit: number): Observation[] {
    return timed('listObservations', () => this.#db.prepare<[string, number, number, number, number], ObservationRow>(
      `SELECT * FROM observations WHERE room_id = ? AND start_ms < ? AND start_ms > ? AND end_ms >= ? ORDER BY start_ms, id LIMIT ?`)
      .all(roomId, toMs, fromMs - 600_000, fromMs, limit)).map(toObservation);
  }

  /** Stores the sound of one segment; a second decode of the same segment replaces it. */
  saveWaveform(roomId: RoomId, sessionId: SessionId, seq: number, part: WaveformPart): void {
    this.#db.prepare('INSERT OR REPLACE INTO waveforms (session_id, seq, room_id, start_ms, duration_ms, peaks, speech) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(sessionId, seq, roomId, part.startMs, part.durationMs, Buffer.from(part.peaks, 'base64'), JSON.stringify(part.speech));
  }

  /** The sound of a room over a range, oldest first. */
  listWaveform(roomId: RoomId, fromMs: number, toMs: number): WaveformPart[] {
    return timed('listWaveform', () => this.#db.prepare<[string, number, number, number], { start_ms: number; duration_ms: number; peaks: Buffer; speech: string }>(
      'SELECT start_ms, duration_ms, peaks, speech FROM waveforms WHERE room_id = ? AND start_ms < ? AND start_ms > ? AND start_ms + duration_ms > ? ORDER BY start_ms')
      .all(roomId, toMs, fromMs - 60_000, fromMs))
      .map((row) => ({ startMs: row.start_ms, durationMs: row.duration_ms, peaks: row.peaks.toString('base64'), speech: JSON.parse(row.speech) as [number, number][] }));
  }

  /** Stores a still; one instant of a room has one. */
  addStill(roomId: RoomId, sessionId: SessionId, still: Still): void {
    this.#db.prepare('INSERT OR REPLACE INTO stills (room_id, at_ms, session_id, path, thumb_path, width, height) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(roomId, still.atMs, sessionId, still.path, still.thumbPath, still.width, still.height);
  }

  /** Stills of a room over a range, oldest first; thinned evenly where there are more than `limit`. */
  listStills(roomId: RoomId, fromMs: number, toMs: number, limit: number): Still[] {
    const rows = this.#db.prepare<[number, string, number, number], { at_ms: number; path: string; thumb_path: string; width: number; height: number }>(
      `SELECT at_ms, path, thumb_path, width, height FROM (
         SELECT *, row_number() OVER (ORDER BY at_ms) - 1 AS n, count(*) OVER () AS total, ? AS wanted FROM stills WHERE room_id = ? AND at_ms >= ? AND at_ms < ?
       ) WHERE n % max(1, (total + wanted - 1) / wanted) = 0 ORDER BY at_ms`).all(limit, roomId, fromMs, toMs);
    return rows.map((row) => ({ atMs: row.at_ms, path: row.path, thumbPath: row.thumb_path, width: row.width, height: row.height }));
  }

  /** Forgets the stills of a session whose pictures are gone; what was read in them stays. */
  forgetStills(roomId: RoomId, sessionId: SessionId): void {
    this.#db.prepare('DELETE FROM stills WHERE room_id = ? AND session_id = ?').run(roomId, sessionId);
  }

  /** The still nearest an instant, within five seconds; null when there is none. */
  nearestStill(roomId: RoomId, atMs: number): Still | null {
    const stills = this.listStills(roomId, atMs - 5000, atMs + 5000, 100);
    return stills.reduce<Still | null>((best, still) => (best === null || Math.abs(still.atMs - atMs) < Math.abs(best.atMs - atMs) ? still : best), null);
  }
}
