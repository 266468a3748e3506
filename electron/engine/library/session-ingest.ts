import { closeSync, existsSync, fstatSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { makeFault } from '../../contract/faults.ts';
import { RoomId, SessionId } from '../../contract/ids.ts';
import { ChatRecord, EventRecord, GapRecord, SegmentRecord, type ResumePoint } from '../../contract/recording.ts';
import type { Gap, Segment, SessionEvent } from '../../contract/rooms.ts';
import type { Observation } from '../../contract/flags.ts';
import { readDeletionMarker } from './session-remover.ts';
import { repairSession, sessionFiles } from './session-files.ts';
import type { Store } from '../store/store.ts';
import { toSessionDir, type LibraryLayout } from './library-layout.ts';

const maxReadBytes = 4 << 20;
const resumeTail = 64;
/** A hole in time above which decoders and players must not assume continuity. */
const continuityJumpMs = 1500;

/** What one ingest brought: new facts that were committed, in order. */
export type Ingested = { segments: Segment[]; gaps: Gap[]; chat: Observation[]; events: SessionEvent[] };

/** Who does the work on footage: the workstation analyses, `record` only keeps. */
export type IngestOptions = {
  analyse: boolean; nowMs: number;
  /** Nobody writes the session: a listed file that is not there is lost, not on its way. */
  isAtRest?: boolean;
};

/**
 * Reads what the recorder appended to a session's files since the last call and commits it: row, log leaf, jobs and journal entry
 * in one transaction with the cursor, so that a crash at any moment neither loses nor doubles anything.
 */
export function ingestSession(store: Store, layout: LibraryLayout, roomId: RoomId, sessionId: SessionId, options: IngestOptions): Ingested {
  const dir = toSessionDir(layout, roomId, sessionId);
  const result: Ingested = { segments: [], gaps: [], chat: [], events: [] };
  if (!existsSync(dir)) return result;
  const cursors = store.recordings.getCursors(sessionId) ?? { segments: 0, gaps: 0, chat: 0, events: 0 };
  const segments = readLines(join(dir, sessionFiles.segments), cursors.segments, SegmentRecord, (record, isLast) => options.isAtRest === true || !isLast || existsSync(join(dir, record.file)));
  const gaps = readLines(join(dir, sessionFiles.gaps), cursors.gaps, GapRecord);
  const chat = readLines(join(dir, sessionFiles.chat), cursors.chat, ChatRecord);
  const events = readLines(join(dir, sessionFiles.events), cursors.events, EventRecord);
  const broken = Object.entries({ segments, gaps, chat, events }).flatMap(([name, read]) => read.broken.map((offset) => ({ name, offset })));
  if (segments.items.length + gaps.items.length + chat.items.length + events.items.length + broken.length === 0) return result;
  store.transact(() => {
    const firstMs = segments.items[0] === undefined ? toFirstMs(gaps.items[0]?.from ?? chat.items[0]?.at ?? events.items[0]?.at, options.nowMs) : Date.parse(segments.items[0].startAt);
    store.recordings.openSession(sessionId, roomId, firstMs);
    for (const record of segments.items) {
      const segment = toSegment(record, roomId, sessionId);
      if (commitSegment(store, segment, options)) result.segments.push(segment);
    }
    for (const record of gaps.items) {
      const gap: Gap = { roomId, sessionId, fromMs: Date.parse(record.from), toMs: Date.parse(record.to), reason: record.reason };
      store.recordings.addGap(gap);
      store.log.append('gap', { roomId, sessionId, from: record.from, to: record.to, code: record.reason.code });
      store.journal.append('gapCommitted', gap, options.nowMs);
      result.gaps.push(gap);
    }
    for (const record of events.items) {
      const event: SessionEvent = { roomId, sessionId, atMs: Date.parse(record.at), kind: record.kind, reason: record.reason, detail: record.detail };
      store.recordings.addEvent(event);
      store.log.append('event', { roomId, sessionId, at: record.at, kind: record.kind, detail: record.detail });
      store.journal.append('sessionEventCommitted', event, options.nowMs);
      result.events.push(event);
    }
    for (const { name, offset } of broken) {
      // The line stays in its file as it is; that it could not be read is a fact of the session.
      const event: SessionEvent = { roomId, sessionId, atMs: options.nowMs, kind: 'note', reason: makeFault('library-altered', `${sessionId}/${name}`, `${name}.jsonl 第 ${offset} 字节处的一行无法读取，已略过`), detail: { file: `${name}.jsonl`, offset } };
      store.recordings.addEvent(event);
      store.log.append('event', { roomId, sessionId, kind: 'note', detail: event.detail });
      store.journal.append('sessionEventCommitted', event, options.nowMs);
      result.events.push(event);
    }
    for (const record of chat.items) result.chat.push(store.observations.add(toChatObservation(record, roomId, sessionId)));
    if (result.chat.length > 0) {
      store.journal.append('observationsCommitted', { roomId, sessionId, observations: result.chat, waveform: null, stills: [], levelDb: null }, options.nowMs);
    }
    store.recordings.setCursors(sessionId, { segments: segments.cursor, gaps: gaps.cursor, chat: chat.cursor, events: events.cursor });
  });
  return result;
}

function commitSegment(store: Store, segment: Segment, options: IngestOptions): boolean {
  if (store.recordings.hasSegment(segment.sessionId, segment.seq)) return false;
  const leafIndex = store.log.append('segment', {
    roomId: segment.roomId, sessionId: segment.sessionId, seq: segment.seq, file: segment.file, sha256: segment.sha256, bytes: segment.bytes, startMs: segment.startMs,
  });
  const previous = segment.kind === 'media' || segment.kind === 'audio' ? store.recordings.listTail(segment.sessionId, 1, segment.kind)[0] : undefined;
  const continuity = previous === undefined ? 0 : previous.continuity + (isBreak(previous, segment) ? 1 : 0);
  if (!store.recordings.addSegment(segment, leafIndex, continuity)) throw new Error(`segment ${segment.sessionId}/${segment.file} is there under another number`);
  if (segment.kind === 'init') return true;
  if (options.analyse && segment.container !== 'file') store.jobs.add('decode', segment.roomId, segment.sessionId, segment.startMs, { seq: segment.seq });
  if (segment.kind !== 'media') return true;
  store.journal.append('segmentCommitted', {
    roomId: segment.roomId, sessionId: segment.sessionId, seq: segment.seq, startMs: segment.startMs, durationMs: segment.durationMs,
  }, options.nowMs);
  return true;
}

function isBreak(previous: Segment, next: Segment): boolean {
  return next.discontinuity || next.initFile !== previous.initFile || next.container !== previous.container
    || next.startMs - (previous.startMs + previous.durationMs) > continuityJumpMs;
}

function toSegment(record: SegmentRecord, roomId: RoomId, sessionId: SessionId): Segment {
  return {
    roomId, sessionId, seq: record.seq, kind: record.kind, container: record.container, file: record.file, initFile: record.initFile, sha256: record.sha256,
    bytes: record.bytes, startMs: Date.parse(record.startAt), durationMs: record.duration * 1000, mediaSequence: record.mediaSequence,
    discontinuity: record.discontinuity, uri: record.uri, arrivedAtMs: Date.parse(record.arrivedAt), monotonicMs: record.monotonicMs, clockOffsetMs: record.clockOffsetMs,
    mediaStartMs: record.mediaStartMs, encryption: record.encryption, byteRange: record.byteRange, decoder: record.decoder,
  };
}

function toChatObservation(record: ChatRecord, roomId: RoomId, sessionId: SessionId): Omit<Observation, 'id'> {
  const atMs = Date.parse(record.at);
  return { roomId, sessionId, lane: 'chat', startMs: atMs, endMs: atMs, text: record.text, confidence: 1, engine: 'chat', speaker: record.user };
}

function toFirstMs(text: string | undefined, nowMs: number): number {
  return text === undefined ? nowMs : Date.parse(text);
}

/** Whole lines from a byte cursor on; stops before the first for which `accept` says not yet. A line that is not ours is passed over and named by its offset. */
function readLines<T>(path: string, cursor: number, schema: z.ZodType<T>, accept: (item: T, isLast: boolean) => boolean = () => true): { items: T[]; cursor: number; broken: number[] } {
  const items: T[] = [];
  const broken: number[] = [];
  if (!existsSync(path)) return { items, cursor, broken };
  const file = openSync(path, 'r');
  try {
    const length = Math.min(maxReadBytes, fstatSync(file).size - cursor);
    if (length <= 0) return { items, cursor, broken };
    const buffer = Buffer.alloc(length);
    const body = buffer.subarray(0, readSync(file, buffer, 0, length, cursor));
    let next = cursor;
    for (let from = 0, end = body.indexOf(0x0a); end !== -1; from = end + 1, end = body.indexOf(0x0a, from)) {
      const item = schema.safeParse(parseJson(body.toString('utf8', from, end)));
      if (!item.success) broken.push(cursor + from);
      else if (accept(item.data, end === body.length - 1)) items.push(item.data);
      else break;
      next = cursor + end + 1;
    }
    return { items, cursor: next, broken };
  } finally {
    closeSync(file);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sessions found on disk, in order. */
export function listSessionDirs(layout: LibraryLayout): { roomId: RoomId; sessionId: SessionId }[] {
  if (!existsSync(layout.rooms)) return [];
  return readdirSync(layout.rooms, { withFileTypes: true }).filter((room) => room.isDirectory()).flatMap((room) => {
    const roomId = RoomId.safeParse(room.name);
    if (!roomId.success) return [];
    return readdirSync(join(layout.rooms, room.name), { withFileTypes: true }).filter((session) => session.isDirectory()).flatMap((session) => {
      const sessionId = SessionId.safeParse(session.name);
      return sessionId.success ? [{ roomId: roomId.data, sessionId: sessionId.data }] : [];
    });
  }).sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
}

/** What a repair at start found; `sessions` counts those that were looked into, `setAside` lines that could not be read, `missing` files that are listed but gone. */
export type LibraryRepair = { sessions: number; renamed: number; discardedParts: number; cutBytes: number; ingested: number; setAside: number; missing: number };

/** Puts the library right after a crash: what was open or has changed since it was last found complete is repaired, and what the database has not seen is committed. */
export function repairLibrary(store: Store, layout: LibraryLayout, options: IngestOptions): LibraryRepair {
  const total: LibraryRepair = { sessions: 0, renamed: 0, discardedParts: 0, cutBytes: 0, ingested: 0, setAside: 0, missing: 0 };
  const looked: { roomId: RoomId; sessionId: SessionId }[] = [];
  for (const { roomId, sessionId } of listSessionDirs(layout)) {
    const dir = toSessionDir(layout, roomId, sessionId);
    if (isUntouched(dir, store.recordings.getRepairedMs(sessionId))) continue;
    const marker = readDeletionMarker(dir);
    const repair = repairSession(dir);
    total.sessions += 1;
    total.renamed += repair.renamed;
    total.discardedParts += repair.discardedParts;
    total.cutBytes += repair.cutBytes;
    for (let more = true; more; ) {
      const { segments, gaps, chat, events } = ingestSession(store, layout, roomId, sessionId, { ...options, isAtRest: true, analyse: options.analyse && marker === null });
      total.ingested += segments.length;
      total.setAside += events.filter((event) => event.kind === 'note' && event.reason?.code === 'library-altered').length;
      for (const segment of marker === null ? segments : []) {
        const path = join(dir, segment.file);
        if (existsSync(path)) continue;
        total.missing += 1;
        store.deletions.addAltered({ roomId, sessionId, seq: segment.seq, path, expected: segment.sha256, actual: null, foundAtMs: options.nowMs });
      }
      more = segments.length + gaps.length + chat.length + events.length > 0;
    }
    if (marker !== null && store.deletions.get(sessionId) === null) {
      store.deletions.save({ sessionId, roomId, scheduledMs: Date.parse(marker.scheduledAt), scheduledBy: marker.deletedBy, reason: marker.reason, purgeAfterMs: Date.parse(marker.deletedAt), deletedMs: Date.parse(marker.deletedAt), deletedBy: marker.deletedBy });
    }
    looked.push({ roomId, sessionId });
  }
  store.transact(() => {
    for (const { roomId, sessionId } of looked) {
      const session = store.recordings.getSession(sessionId);
      if (session !== null && (session.endMs !== null || store.recordings.latestSession(roomId)?.id !== sessionId)) store.recordings.setRepairedMs(sessionId, options.nowMs);
    }
  });
  store.jobs.recoverRunning();
  return total;
}

// Two looks at the folder instead of reading its lists: what keeps a start short with thousands of sessions.
function isUntouched(dir: string, repairedMs: number | null): boolean {
  if (repairedMs === null) return false;
  const lists = statSync(join(dir, sessionFiles.segments), { throwIfNoEntry: false });
  return statSync(dir).mtimeMs < repairedMs && (lists === undefined || lists.mtimeMs < repairedMs);
}

/** Where a room's recording goes on: its newest session, if it has footage. */
export function toResumePoint(store: Store, roomId: RoomId, stoppedByHand = false): ResumePoint | null {
  const session = store.recordings.latestSession(roomId);
  if (session === null || session.endMs !== null || store.deletions.get(session.id) !== null) return null;
  const tail = store.recordings.listTail(session.id, resumeTail);
  if (tail.length === 0) return null;
  return {
    sessionId: session.id, stoppedByHand, nextSeq: store.recordings.nextSeq(session.id),
    beside: [...store.recordings.listTail(session.id, resumeTail / 2, 'caption'), ...store.recordings.listTail(session.id, resumeTail / 2, 'audio')].sort((a, b) => a.seq - b.seq)
      .flatMap(({ kind, mediaSequence, sha256, startMs, durationMs }) => (kind === 'caption' || kind === 'audio' ? [{ kind, mediaSequence, sha256, endMs: startMs + durationMs }] : [])),
    tail: tail.map(({ mediaSequence, sha256, uri, startMs, durationMs }) => ({ mediaSequence, sha256, uri, startMs, durationMs })),
  };
}
