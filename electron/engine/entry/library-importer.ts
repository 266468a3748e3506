import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { z } from 'zod';
import { FaultError, makeFault, toFault } from '../../contract/faults.ts';
import { RoomId, type SessionId } from '../../contract/ids.ts';
import type { LibraryTask } from '../../contract/library.ts';
import type { ChatRecord } from '../../contract/recording.ts';
import { formatIso } from '../../contract/time.ts';
import { makePace } from '../library/file-verifier.ts';
import { planImports, type ImportItem } from '../library/import-plan.ts';
import { importFile, importHls, importSession, readManifest, type Imported, type ImportOptions } from '../library/importer.ts';
import { toRoomId, toSessionDir, type LibraryLayout } from '../library/library-layout.ts';
import { ingestSession } from '../library/session-ingest.ts';
import { parseChat } from '../perception/chat-parser.ts';
import { PerceptionClient } from '../perception/perception-client.ts';
import { parseSubtitles } from '../perception/subtitle-parser.ts';
import type { StoredRoom } from '../store/room-store.ts';
import type { Store } from '../store/store.ts';
import type { TaskRun } from './library-tasks.ts';

/** What an import was asked to do. */
export const ImportPayload = z.object({ paths: z.array(z.string()), roomId: RoomId.nullable(), roomName: z.string(), startAtMs: z.number().nullable(), user: z.string() });
export type ImportPayload = z.infer<typeof ImportPayload>;

/** What importing works with. */
export type ImporterParts = {
  store: Store; layout: LibraryLayout; modelsDir: string;
  /** Whether what comes in is to be analysed. */
  analyse: boolean;
  /** A room was made for an import. */
  onRoom: (room: StoredRoom) => void;
  /** New facts were committed. */
  onCommitted: (sessionId: SessionId) => void;
};

const pieceMs = 6000;
const splitTimeoutMs = 4 * 3_600_000;
const probeTimeoutMs = 120_000;

/** Brings recordings in: stores them, makes them known, packs whole files into pieces to view, and queues their analysis. */
export async function runImport(parts: ImporterParts, payload: ImportPayload, run: TaskRun): Promise<LibraryTask['result']> {
  const items: ImportItem[] = [];
  for (const path of payload.paths) {
    try {
      items.push(...planImports([path]));
    } catch (cause) {
      run.addProblem(makeFault('import-unreadable', path, `读不到 ${path}`, { cause }));
    }
  }
  run.setTotal(items.reduce((sum, item) => sum + item.bytes, 0), items.length);
  const client = new PerceptionClient({ lane: 'decode', modelsDir: parts.modelsDir, userModelsDir: parts.layout.models, onStatus: () => undefined });
  client.start();
  const done: Imported[] = [];
  let known = 0;
  let last: FaultError | null = null;
  try {
    for (const item of items) {
      try {
        done.push(await importOne(parts, payload, item, client, run));
      } catch (thrown) {
        if (!(thrown instanceof FaultError) || thrown.fault.code === 'cancelled') throw thrown;
        last = thrown;
        if (thrown.fault.code === 'already-imported') known += 1;
        run.addProblem(thrown.fault);
      }
      run.add(0, 1);
    }
  } finally {
    await client.stop();
  }
  if (done.length === 0) throw last ?? new FaultError(makeFault('import-unreadable', payload.paths.join(' '), '没有找到能导入的录像'));
  return { imported: done.length, already: known, failed: items.length - done.length - known, sessionId: done[0]?.sessionId ?? null, roomId: done[0]?.roomId ?? null, startFrom: done[0]?.startSource ?? null };
}

async function importOne(parts: ImporterParts, payload: ImportPayload, item: ImportItem, client: PerceptionClient, run: TaskRun): Promise<Imported> {
  const { store, layout } = parts;
  const { roomId, newRoom } = item.kind === 'session' ? takeExportedRoom(parts, item.path) : findRoom(parts, payload, item.path);
  const options: ImportOptions = {
    layout, roomId, startMs: payload.startAtMs, pace: makePace(run.signal, () => null), onBytes: (bytes) => run.add(bytes, 0), readChat: readSidecarChat,
    probe: (file) => client.request({ type: 'probe', file, initFile: null }, { timeoutMs: probeTimeoutMs, signal: run.signal }),
    findKnown: (sha256) => store.tasks.findImport(sha256),
  };
  const imported = item.kind === 'file' ? await importFile(item, options) : item.kind === 'hls' ? await importHls(item, options) : await importSession(item, options);
  // Only what could be read makes a room: a bad file must not leave an empty one behind.
  if (newRoom !== null) addRoom(parts, newRoom);
  for (let more = true; more; ) {
    const { segments, gaps, chat, events } = ingestSession(store, layout, imported.roomId, imported.sessionId, { analyse: parts.analyse, nowMs: Date.now() });
    more = segments.length + gaps.length + chat.length + events.length > 0;
  }
  store.transact(() => {
    store.recordings.endSession(imported.sessionId, imported.endMs);
    store.tasks.saveImport(imported.sessionId, imported.contentSha256, item.path, Date.now());
    if (item.kind === 'file') storeCaptions(store, item.sidecars, imported);
    store.packages.addCustody({ atMs: Date.now(), user: payload.user, act: 'recording-imported', roomId: imported.roomId, detail: { sessionId: imported.sessionId, from: item.path, sha256: imported.contentSha256, startFrom: imported.startSource } });
    store.journal.append('recordingsChanged', { sessionIds: [imported.sessionId] }, Date.now());
  });
  parts.onCommitted(imported.sessionId);
  try {
    await makeViewPieces(parts, imported.roomId, imported.sessionId, client, run.signal);
  } catch (thrown) {
    const fault = toFault(thrown, item.path);
    if (fault.code === 'cancelled' || fault.code === 'internal') throw thrown;
    run.addProblem(fault); // stored and hashed all the same; only the view is missing
  }
  return imported;
}

/** Packs a session's whole files into pieces below the derived folder, unless they are there, and queues their analysis. */
export async function makeViewPieces(parts: ImporterParts, roomId: RoomId, sessionId: SessionId, client: PerceptionClient, signal: AbortSignal): Promise<void> {
  const { store, layout } = parts;
  const known = new Set(store.tasks.listPieces(sessionId).map((piece) => piece.seq));
  for (const segment of store.recordings.listSegments(sessionId)) {
    if (segment.container !== 'file' || segment.kind !== 'media' || known.has(segment.seq)) continue;
    const outDir = join(layout.derived, roomId, sessionId, `view-${segment.seq}`);
    const split = await client.request({ type: 'split', file: join(toSessionDir(layout, roomId, sessionId), segment.file), outDir, pieceMs }, { timeoutMs: splitTimeoutMs, signal }).catch(async (thrown: unknown) => {
      await rm(outDir, { recursive: true, force: true });
      throw thrown;
    });
    let startMs = segment.startMs;
    store.transact(() => {
      store.tasks.savePieces(sessionId, segment.seq, split.pieces.map((piece, index) => {
        const placed = { roomId, sessionId, seq: segment.seq, piece: index, file: piece.file, initFile: split.initFile, startMs, durationMs: piece.durationMs };
        startMs += piece.durationMs;
        if (parts.analyse) store.jobs.add('decode', roomId, sessionId, placed.startMs, { seq: segment.seq, piece: index });
        return placed;
      }));
      store.journal.append('recordingsChanged', { sessionIds: [sessionId] }, Date.now());
    });
    parts.onCommitted(sessionId);
  }
}

/** The room that something goes to, and the entry that is to be made for it once it is in. */
type RoomGoal = { roomId: RoomId; newRoom: StoredRoom | null };

function findRoom(parts: ImporterParts, payload: ImportPayload, path: string): RoomGoal {
  const { store } = parts;
  if (payload.roomId !== null) {
    if (store.rooms.get(payload.roomId) === null) throw new FaultError(makeFault('not-found', payload.roomId, '没有这个直播间'));
    return { roomId: payload.roomId, newRoom: null };
  }
  const name = payload.roomName === '' ? basename(path, extname(path)).slice(0, 80) : payload.roomName;
  const same = store.rooms.list().find((room) => room.name === name);
  if (same !== undefined) return { roomId: same.id, newRoom: null };
  const url = `import:${name}`;
  const roomId = toRoomId(url);
  return { roomId, newRoom: { id: roomId, name, url, chatUrl: null, platform: '', host: '', note: '', sourceKind: 'auto', allowPrivate: null, demo: false, enabled: false, createdAtMs: Date.now() } };
}

function takeExportedRoom(parts: ImporterParts, path: string): RoomGoal {
  const { room } = readManifest(path);
  return { roomId: room.id, newRoom: parts.store.rooms.get(room.id) === null ? { ...room, enabled: false } : null };
}

function addRoom(parts: ImporterParts, room: StoredRoom): void {
  parts.store.rooms.save(room);
  parts.onRoom(room);
}

/** Reads the viewers' messages of a side-car; their time is from the recording's start where they say no date. */
function readSidecarChat(file: string, startMs: number): ChatRecord[] {
  const extension = extname(file).toLowerCase();
  if (extension !== '.xml' && extension !== '.jsonl') return [];
  if (!existsSync(file)) return [];
  return parseChat(readFileSync(file, 'utf8'), extension === '.xml' ? 'xml' : 'jsonl').map((message) => {
    const at = formatIso(message.clock === 'wall' ? message.startMs : startMs + message.startMs);
    return { at, user: message.user ?? '', text: message.text, arrivedAt: at };
  });
}

function storeCaptions(store: Store, sidecars: readonly string[], imported: Imported): void {
  for (const file of sidecars) {
    const extension = extname(file).toLowerCase();
    if (extension !== '.srt' && extension !== '.vtt') continue;
    const observations = parseSubtitles(readFileSync(file, 'utf8'), extension === '.vtt' ? 'vtt' : 'srt').map((cue) => store.observations.add({
      roomId: imported.roomId, sessionId: imported.sessionId, lane: 'caption', startMs: imported.startMs + cue.startMs, endMs: imported.startMs + cue.endMs, text: cue.text, confidence: 1, engine: 'caption',
    }));
    if (observations.length > 0) store.journal.append('observationsCommitted', { roomId: imported.roomId, sessionId: imported.sessionId, observations, waveform: null, stills: [], levelDb: null }, Date.now());
  }
}
