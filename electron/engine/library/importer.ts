import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { RoomId, SessionId } from '../../contract/ids.ts';
import { SegmentRecord, type ChatRecord } from '../../contract/recording.ts';
import { RoomInput, type Container } from '../../contract/rooms.ts';
import { formatIso } from '../../contract/time.ts';
import type { Pace } from './file-verifier.ts';
import { exportManifestName, type ImportItem } from './import-plan.ts';
import { toSessionDir, type LibraryLayout } from './library-layout.ts';
import { parseRecordingTime, readCreationMs, type StartSource } from './recording-time.ts';
import { SessionWriter, sessionFiles } from './session-files.ts';
import { copyVerified } from './verified-copy.ts';

/** What an exported session's folder says of itself. */
export const ExportManifest = z.object({
  format: z.literal('zhibojian-recording-1'), room: RoomInput.extend({ id: RoomId, demo: z.boolean(), createdAtMs: z.number() }),
  session: z.object({ id: SessionId, startAt: z.string(), endAt: z.string().nullable() }), files: z.number().int(), logHead: z.string(), exportedAt: z.string(),
});
export type ExportManifest = z.infer<typeof ExportManifest>;

/** How one item is stored; the chat of side-cars is read by the caller, who knows the formats. */
export type ImportOptions = {
  layout: LibraryLayout; roomId: RoomId; startMs: number | null; pace: Pace;
  onBytes: (bytes: number) => void;
  /** Length and whether anything decodes. */
  probe: (file: string) => Promise<{ durationMs: number; decodes: boolean }>;
  readChat: (file: string, startMs: number) => ChatRecord[];
  /** Says which session holds this content already; null when none does. */
  findKnown: (contentSha256: string) => SessionId | null;
};

/** What was stored. */
export type Imported = { sessionId: SessionId; roomId: RoomId; startMs: number; endMs: number; startSource: StartSource | 'playlist' | 'export'; contentSha256: string };

const plain = { mediaSequence: -1, discontinuity: false, mediaStartMs: null, encryption: null, byteRange: null, decoder: null, clockOffsetMs: null } as const;

/** Makes the id of an imported session: it sorts by when the recording began and does not repeat. */
function makeImportId(startMs: number): SessionId {
  return SessionId.parse(`${new Date(startMs).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z-i${randomBytes(3).toString('hex')}`);
}

/** Stores a whole media file byte for byte as a session of one file, its side-cars beside it. Throws `import-unreadable` or `already-imported`; then nothing of it stays. */
export async function importFile(item: Extract<ImportItem, { kind: 'file' }>, options: ImportOptions): Promise<Imported> {
  const probed = await options.probe(item.path).catch((cause: unknown) => {
    throw new FaultError(makeFault('import-unreadable', item.path, `读不出画面或声音：${basename(item.path)}`, { cause }));
  });
  if (!probed.decodes || probed.durationMs <= 0) throw new FaultError(makeFault('import-unreadable', item.path, `读不出画面或声音：${basename(item.path)}`));
  const { startMs, source } = findStart(item.path, options.startMs, probed.durationMs);
  const session = await openImport(options, startMs);
  try {
    const part = join(session.dir, 'import.part');
    const copied = await copyVerified({ from: item.path, to: part, sha256: null }, options.pace, options.onBytes);
    refuseKnown(options, copied.sha256, item.path);
    const file = `000000-import${extname(item.path).toLowerCase()}`;
    await session.writer.commit({
      ...plain, ...stamp(), seq: 0, kind: 'media', container: 'file', file, initFile: null, sha256: copied.sha256, bytes: copied.bytes, startAt: formatIso(startMs),
      duration: probed.durationMs / 1000, uri: `file:${basename(item.path)}`,
    }, part);
    let seq = 1;
    for (const sidecar of item.sidecars) {
      const sidecarPart = join(session.dir, `import-${seq}.part`);
      const stored = await copyVerified({ from: sidecar, to: sidecarPart, sha256: null }, options.pace, () => undefined);
      await session.writer.commit({
        ...plain, ...stamp(), seq, kind: 'caption', container: extname(sidecar).toLowerCase() === '.vtt' ? 'vtt' : 'file', file: `${String(seq).padStart(6, '0')}-import${extname(sidecar).toLowerCase()}`,
        initFile: null, sha256: stored.sha256, bytes: stored.bytes, startAt: formatIso(startMs), duration: probed.durationMs / 1000, uri: `file:${basename(sidecar)}`,
      }, sidecarPart);
      seq += 1;
      await session.writer.addChat(options.readChat(sidecar, startMs));
    }
    await noteImport(session.writer, { from: item.path, startFrom: source, sha256: copied.sha256, bytes: copied.bytes, durationMs: probed.durationMs });
    await session.writer.close();
    return { sessionId: session.sessionId, roomId: options.roomId, startMs, endMs: startMs + probed.durationMs, startSource: source, contentSha256: copied.sha256 };
  } catch (thrown) {
    await session.discard();
    throw thrown;
  }
}

/** Stores an HLS folder: every segment and init section byte for byte, in the playlist's order. */
export async function importHls(item: Extract<ImportItem, { kind: 'hls' }>, options: ImportOptions): Promise<Imported> {
  const totalMs = item.pieces.reduce((sum, piece) => sum + piece.durationMs, 0);
  const dated = item.pieces[0]?.startMs ?? null;
  const found = dated !== null && options.startMs === null ? { startMs: dated, source: 'playlist' as const } : findStart(item.path, options.startMs, totalMs);
  const session = await openImport(options, found.startMs);
  const content = createHash('sha256');
  const inits = new Map<string, string>();
  try {
    let seq = 0;
    let atMs = found.startMs;
    for (const piece of item.pieces) {
      if (piece.initFile !== null && !inits.has(piece.initFile)) {
        const part = join(session.dir, `import-${seq}.part`);
        const stored = await copyVerified({ from: piece.initFile, to: part, sha256: null }, options.pace, () => undefined);
        const file = `init-${stored.sha256.slice(0, 16)}-${seq}.mp4`;
        await session.writer.commit({ ...plain, ...stamp(), seq, kind: 'init', container: 'fmp4', file, initFile: null, sha256: stored.sha256, bytes: stored.bytes, startAt: formatIso(atMs), duration: 0, uri: `file:${basename(piece.initFile)}` }, part);
        inits.set(piece.initFile, file);
        seq += 1;
      }
      const part = join(session.dir, `import-${seq}.part`);
      const stored = await copyVerified({ from: piece.file, to: part, sha256: null }, options.pace, options.onBytes);
      content.update(`${stored.sha256}\n`);
      if (dated !== null && options.startMs === null && piece.startMs !== null) atMs = piece.startMs;
      const container: Container = piece.initFile !== null ? 'fmp4' : sniff(part);
      await session.writer.commit({
        ...plain, ...stamp(), seq, mediaSequence: seq, kind: 'media', container, file: `${String(seq).padStart(6, '0')}-import${extname(piece.file).toLowerCase()}`,
        initFile: piece.initFile === null ? null : inits.get(piece.initFile) ?? null, sha256: stored.sha256, bytes: stored.bytes, startAt: formatIso(atMs), duration: piece.durationMs / 1000,
        discontinuity: piece.discontinuity, uri: `file:${basename(piece.file)}`,
      }, part);
      atMs += piece.durationMs;
      seq += 1;
    }
    const contentSha256 = content.digest('hex');
    refuseKnown(options, contentSha256, item.path);
    await noteImport(session.writer, { from: item.path, startFrom: found.source, sha256: contentSha256, bytes: item.bytes, durationMs: totalMs });
    await session.writer.close();
    return { sessionId: session.sessionId, roomId: options.roomId, startMs: found.startMs, endMs: atMs, startSource: found.source, contentSha256 };
  } catch (thrown) {
    await session.discard();
    throw thrown;
  }
}

/** Puts an exported session back as it was: same id, same files, same lines. Throws `already-imported` when it is here, `library-altered` when a file does not match. */
export async function importSession(item: Extract<ImportItem, { kind: 'session' }>, options: Omit<ImportOptions, 'roomId' | 'startMs' | 'probe' | 'readChat'>): Promise<Imported> {
  const manifest = readManifest(item.path);
  const dir = toSessionDir(options.layout, manifest.room.id, manifest.session.id);
  if (existsSync(dir)) throw new FaultError(makeFault('already-imported', manifest.session.id, '这场录像已经在库里'));
  const staging = `${dir}.part`;
  const records = readFileSync(join(item.path, sessionFiles.segments), 'utf8').split('\n').filter((line) => line !== '').map((line) => SegmentRecord.parse(JSON.parse(line)));
  try {
    const content = createHash('sha256');
    for (const record of records) {
      if (basename(record.file) !== record.file) throw new FaultError(makeFault('import-unreadable', record.file, '文件名不合规'));
      await copyVerified({ from: join(item.path, record.file), to: join(staging, record.file), sha256: record.sha256 }, options.pace, options.onBytes);
      content.update(`${record.sha256}\n`);
    }
    for (const name of Object.values(sessionFiles)) {
      if (existsSync(join(item.path, name))) await copyVerified({ from: join(item.path, name), to: join(staging, name), sha256: null }, options.pace, () => undefined);
    }
    await rename(staging, dir);
    const startMs = Date.parse(manifest.session.startAt);
    return { sessionId: manifest.session.id, roomId: manifest.room.id, startMs, endMs: manifest.session.endAt === null ? startMs : Date.parse(manifest.session.endAt), startSource: 'export', contentSha256: content.digest('hex') };
  } catch (thrown) {
    if (!(thrown instanceof FaultError && thrown.fault.code === 'cancelled')) rmSync(staging, { recursive: true, force: true });
    throw thrown;
  }
}

/** Reads what an exported session's folder says of itself; throws `import-unreadable`. */
export function readManifest(dir: string): ExportManifest {
  try {
    return ExportManifest.parse(JSON.parse(readFileSync(join(dir, exportManifestName), 'utf8')));
  } catch (cause) {
    throw new FaultError(makeFault('import-unreadable', dir, '这个文件夹不是完整导出的录像', { cause }));
  }
}

function findStart(path: string, entered: number | null, durationMs: number): { startMs: number; source: StartSource } {
  if (entered !== null) return { startMs: entered, source: 'user' };
  const named = parseRecordingTime(basename(path)) ?? parseRecordingTime(basename(dirname(path)));
  if (named !== null) return { startMs: named, source: 'file-name' };
  const created = readCreationMs(path);
  if (created !== null) return { startMs: created, source: 'creation-time' };
  return { startMs: Math.round(statSync(path).mtimeMs - durationMs), source: 'modified-time' };
}

async function openImport(options: ImportOptions, startMs: number): Promise<{ sessionId: SessionId; dir: string; writer: SessionWriter; discard: () => Promise<void> }> {
  const sessionId = makeImportId(startMs);
  const dir = toSessionDir(options.layout, options.roomId, sessionId);
  const writer = new SessionWriter(dir);
  await writer.prepare();
  return {
    sessionId, dir, writer,
    discard: async () => {
      await writer.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function refuseKnown(options: ImportOptions, contentSha256: string, path: string): void {
  const known = options.findKnown(contentSha256);
  if (known !== null) throw new FaultError(makeFault('already-imported', path, `内容相同的录像已在库里（${known}）`, { cause: known }));
}

async function noteImport(writer: SessionWriter, detail: Record<string, string | number>): Promise<void> {
  await writer.addEvents([{ at: formatIso(Date.now()), kind: 'imported', reason: null, detail }]);
}

function stamp(): { arrivedAt: string; monotonicMs: number } {
  return { arrivedAt: formatIso(Date.now()), monotonicMs: performance.now() };
}

function sniff(path: string): Container {
  const head = readFileSync(path).subarray(0, 16);
  if (head[0] === 0x47) return 'ts';
  if (head.toString('latin1', 4, 8) === 'ftyp' || head.toString('latin1', 4, 8) === 'styp') return 'fmp4';
  return head[0] === 0xff && ((head[1] ?? 0) & 0xf0) === 0xf0 ? 'aac' : 'file';
}
