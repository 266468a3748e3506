import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, existsSync, fsyncSync, openSync, readFileSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SegmentRecord, type CaptureRecord, type ChatRecord, type EventRecord, type GapRecord } from '../../contract/recording.ts';

/** Names of a session's append-only files. */
export const sessionFiles = { segments: 'segments.jsonl', gaps: 'gaps.jsonl', chat: 'chat.jsonl', events: 'events.jsonl', capture: 'capture.jsonl' } as const;

const flushBytes = 512 << 10;

/** A file being received: bytes go in as they arrive and are hashed on the way. */
export class PartFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  #head: Buffer = Buffer.alloc(0);
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #bytes = 0;
  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Starts a file under `name`.part. */
  static async create(dir: string, name: string): Promise<PartFile> {
    const path = join(dir, `${name}.part`);
    return new PartFile(path, await open(path, 'w'));
  }

  /** Takes one chunk. */
  async write(chunk: Buffer): Promise<void> {
    if (this.#head.length < 16) this.#head = Buffer.concat([this.#head, chunk]).subarray(0, 16);
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes >= flushBytes) await this.#flush(); // few large writes: each costs a trip through the thread pool
  }

  async #flush(): Promise<void> {
    const chunks = this.#pending;
    let left = this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    while (left > 0) {
      const { bytesWritten } = await this.#handle.writev(chunks);
      left -= bytesWritten;
      if (left === 0) return;
      // A short write (a disk about to be full): go on behind what was taken.
      for (let taken = bytesWritten; taken > 0; ) {
        const first = chunks[0] as Buffer;
        if (first.length > taken) chunks[0] = first.subarray(taken);
        else chunks.shift();
        taken -= Math.min(taken, first.length);
      }
    }
  }

  /** Makes the bytes durable under the .part name; returns their hash and first 16 bytes. */
  async seal(): Promise<{ sha256: string; bytes: number; head: Buffer }> {
    await this.#flush();
    await this.#handle.datasync();
    await this.#handle.close();
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes, head: this.#head };
  }

  /** Gives the file up. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }
}

/** An append-only file of JSON lines, kept open between appends; a line is durable when `append` resolves. */
class LineFile {
  readonly #path: string;
  #open: { handle: FileHandle; bytes: number } | null = null;
  #last: Promise<unknown> = Promise.resolve();
  constructor(path: string) {
    this.#path = path;
  }

  /** One append at a time: each is written where the one before it ended. */
  append(records: readonly unknown[]): Promise<void> {
    const done = this.#last.then(() => this.#append(records));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #append(records: readonly unknown[]): Promise<void> {
    const file = (this.#open ??= await this.#reopen());
    const lines = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    try {
      for (let written = 0; written < lines.length; ) written += (await file.handle.write(lines, written, lines.length - written, file.bytes + written)).bytesWritten;
      await file.handle.datasync();
      file.bytes += lines.length;
    } catch (thrown) {
      await file.handle.truncate(file.bytes).catch(() => undefined); // a full disk may have taken half a line
      await this.close();
      throw thrown;
    }
  }

  async #reopen(): Promise<{ handle: FileHandle; bytes: number }> {
    // Not 'a': Linux appends there whatever the position, and a half-written line must be overwritten, not followed.
    const handle = await open(this.#path, constants.O_RDWR | constants.O_CREAT, 0o644);
    return { handle, bytes: (await handle.stat()).size };
  }

  async close(): Promise<void> {
    const file = this.#open;
    this.#open = null;
    await file?.handle.close().catch(() => undefined);
  }
}

/** Writes a session's files; one writer per session, closed when the session is left. */
export class SessionWriter {
  readonly dir: string;
  readonly #segments: LineFile;
  readonly #gaps: LineFile;
  readonly #chat: LineFile;
  readonly #events: LineFile;
  readonly #capture: LineFile;
  #folder: FileHandle | null = null;
  /** The file whose line is durable and whose name is not yet. */
  #unnamed: { partPath: string; path: string } | null = null;
  constructor(dir: string) {
    this.dir = dir;
    this.#segments = new LineFile(join(dir, sessionFiles.segments));
    this.#gaps = new LineFile(join(dir, sessionFiles.gaps));
    this.#chat = new LineFile(join(dir, sessionFiles.chat));
    this.#events = new LineFile(join(dir, sessionFiles.events));
    this.#capture = new LineFile(join(dir, sessionFiles.capture));
  }

  /** Makes the session's folder. */
  async prepare(): Promise<void> {
    await mkdir(this.dir, { recursive: true });
  }

  /**
   * Commits a sealed .part file: its line is made durable first, then the file gets its final name, so that after a crash between the two
   * `repairSession` finishes the rename, and no complete segment is lost or doubled. Once its line is durable a file counts as stored:
   * where the disk goes away just then, the rename is made up for before the next commit, which throws while it cannot be.
   */
  async commit(record: SegmentRecord, partPath: string): Promise<void> {
    await this.#nameLast();
    await this.#segments.append([record]);
    this.#unnamed = { partPath, path: join(this.dir, record.file) };
    await this.#nameLast().catch(() => undefined);
  }

  async #nameLast(): Promise<void> {
    if (this.#unnamed === null) return;
    const { partPath, path } = this.#unnamed;
    try {
      if (!existsSync(path)) await rename(partPath, path);
    } catch (thrown) {
      // The folder is there and the file is not: it will not come back, and `inspect` names it.
      if (!existsSync(this.dir) || existsSync(partPath)) throw thrown;
    }
    if (process.platform !== 'win32') { // a folder cannot be opened there; NTFS journals the rename
      this.#folder ??= await open(this.dir, 'r');
      await this.#folder.sync();
    }
    this.#unnamed = null;
  }

  /** Stores a gap. */
  async addGap(record: GapRecord): Promise<void> {
    await this.#gaps.append([record]);
  }

  /** Stores viewers' messages. */
  async addChat(records: readonly ChatRecord[]): Promise<void> {
    if (records.length > 0) await this.#chat.append(records);
  }

  /** Stores what happened beside the footage. */
  async addEvents(records: readonly EventRecord[]): Promise<void> {
    if (records.length > 0) await this.#events.append(records);
  }

  /** Stores how the source was reached. */
  async addCapture(record: CaptureRecord): Promise<void> {
    await this.#capture.append([record]);
  }

  /** Lets the files go; a later write opens them again. */
  async close(): Promise<void> {
    await this.#nameLast().catch(() => undefined); // else `repairSession` does it
    const folder = this.#folder;
    this.#folder = null;
    await Promise.all([this.#segments.close(), this.#gaps.close(), this.#chat.close(), this.#events.close(), this.#capture.close(), folder?.close().catch(() => undefined)]);
  }
}

/** What `repairSession` did. */
export type SessionRepair = { renamed: number; discardedParts: number; cutBytes: number };

/** Puts a session's folder right after a crash: torn last lines are cut, sealed files get their names, unfinished ones go. */
export function repairSession(dir: string): SessionRepair {
  const repair: SessionRepair = { renamed: 0, discardedParts: 0, cutBytes: 0 };
  for (const name of Object.values(sessionFiles)) {
    const path = join(dir, name);
    if (!existsSync(path)) continue;
    const body = readFileSync(path);
    const whole = body.lastIndexOf(0x0a) + 1;
    if (whole === body.length) continue;
    repair.cutBytes += body.length - whole;
    truncateSync(path, whole);
    const file = openSync(path, 'r+');
    fsyncSync(file);
    closeSync(file);
  }
  const last = readLastSegment(dir);
  const isMissing = last !== null && !existsSync(join(dir, last.file));
  for (const name of readdirSync(dir)) {
    if (!name.endsWith('.part')) continue;
    if (isMissing && createHash('sha256').update(readFileSync(join(dir, name))).digest('hex') === last.sha256) {
      renameSync(join(dir, name), join(dir, last.file));
      repair.renamed += 1;
      continue;
    }
    rmSync(join(dir, name));
    repair.discardedParts += 1;
  }
  return repair;
}

function readLastSegment(dir: string): SegmentRecord | null {
  const path = join(dir, sessionFiles.segments);
  if (!existsSync(path)) return null;
  const line = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1);
  if (line === undefined || line === '') return null;
  try {
    return SegmentRecord.parse(JSON.parse(line));
  } catch {
    return null; // a damaged line is told of when it is read into the database
  }
}
