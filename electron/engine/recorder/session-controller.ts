import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFault, type Fault } from '../../contract/faults.ts';
import { SessionId, type RoomId } from '../../contract/ids.ts';
import type { CaptureRecord, ChatRecord, EventRecord, RecorderReport, ResumePoint, SegmentRecord } from '../../contract/recording.ts';
import { formatIso } from '../../contract/time.ts';
import { SessionWriter } from '../library/session-files.ts';
import { toDiskFault } from './disk-fault.ts';
import { extensionOf } from './media-sniffer.ts';
import type { FetchedFile } from './segment-fetcher.ts';
import { SteadyClock } from './steady-clock.ts';

/** A media file of the run as it is remembered: enough to know it again. */
export type KnownSegment = { mediaSequence: number; sha256: string | null };

/** What a source says of a file that it received whole; the rest of the record is the controller's. */
export type NewSegment = Pick<SegmentRecord, 'mediaSequence' | 'uri' | 'initFile' | 'discontinuity' | 'mediaStartMs' | 'encryption' | 'byteRange' | 'decoder'> & { kind: 'media' | 'caption' | 'audio'; startMs: number; durationMs: number };

/** What a session controller is made of. */
export type SessionOptions = {
  roomId: RoomId; dir: string; resume: ResumePoint | null; report: (report: RecorderReport) => void; measuredOffsetMs: () => number | null;
  /** Under which conditions a session begins; stored with its first event. */
  readFacts: () => Promise<EventRecord['detail']>;
};

/** What a source leaves out when it has nothing to say. */
export const plainSegment = { kind: 'media', initFile: null, discontinuity: false, mediaStartMs: null, encryption: null, byteRange: null, decoder: null } as const;

const tailLength = 64;
const besideLength = 128;
const newSessionAfterMs = 10 * 60_000;

/** Makes a session id that sorts by time and does not repeat. */
export function makeSessionId(atMs: number): SessionId {
  return SessionId.parse(`${new Date(atMs).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z-${randomBytes(3).toString('hex')}`);
}

/** Gives a received file up. */
export async function discardFile(file: FetchedFile | Fault): Promise<void> {
  if (!('code' in file)) await rm(file.partPath, { force: true });
}

/** One room's session while it is written: numbers its files, keeps its time line and its journal of gaps and events. Sources write through it and never past it. */
export class SessionController {
  readonly clock = new SteadyClock();
  readonly #options: SessionOptions;
  #writer: SessionWriter | null = null;
  #sessionId: SessionId | null = null;
  #nextSeq = 0;
  #known: KnownSegment[] = [];
  #beside: ResumePoint['beside'] = [];
  #endMs: number | null = null;
  #pendingDiscontinuity = false;
  #inits = new Map<string, string>();
  #pendingEvents: EventRecord[] = [];
  #inflight = 0;
  #clockOffsetMs: number | null = null;
  /** Why footage is missing since the last stored file; null while nothing is. */
  lastFault: Fault | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { resume } = options;
    const last = resume?.tail.at(-1);
    if (resume === null || last === undefined || Date.now() - (last.startMs + last.durationMs) >= newSessionAfterMs) return;
    this.#sessionId = resume.sessionId;
    this.#writer = new SessionWriter(join(options.dir, resume.sessionId));
    this.#nextSeq = resume.nextSeq;
    this.#known = resume.tail.map(({ mediaSequence, sha256 }) => ({ mediaSequence, sha256 }));
    this.#endMs = last.startMs + last.durationMs;
    this.#beside = [...resume.beside];
    this.lastFault = resume.stoppedByHand
      ? makeFault('cancelled', options.roomId, '录制由人停止，其后又开始')
      : makeFault('recorder-restarted', options.roomId, '录制进程重新启动', { retryable: true });
    this.noteEvent('resumed', this.lastFault, {});
  }

  /** The open session; null between broadcasts. */
  get sessionId(): SessionId | null {
    return this.#sessionId;
  }

  /** Where the stored footage ends on the session's time line; null before the first file. */
  get endMs(): number | null {
    return this.#endMs;
  }

  /** The newest stored files, oldest first, at most 64. */
  get known(): readonly KnownSegment[] {
    return this.#known;
  }

  /** Where the stored separate sound ends; null before there is any. */
  get soundEndMs(): number | null {
    return this.#beside.findLast(({ kind }) => kind === 'audio')?.endMs ?? null;
  }

  /** Whether this file beside the footage is stored already. */
  hasBeside(kind: 'caption' | 'audio', mediaSequence: number, sha256: string): boolean {
    return this.#beside.some((one) => one.kind === kind && one.mediaSequence === mediaSequence && one.sha256 === sha256);
  }

  /** Server clock minus ours as last measured; goes into every record. */
  set clockOffsetMs(offsetMs: number | null) {
    this.#clockOffsetMs = offsetMs;
  }

  /** The session's folder; throws between broadcasts. */
  get dir(): string {
    if (this.#writer === null) throw new Error('no session is open');
    return this.#writer.dir;
  }

  /** A name for a file in flight that no other file in the folder has. */
  nextStem(): string {
    return `fetch-${this.#inflight++}`;
  }

  /** Opens a session for footage that begins at `startMs`, unless one is open that it continues. Says whether it is a new one. */
  async open(startMs: number): Promise<boolean> {
    if (this.#writer !== null && this.#endMs !== null && startMs - this.#endMs > newSessionAfterMs) await this.end('idle');
    if (this.#writer !== null) {
      await this.#flushEvents();
      return false;
    }
    const facts = await this.#options.readFacts();
    const sessionId = makeSessionId(Date.now());
    const writer = new SessionWriter(join(this.#options.dir, sessionId));
    await writer.prepare();
    this.#sessionId = sessionId;
    this.#writer = writer;
    this.#nextSeq = 0;
    this.#inits.clear();
    this.noteEvent('opened', null, {});
    this.noteEvent('preflight', null, facts);
    await this.#flushEvents();
    return true;
  }

  /** Stores a received file; the next one follows it on the time line. */
  async commit(segment: NewSegment, file: FetchedFile): Promise<void> {
    const writer = this.#opened();
    const { kind, startMs, durationMs, ...said } = segment;
    const stem = kind !== 'media' ? `${padded(this.#nextSeq)}-${kind}-${segment.mediaSequence}` : `${padded(this.#nextSeq)}-${segment.mediaSequence}`;
    try {
      await writer.commit({
        ...said, ...this.#stamp(), seq: this.#nextSeq, kind, container: file.container, file: `${stem}.${extensionOf(file.container)}`,
        sha256: file.sha256, bytes: file.bytes, startAt: formatIso(startMs), duration: durationMs / 1000,
        discontinuity: segment.discontinuity || (kind === 'media' && this.#pendingDiscontinuity),
      }, file.partPath);
    } catch (thrown) {
      await discardFile(file);
      throw thrown;
    }
    this.#nextSeq += 1;
    if (kind === 'media') {
      this.#pendingDiscontinuity = false;
      this.lastFault = null;
      this.remember(segment.mediaSequence, file.sha256, startMs + durationMs);
    } else {
      this.#beside.push({ kind, mediaSequence: segment.mediaSequence, sha256: file.sha256, endMs: startMs + durationMs });
      if (this.#beside.length > besideLength) this.#beside.shift();
    }
    this.#tellStored();
  }

  /** Stores what a file needs to be read (init section, stream headers) once; `key` names it within this run. Returns its file name. */
  async storeInit(key: string, startMs: number, uri: string, obtain: () => Promise<FetchedFile>): Promise<string> {
    const known = this.#inits.get(key);
    if (known !== undefined) return known;
    const fetched = await obtain();
    const writer = this.#opened();
    const file = `init-${fetched.sha256.slice(0, 16)}.${fetched.container === 'fmp4' ? 'mp4' : extensionOf(fetched.container)}`;
    if (existsSync(join(writer.dir, file))) await discardFile(fetched);
    else {
      await writer.commit({
        ...plainSegment, ...this.#stamp(), seq: this.#nextSeq, kind: 'init', container: fetched.container, file, sha256: fetched.sha256, bytes: fetched.bytes,
        startAt: formatIso(startMs), duration: 0, mediaSequence: -1, uri,
      }, fetched.partPath);
      this.#nextSeq += 1;
    }
    this.#inits.set(key, file);
    return file;
  }

  /** Remembers a media file that is stored, or lost for good (sha256 null), and where the time line goes on. */
  remember(mediaSequence: number, sha256: string | null, endMs: number): void {
    this.#known.push({ mediaSequence, sha256 });
    if (this.#known.length > tailLength) this.#known.shift();
    this.#endMs = endMs;
  }

  /** The next media file does not continue the one before it. */
  markDiscontinuity(): void {
    this.#pendingDiscontinuity = true;
  }

  /** Stores footage that could not be had. */
  async addGap(fromMs: number, toMs: number, reason: Fault): Promise<void> {
    await this.#opened().addGap({ from: formatIso(fromMs), to: formatIso(toMs), reason });
    this.#tellStored();
  }

  /** Notes an event; it is stored with the next thing that is, or when the session opens. */
  noteEvent(kind: EventRecord['kind'], reason: Fault | null, detail: EventRecord['detail']): void {
    this.#pendingEvents.push({ at: formatIso(Date.now()), kind, reason, detail });
  }

  /** Stores an event at once if a session is open, else with the next one. */
  async addEvent(kind: EventRecord['kind'], reason: Fault | null, detail: EventRecord['detail']): Promise<void> {
    this.noteEvent(kind, reason, detail);
    if (this.#writer !== null) await this.#flushEvents();
  }

  /** Stores how the source was reached. */
  async addCapture(record: Omit<CaptureRecord, 'at'>): Promise<void> {
    await this.#opened().addCapture({ at: formatIso(Date.now()), ...record });
  }

  /** Stores viewers' messages; those that come between broadcasts are not kept. */
  async addChat(records: ChatRecord[]): Promise<void> {
    const writer = this.#writer;
    if (writer === null || records.length === 0) return;
    try {
      await writer.addChat(records);
      this.#tellStored();
    } catch (thrown) {
      if (toDiskFault(thrown, writer.dir) === null) throw thrown; // a full disk is already shown by the gate
    }
  }

  /** Ends the session: the broadcast is over, or so long silent that what follows is another one. */
  async end(why: 'ended' | 'idle'): Promise<void> {
    const writer = this.#writer;
    if (writer === null) return;
    await this.addEvent('closed', null, { why });
    this.#writer = null;
    this.#sessionId = null;
    this.#endMs = null;
    this.#known = [];
    this.#beside = [];
    this.clock.anchor();
    await writer.close();
  }

  /** Lets the files go without ending the session. */
  async close(): Promise<void> {
    await this.#writer?.close();
  }

  #stamp(): Pick<SegmentRecord, 'arrivedAt' | 'monotonicMs' | 'clockOffsetMs'> {
    return { arrivedAt: formatIso(Date.now()), monotonicMs: performance.now(), clockOffsetMs: this.#options.measuredOffsetMs() ?? this.#clockOffsetMs };
  }

  #opened(): SessionWriter {
    if (this.#writer === null) throw new Error('no session is open');
    return this.#writer;
  }

  async #flushEvents(): Promise<void> {
    const events = this.#pendingEvents;
    if (events.length === 0) return;
    this.#pendingEvents = [];
    try {
      await this.#opened().addEvents(events);
    } catch (thrown) {
      this.#pendingEvents.unshift(...events);
      throw thrown;
    }
    this.#tellStored();
  }

  #tellStored(): void {
    if (this.#sessionId !== null) this.#options.report({ type: 'stored', roomId: this.#options.roomId, sessionId: this.#sessionId });
  }
}

function padded(seq: number): string {
  return String(seq).padStart(6, '0');
}
