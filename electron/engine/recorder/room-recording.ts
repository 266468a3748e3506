import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError, makeFault, toFault, type Fault } from '../../contract/faults.ts';
import { SessionId, type RoomId } from '../../contract/ids.ts';
import type { RecorderReport, ResumePoint, SegmentRecord } from '../../contract/recording.ts';
import type { RoomState } from '../../contract/rooms.ts';
import { formatIso } from '../../contract/time.ts';
import { followChat } from './chat-source.ts';
import { checkDisk, toDiskFault } from './disk-fault.ts';
import { HlsSource, type PlaylistRead } from './hls-source.ts';
import { extensionOf } from './media-sniffer.ts';
import { fetchSegment, type FetchedFile } from './segment-fetcher.ts';
import type { ListedSegment } from './playlist-parser.ts';
import { planRecovery } from './recovery-policy.ts';
import { planSegments, type RunState, type SegmentPlan } from './segment-plan.ts';
import { SessionWriter } from '../library/session-files.ts';
import { waitFor } from './waiting.ts';

/** What one room's recording needs. */
export type RecordingOptions = {
  roomId: RoomId; url: string; chatUrl: string | null;
  /** The room's folder; sessions are folders below it. */
  dir: string;
  resume: ResumePoint | null;
  /** Stop at the end of the broadcast instead of waiting for the next one. */
  untilEnd: boolean;
  report: (report: RecorderReport) => void;
};

type KnownSegment = { mediaSequence: number; sha256: string | null };
type Prefetched = { segment: ListedSegment; startMs: number; file: Promise<FetchedFile | Fault> };

const tailLength = 64;
const parallelFetches = 3;
const endedPollMs = 5000;
const diskCheckMs = 2500;
const newSessionAfterMs = 10 * 60_000;

/** Makes a session id that sorts by time and does not repeat. */
export function makeSessionId(atMs: number): SessionId {
  return SessionId.parse(`${new Date(atMs).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z-${randomBytes(3).toString('hex')}`);
}

/** Records one room until stopped: source → plan → fetch → commit, with every failure turned into a state and every loss into a gap. */
export class RoomRecording {
  readonly #options: RecordingOptions;
  readonly #stop = new AbortController();
  readonly #source: HlsSource;
  #writer: SessionWriter | null = null;
  #sessionId: SessionId | null = null;
  #nextSeq = 0;
  #known: KnownSegment[] = [];
  #endMs: number | null = null;
  #pendingDiscontinuity = false;
  #lastFault: Fault | null = null;
  #state: RoomState = 'connecting';
  #bitrateBps: number | null = null;
  #storedInits = new Map<string, string>();
  #pendingCapture = true;
  #fetches = 0;
  #diskGoodUntilMs = 0;
  #endedPath: string | null = null;
  readonly done: Promise<void>;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#source = new HlsSource(options.url);
    const { resume } = options;
    const last = resume?.tail.at(-1);
    if (resume !== null && last !== undefined && Date.now() - (last.startMs + last.durationMs) < newSessionAfterMs) {
      this.#sessionId = resume.sessionId;
      this.#writer = new SessionWriter(join(options.dir, resume.sessionId));
      this.#nextSeq = resume.nextSeq;
      this.#known = resume.tail.map((segment) => ({ mediaSequence: segment.mediaSequence, sha256: segment.sha256 }));
      this.#endMs = last.startMs + last.durationMs;
      this.#lastFault = resume.stoppedByHand
        ? makeFault('cancelled', options.roomId, '录制由人停止，其后又开始')
        : makeFault('recorder-restarted', options.roomId, '录制进程重新启动', { retryable: true });
      this.#pendingDiscontinuity = false;
    }
    this.done = this.#run();
  }

  /** Stops: what is being fetched is given up, what is stored stays. */
  stop(): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const chat = this.#options.chatUrl === null ? Promise.resolve() : followChat(this.#options.chatUrl, signal, (records) => this.#storeChat(records));
    let failures = 0;
    let lastNewMs = Date.now();
    let ended = false;
    this.#setState('connecting', null);
    while (!signal.aborted) {
      try {
        await this.#passDiskGate();
        const read = await this.#source.read(signal);
        const lastPath = toPath(read.playlist.segments.at(-1)?.uri ?? '');
        if (this.#endedPath !== null && read.playlist.ended && lastPath === this.#endedPath) {
          await waitFor(endedPollMs, signal);
          continue;
        }
        const plan = planSegments(read.playlist, this.#runState(), Date.now());
        failures = 0;
        if (plan !== null) {
          await this.#record(plan, read);
          lastNewMs = Date.now();
        } else if (!read.playlist.ended && Date.now() - lastNewMs > Math.max(10_000, 3 * read.playlist.targetDurationMs)) {
          this.#lastFault = makeFault('timed-out', this.#options.roomId, '播放列表没有新的分段', { retryable: true });
          this.#setState('stalled', this.#lastFault);
        }
        if (read.playlist.ended) {
          this.#endedPath = lastPath;
          await this.#endSession();
          ended = this.#options.untilEnd;
          if (ended) break;
          continue;
        }
        await waitFor(plan === null ? Math.min(1000, read.playlist.targetDurationMs / 2) : Math.min(0.75 * read.playlist.targetDurationMs, 4000), signal);
      } catch (thrown) {
        if (signal.aborted) break;
        failures += 1;
        const fault = toDiskFault(thrown, this.#options.dir) ?? toFault(thrown, this.#options.roomId);
        if (fault.code === 'internal') throw thrown;
        const known = this.#known.length > 0 && fault.code === 'http-status' && ['401', '403', '410'].includes(fault.cause ?? '')
          ? makeFault('address-expired', fault.scope, `${fault.message}，地址可能已过期`, { retryable: true }) : fault;
        const recovery = planRecovery(known, failures, Math.random());
        if (recovery.resolveAgain) this.#source.forgetVariant();
        this.#lastFault = known;
        this.#pendingCapture = true;
        this.#setState(recovery.state, known);
        await waitFor(recovery.delayMs, signal);
      }
    }
    this.#stop.abort();
    await chat;
    await this.#writer?.close();
    this.#options.report({ type: 'stopped', roomId: this.#options.roomId, ended });
  }

  #runState(): RunState {
    return {
      lastMediaSequence: this.#known.at(-1)?.mediaSequence ?? null,
      endMs: this.#endMs,
    };
  }

  async #record(plan: SegmentPlan, read: PlaylistRead): Promise<void> {
    const writer = await this.#openSession(plan.startMs);
    if (this.#pendingCapture) {
      await writer.addCapture({ at: formatIso(Date.now()), requestedUrl: this.#options.url, ...read.capture });
      this.#pendingCapture = false;
      if (read.capture.clockOffsetMs !== null) this.#options.report({ type: 'clock', offsetMs: read.capture.clockOffsetMs, source: `HTTP Date ${new URL(read.capture.playlistUrl).host}` });
    }
    if (plan.missing !== null) {
      const reason = plan.missing.why === 'encoder-restarted' ? makeFault('encoder-restarted', this.#options.roomId, '直播源的编码器重新启动，序号回退')
        : this.#lastFault ?? makeFault(plan.missing.why === 'left-window' ? 'segment-lost' : 'timed-out', this.#options.roomId, plan.missing.why === 'left-window' ? '分段在取得之前已移出播放列表' : '直播源停顿');
      await this.#storeGap(writer, plan.missing.fromMs, plan.missing.toMs, reason);
    }
    if (plan.discontinuity) this.#pendingDiscontinuity = true;
    await this.#fetchInOrder(plan, read.playlist.targetDurationMs, writer);
  }

  async #fetchInOrder(plan: SegmentPlan, targetDurationMs: number, writer: SessionWriter): Promise<void> {
    const { signal } = this.#stop;
    const abort = new AbortController();
    const both = AbortSignal.any([signal, abort.signal]);
    const queue: Prefetched[] = [];
    let startMs = plan.startMs;
    let index = 0;
    const fill = (): void => {
      while (queue.length < parallelFetches && index < plan.fetch.length) {
        const segment = plan.fetch[index] as ListedSegment;
        queue.push({ segment, startMs, file: segment.isGap
          ? Promise.resolve(makeFault('segment-lost', segment.uri, '直播源声明此段缺失（EXT-X-GAP）'))
          : fetchSegment(segment.uri, segment.range, writer.dir, `fetch-${this.#fetches++}`, Math.max(6000, 3 * targetDurationMs), both) });
        startMs += segment.durationMs;
        index += 1;
      }
    };
    try {
      for (fill(); queue.length > 0; fill()) {
        const next = queue.shift() as Prefetched;
        const file = await next.file;
        if (signal.aborted) {
          await discard(file);
          break;
        }
        if ('code' in file) await this.#loseSegment(writer, next, file);
        else await this.#commitSegment(writer, next, file, plan.restarted);
      }
    } finally {
      abort.abort();
      for (const left of queue) {
        await discard(await left.file);
      }
    }
  }

  async #loseSegment(writer: SessionWriter, lost: Prefetched, fault: Fault): Promise<void> {
    if (fault.code.startsWith('disk-')) throw new FaultError(fault);
    await this.#storeGap(writer, lost.startMs, lost.startMs + lost.segment.durationMs, fault);
    this.#remember(lost, null);
    this.#pendingDiscontinuity = true;
    this.#lastFault = fault;
    this.#setState('stalled', fault);
  }

  async #commitSegment(writer: SessionWriter, next: Prefetched, file: FetchedFile, restarted: boolean): Promise<void> {
    const { segment } = next;
    if (restarted && this.#known.some((known) => known.sha256 === file.sha256)) {
      await discard(file); // a restarted origin may serve again what is stored; only then, since a looped broadcast repeats bytes rightly
      this.#remember({ ...next, segment: { ...segment, durationMs: 0 }, startMs: this.#endMs ?? next.startMs }, file.sha256);
      return;
    }
    try {
      const initFile = segment.init === null ? null : await this.#storeInit(writer, segment.init, next.startMs);
      const record: SegmentRecord = {
        seq: this.#nextSeq, kind: 'media', container: file.container,
        file: `${String(this.#nextSeq).padStart(6, '0')}-${segment.mediaSequence}.${extensionOf(file.container)}`,
        initFile, sha256: file.sha256, bytes: file.bytes, startAt: formatIso(next.startMs), duration: segment.durationMs / 1000,
        discontinuity: segment.discontinuity || this.#pendingDiscontinuity, mediaSequence: segment.mediaSequence, uri: segment.uri,
        arrivedAt: formatIso(Date.now()), monotonicMs: performance.now(), clockOffsetMs: this.#source.clockOffsetMs,
      };
      await writer.commit(record, file.partPath);
    } catch (thrown) {
      await discard(file);
      throw thrown;
    }
    this.#nextSeq += 1;
    this.#pendingDiscontinuity = false;
    this.#remember(next, file.sha256);
    this.#lastFault = null;
    if (segment.durationMs > 0) this.#bitrateBps = Math.round((file.bytes * 8000) / segment.durationMs);
    this.#options.report({ type: 'stored', roomId: this.#options.roomId, sessionId: this.#sessionId as SessionId });
    this.#setState('live', null);
  }

  async #storeInit(writer: SessionWriter, init: NonNullable<ListedSegment['init']>, startMs: number): Promise<string> {
    const key = `${toPath(init.uri)}#${init.range?.from ?? ''}-${init.range?.to ?? ''}`;
    const known = this.#storedInits.get(key);
    if (known !== undefined) return known;
    const fetched = await fetchSegment(init.uri, init.range, writer.dir, `fetch-${this.#fetches++}`, 10_000, this.#stop.signal);
    if ('code' in fetched) throw new FaultError(fetched);
    const file = `init-${fetched.sha256.slice(0, 16)}.mp4`;
    if (existsSync(join(writer.dir, file))) await discard(fetched);
    else {
      await writer.commit({
        seq: this.#nextSeq, kind: 'init', container: 'fmp4', file, initFile: null, sha256: fetched.sha256, bytes: fetched.bytes, startAt: formatIso(startMs), duration: 0,
        discontinuity: false, mediaSequence: -1, uri: init.uri, arrivedAt: formatIso(Date.now()), monotonicMs: performance.now(), clockOffsetMs: this.#source.clockOffsetMs,
      }, fetched.partPath);
      this.#nextSeq += 1;
    }
    this.#storedInits.set(key, file);
    return file;
  }

  #remember(stored: Prefetched, sha256: string | null): void {
    this.#known.push({ mediaSequence: stored.segment.mediaSequence, sha256 });
    if (this.#known.length > tailLength) this.#known.shift();
    this.#endMs = stored.startMs + stored.segment.durationMs;
  }

  async #storeGap(writer: SessionWriter, fromMs: number, toMs: number, reason: Fault): Promise<void> {
    await writer.addGap({ from: formatIso(fromMs), to: formatIso(toMs), reason });
    this.#options.report({ type: 'stored', roomId: this.#options.roomId, sessionId: this.#sessionId as SessionId });
  }

  async #storeChat(records: Parameters<SessionWriter['addChat']>[0]): Promise<void> {
    if (this.#writer === null || this.#sessionId === null || records.length === 0) return;
    try {
      await this.#writer.addChat(records);
      this.#options.report({ type: 'stored', roomId: this.#options.roomId, sessionId: this.#sessionId });
    } catch (thrown) {
      if (toDiskFault(thrown, this.#writer.dir) === null) throw thrown; // a full disk is already shown by the gate
    }
  }

  async #openSession(startMs: number): Promise<SessionWriter> {
    if (this.#writer !== null && this.#endMs !== null && startMs - this.#endMs > newSessionAfterMs) await this.#endSession();
    if (this.#writer !== null) return this.#writer;
    const sessionId = makeSessionId(Date.now());
    const writer = new SessionWriter(join(this.#options.dir, sessionId));
    await writer.prepare();
    this.#sessionId = sessionId;
    this.#writer = writer;
    this.#nextSeq = 0;
    this.#storedInits.clear();
    this.#pendingCapture = true;
    return writer;
  }

  async #endSession(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    this.#sessionId = null;
    this.#endMs = null;
    this.#known = [];
    this.#setState('offline', makeFault('playlist-ended', this.#options.roomId, '直播已结束'));
    await writer?.close();
  }

  async #passDiskGate(): Promise<void> {
    if (performance.now() < this.#diskGoodUntilMs) return;
    const { fault } = await checkDisk(this.#options.dir);
    if (fault !== null) throw new FaultError(fault);
    this.#diskGoodUntilMs = performance.now() + diskCheckMs;
  }

  #setState(state: RoomState, fault: Fault | null): void {
    this.#state = state;
    this.#options.report({ type: 'state', roomId: this.#options.roomId, state: this.#state, fault, sessionId: this.#sessionId, bitrateBps: this.#bitrateBps });
  }
}

/** An address without its query, which may carry a token that changes. */
function toPath(uri: string): string {
  return uri.replace(/[?#].*$/, '');
}

async function discard(file: FetchedFile | Fault): Promise<void> {
  if (!('code' in file)) await rm(file.partPath, { force: true });
}
