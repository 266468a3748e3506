import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError } from '../../contract/faults.ts';
import type { RoomId } from '../../contract/ids.ts';
import { formatIso } from '../../contract/time.ts';
import { openLibraryStore } from '../entry/library-store.ts';
import { RecorderHost } from '../entry/recorder-host.ts';
import { toLayout, toRoomId, type LibraryLayout } from '../library/library-layout.ts';
import { repairLibrary } from '../library/session-ingest.ts';
import type { Store } from '../store/store.ts';
import { parseArguments, printJson, toNumber, UsageError, type CommandIo } from './arguments.ts';

/** Help of `record`. */
export const recordHelp = `record URL… --out DIR [--for SECONDS] [--json]
Records every address at once until --for seconds have passed, the streams end, or SIGINT/SIGTERM.`;

/** Records addresses without the window; exit 1 when nothing at all was recorded. */
export async function runRecord(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals: urls } = parseArguments(argv, { out: { type: 'string' }, for: { type: 'string' }, json: { type: 'boolean' } });
  if (urls.length === 0) throw new UsageError('record needs at least one URL');
  if (values.out === undefined) throw new UsageError('record needs --out DIR');
  for (const url of urls) if (!/^(https?|rtmps?):\/\//i.test(url) || !URL.canParse(url)) throw new UsageError(`not an http(s) or rtmp(s) address: ${url}`);
  const seconds = toNumber(values.for, 'for', { min: 0.1, max: 31_536_000 });
  const layout = toLayout(values.out);
  try {
    mkdirSync(layout.rooms, { recursive: true });
  } catch (thrown) {
    throw new UsageError(`cannot write to ${layout.root}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const { store, lost } = openLibraryStore(layout);
  if (lost !== null) io.error.write(`${lost.message}\n`);
  repairLibrary(store, layout, { analyse: false, nowMs: Date.now() });
  const startedMs = Date.now();
  const rooms = [...new Set(urls)].map((url) => ({ roomId: toRoomId(url), url }));
  for (const { roomId, url } of rooms) {
    store.rooms.save({ id: roomId, name: url, url, sourceKind: 'auto', allowPrivate: null, chatUrl: null, platform: '', host: '', note: '', demo: false, enabled: false, createdAtMs: store.rooms.get(roomId)?.createdAtMs ?? startedMs });
  }
  const before = new Map(rooms.map(({ roomId }) => [roomId, countRoom(store, roomId)]));
  const lastError = new Map<RoomId, string>();
  await recordUntilDone({ store, layout, rooms, seconds, io, lastError });
  const summary = rooms.map(({ roomId, url }) => summarize(store, layout, roomId, url, before.get(roomId) as RoomCount, startedMs, lastError.get(roomId) ?? null));
  store.close();
  if (values.json === true) printJson(io, { rooms: summary });
  else for (const room of summary) io.output.write(`${room.url}\t${room.segments} segments\t${room.bytes} bytes\t${room.mediaSeconds.toFixed(1)} s\t${room.gaps.length} gaps${room.error === null ? '' : `\t${room.error}`}\n`);
  return summary.some((room) => room.segments > 0) ? 0 : 1;
}

type Recording = { store: Store; layout: LibraryLayout; rooms: { roomId: RoomId; url: string }[]; seconds: number | null; io: CommandIo; lastError: Map<RoomId, string> };

async function recordUntilDone({ store, layout, rooms, seconds, io, lastError }: Recording): Promise<void> {
  const open = new Set(rooms.map((room) => room.roomId));
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const host = new RecorderHost({
    store, layout, analyse: false, untilEnd: true,
    onIngested: () => undefined, onClock: () => undefined, onClockStep: () => undefined, onStatus: () => undefined,
    onState: (roomId, live) => {
      if (live.state === 'live') lastError.delete(roomId);
      else if (live.fault !== null && live.fault.code !== 'playlist-ended') lastError.set(roomId, `${live.fault.code}: ${live.fault.message}`);
      io.error.write(`${roomId} ${live.state}${live.fault === null ? '' : ` ${live.fault.code}: ${live.fault.message}`}\n`);
    },
    onStopped: (roomId, ended) => {
      if (!ended) return;
      open.delete(roomId);
      if (open.size === 0) finish();
    },
    onNotice: (fault) => io.error.write(`${fault.code}: ${fault.message}\n`),
  });
  process.once('SIGINT', finish);
  process.once('SIGTERM', finish);
  const timer = seconds === null ? null : setTimeout(finish, seconds * 1000);
  host.start();
  for (const { roomId, url } of rooms) host.startRoom({ roomId, source: { url, chatUrl: null, sourceKind: 'auto', allowPrivate: null } });
  await finished;
  if (timer !== null) clearTimeout(timer);
  await host.stop();
  process.off('SIGINT', finish);
  process.off('SIGTERM', finish);
}

type RoomCount = { segments: number; bytes: number; mediaMs: number };

function countRoom(store: Store, roomId: RoomId): RoomCount {
  const count: RoomCount = { segments: 0, bytes: 0, mediaMs: 0 };
  for (const session of store.recordings.listSessions(roomId, 1_000_000)) {
    count.segments += session.segments;
    count.bytes += session.bytes;
    count.mediaMs += session.mediaMs;
  }
  return count;
}

function summarize(store: Store, layout: LibraryLayout, roomId: RoomId, url: string, before: RoomCount, startedMs: number, error: string | null) {
  const now = countRoom(store, roomId);
  return {
    roomId, url, kind: toKind(store, roomId), dir: join(layout.rooms, roomId), segments: now.segments - before.segments, bytes: now.bytes - before.bytes,
    mediaSeconds: (now.mediaMs - before.mediaMs) / 1000, sha256Head: store.log.head,
    gaps: store.recordings.listGaps(roomId, startedMs - 600_000, Number.MAX_SAFE_INTEGER).map((gap) => ({ from: formatIso(gap.fromMs), to: formatIso(gap.toMs), reason: gap.reason.code })),
    error: now.segments - before.segments > 0 ? null : error ?? 'nothing was received',
  };
}

function toKind(store: Store, roomId: RoomId): 'hls' | 'flv' | 'resolved' {
  const session = store.recordings.latestSession(roomId);
  if (session !== null && store.recordings.listEvents(roomId, session.startMs, Number.MAX_SAFE_INTEGER).some((event) => event.kind === 'resolver' && event.reason === null)) return 'resolved';
  return session !== null && store.recordings.listTail(session.id, 1)[0]?.container === 'flv' ? 'flv' : 'hls';
}

/** Turns a fault into the one line a command prints. */
export function toErrorLine(thrown: unknown): string | null {
  return thrown instanceof FaultError ? `${thrown.fault.code}: ${thrown.fault.message}` : null;
}
