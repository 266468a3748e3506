import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFault } from '../../contract/faults.ts';
import type { FlvUnit } from '../container/flv-reader.ts';
import { toDecoderConfig, type FlvConfigs } from '../container/flv-remuxer.ts';
import { PartFile } from '../library/session-files.ts';
import { FlvHeaders } from './flv-headers.ts';
import type { FlvReplayTracker } from './flv-replay-tracker.ts';
import { FlvTimeline } from './flv-timeline.ts';
import type { FetchedFile } from './segment-fetcher.ts';
import { plainSegment } from './session-controller.ts';
import type { RunContext } from './source-run.ts';

type OpenFile = {
  part: PartFile; stem: string; bytes: number;
  /** The stream's own timestamp of the first frame; null before there is one. */
  mediaStartMs: number | null;
  /** On the connection's media line. */
  fromMs: number; toMs: number;
  /** Headers in force where the file begins; null when it begins with its own. */
  headers: Buffer | null; configs: FlvConfigs; discontinuity: boolean;
  isBehindJump: boolean;
  /** When position 0 of the media line would have been live, going by this file's quickest frame. */
  anchorMs: number;
};
type ClosedFile = Omit<OpenFile, 'part'> & { received: FetchedFile };

const fileMs = 4000;
const maxFileMs = 30_000;
const maxFileBytes = 96 << 20;
/** How long the burst of a connection is watched before its first file is placed. */
const anchorAfterMs = 1500;
/** Lateness above which footage is missing: after a reconnection or a jump, and where two whole files in a row came late. */
const breakFloorMs = 1500;
const stallFloorMs = 6000;
const overlapFloorMs = 500;

/** Cuts one FLV connection into files at key frames and places them on the session's time line; what it writes is what was received. */
export class FlvFileWriter {
  readonly #context: RunContext;
  readonly #uri: string;
  readonly #replay: FlvReplayTracker;
  readonly #headers = new FlvHeaders();
  readonly #timeline = new FlvTimeline();
  #file: OpenFile | null = null;
  /** Files that wait until the burst of the connection is over, so that they can be placed. */
  #waiting: ClosedFile[] = [];
  #firstArrivalMs: number | null = null;
  #baseMs: number | null = null;
  /** Where the connection's media line ends. */
  #endMs = 0;
  /** Up to where the connection only said again what is stored. */
  #replayedToMs = 0;
  #isReplaying = true;
  #frames = 0;
  #repeats = 0;
  #wasLate = false;
  /** The newest closed file while it is not known where it ends: new headers cut it, and only the next frame says how long its last one stood. */
  #openEnded: ClosedFile | null = null;
  #isBehindBreak: boolean;

  constructor(context: RunContext, uri: string, replay: FlvReplayTracker, isReconnected: boolean) {
    this.#context = context;
    this.#uri = uri;
    this.#replay = replay;
    this.#isBehindBreak = isReconnected;
  }

  /** Footage of this connection that an earlier one had not brought, in milliseconds. */
  get newMediaMs(): number {
    return Math.max(0, this.#endMs - this.#replayedToMs);
  }

  /** Whether everything that came was there already. */
  get isOnlyReplay(): boolean {
    return this.#frames > 0 && this.#isReplaying;
  }

  /** Takes the next piece of the stream. */
  async take(unit: FlvUnit): Promise<void> {
    const arrivedMs = this.#context.session.clock.nowMs();
    const isFrame = unit.video?.packet === 'frames' || unit.audio?.packet === 'frames';
    const moment = isFrame ? this.#timeline.place(unit.timestampMs, arrivedMs) : null;
    const news = this.#headers.compare(unit);
    const isNewHeader = news === 'changed' || (unit.kind === 'header' && news === 'repeated');
    if (moment !== null && this.#openEnded !== null) {
      this.#openEnded.toMs = moment.positionMs;
      this.#openEnded = null;
      if (this.#baseMs !== null) await this.#settle();
    }
    if (this.#file !== null && this.#file.mediaStartMs !== null && (isNewHeader || (moment !== null && (moment.jump !== null || this.#isCut(unit, moment.positionMs))))) {
      await this.#close(moment?.positionMs ?? null);
    }
    if (news === 'repeated') this.#noteRepeat(unit);
    this.#headers.take(unit);
    const file = (this.#file ??= await this.#open(unit.kind === 'header'));
    if (news === 'changed') await this.#noteChange(file);
    if (unit.kind === 'header' && news === 'repeated') file.discontinuity = true;
    if (moment !== null && moment.jump !== null) {
      file.discontinuity = file.isBehindJump = true;
      this.#context.session.noteEvent('timestamp-jump', null, moment.jump);
    }
    await file.part.write(unit.bytes);
    file.bytes += unit.bytes.length;
    if (unit.video?.packet === 'config' || unit.audio?.packet === 'config') file.configs = this.#headers.configs;
    if (moment === null) return;
    this.#frames += 1;
    if (file.mediaStartMs === null) [file.mediaStartMs, file.fromMs] = [unit.timestampMs, moment.positionMs];
    file.toMs = this.#endMs = moment.positionMs + moment.stepMs;
    file.anchorMs = Math.min(file.anchorMs, arrivedMs - moment.positionMs);
    this.#isReplaying = this.#replay.take(unit) && this.#isReplaying;
    if (this.#isReplaying) this.#replayedToMs = file.toMs;
    this.#firstArrivalMs ??= arrivedMs;
    if (this.#waiting.length > 0 && this.#openEnded === null && arrivedMs - this.#firstArrivalMs >= anchorAfterMs) await this.#settle();
  }

  /** The connection is over: what is whole is stored. */
  async finish(): Promise<void> {
    await this.#close(null);
    this.#openEnded = null;
    await this.#settle();
    if (this.#repeats > 1) await this.#context.session.addEvent('headers-repeated', null, { times: this.#repeats });
  }

  /** The disk does not take any more: the files that are not stored are given up. */
  async abandon(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.part.discard();
    for (const { received } of this.#waiting.splice(0)) await rm(received.partPath, { force: true });
  }

  #isCut(unit: FlvUnit, positionMs: number): boolean {
    const file = this.#file as OpenFile;
    const lengthMs = positionMs - file.fromMs;
    const isStart = this.#headers.configs.video === null ? unit.kind === 'audio' : unit.video?.frame === 'key';
    return (isStart && lengthMs >= fileMs) || lengthMs >= maxFileMs || file.bytes >= maxFileBytes;
  }

  #noteRepeat(unit: FlvUnit): void {
    this.#repeats += 1;
    if (this.#repeats === 1) this.#context.session.noteEvent('headers-repeated', null, { track: unit.kind, mediaMs: unit.timestampMs });
  }

  async #noteChange(file: OpenFile): Promise<void> {
    file.discontinuity = true;
    const decoder = toDecoderConfig(this.#headers.configs);
    const detail = { why: 'decoder-configuration', videoCodec: decoder?.videoCodec ?? null, audioCodec: decoder?.audioCodec ?? null, width: decoder?.width ?? null, height: decoder?.height ?? null };
    this.#context.session.noteEvent('headers-changed', null, detail);
    await this.#context.session.addEvent('split', null, detail);
  }

  async #open(isHeader: boolean): Promise<OpenFile> {
    const { session, passDiskGate } = this.#context;
    await passDiskGate();
    const stem = session.nextStem();
    const headers = isHeader ? null : this.#headers.toBytes();
    const discontinuity = this.#isBehindBreak;
    this.#isBehindBreak = false;
    return {
      part: await PartFile.create(session.dir, stem), stem, bytes: 0, mediaStartMs: null, fromMs: this.#endMs, toMs: this.#endMs, headers,
      configs: this.#headers.configs, discontinuity, isBehindJump: false, anchorMs: Number.POSITIVE_INFINITY,
    };
  }

  async #close(nextMs: number | null): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    if (nextMs !== null) file.toMs = nextMs;
    const { part, ...rest } = file;
    const sealed = await part.seal();
    const closed: ClosedFile = { ...rest, received: { partPath: join(this.#context.session.dir, `${file.stem}.part`), container: 'flv', sha256: sealed.sha256, bytes: sealed.bytes } };
    this.#waiting.push(closed);
    if (nextMs === null) this.#openEnded = closed;
    else if (this.#baseMs !== null) await this.#settle();
  }

  async #settle(): Promise<void> {
    if (this.#waiting.length === 0) return;
    if (this.#baseMs === null) {
      this.#baseMs = await this.#anchor();
      // What a burst brings is not late: its later frames are the ones that came when they were live.
      let quickestMs = this.#file?.anchorMs ?? Number.POSITIVE_INFINITY;
      for (const file of this.#waiting.toReversed()) file.anchorMs = quickestMs = Math.min(quickestMs, file.anchorMs);
    }
    for (let file = this.#waiting.shift(); file !== undefined; file = this.#waiting.shift()) await this.#store(file);
  }

  /** When the connection's position 0 was live on the session's time line. */
  async #anchor(): Promise<number> {
    const { session, roomId } = this.#context;
    const { endMs } = session;
    const liveMs = Number.isFinite(this.#timeline.anchorMs) ? this.#timeline.anchorMs : session.clock.nowMs();
    if (endMs === null) return liveMs;
    if (this.#replayedToMs > 0) {
      await session.addEvent('data-replayed', null, { overlapMs: Math.round(this.#replayedToMs), by: 'content' });
      return endMs - this.#replayedToMs;
    }
    if (liveMs - endMs > breakFloorMs) {
      await session.addGap(endMs, liveMs, session.lastFault ?? makeFault('source-stalled', roomId, '直播源停顿', { retryable: true }));
      session.markDiscontinuity();
      return liveMs;
    }
    if (endMs - liveMs <= overlapFloorMs) return endMs;
    this.#replayedToMs = Math.min(this.#endMs, endMs - liveMs);
    await session.addEvent('data-replayed', null, { overlapMs: Math.round(this.#replayedToMs), by: 'arrival' });
    return endMs - this.#replayedToMs;
  }

  async #store(file: ClosedFile): Promise<void> {
    const { session } = this.#context;
    await this.#noteLateness(file);
    const startMs = (this.#baseMs as number) + Math.max(file.fromMs, this.#replayedToMs);
    const durationMs = Math.max(0, file.toMs - Math.max(file.fromMs, this.#replayedToMs));
    const initFile = file.headers === null || file.headers.length === 0 ? null : await this.#storeHeaders(file.headers, startMs);
    await session.commit({
      ...plainSegment, mediaSequence: (session.known.at(-1)?.mediaSequence ?? -1) + 1, uri: this.#uri, initFile, startMs, durationMs, discontinuity: file.discontinuity,
      mediaStartMs: file.mediaStartMs, decoder: toDecoderConfig(file.configs),
    }, file.received);
    if (file.toMs - file.fromMs > 500) this.#context.setBitrate(Math.round((file.bytes * 8000) / (file.toMs - file.fromMs)));
    this.#context.setState('live', null);
    this.#context.succeeded();
  }

  /** Moves the time line where footage is missing within the connection: behind a jump, or where file after file comes late and no burst makes up for it. */
  async #noteLateness(file: ClosedFile): Promise<void> {
    const { session, roomId } = this.#context;
    const lateMs = Number.isFinite(file.anchorMs) ? file.anchorMs - (this.#baseMs as number) : 0;
    const isLate = lateMs > (file.isBehindJump ? breakFloorMs : stallFloorMs);
    if (isLate && (file.isBehindJump || this.#wasLate)) {
      const fromMs = session.endMs ?? (this.#baseMs as number) + file.fromMs;
      await session.addGap(fromMs, fromMs + lateMs, makeFault('source-stalled', roomId, '直播源停顿', { retryable: true }));
      session.markDiscontinuity();
      this.#baseMs = (this.#baseMs as number) + lateMs;
      this.#wasLate = false;
    } else this.#wasLate = isLate;
  }

  #storeHeaders(headers: Buffer, startMs: number): Promise<string> {
    const { session } = this.#context;
    return session.storeInit(createHash('sha256').update(headers).digest('hex'), startMs, this.#uri, async () => {
      const stem = session.nextStem();
      const part = await PartFile.create(session.dir, stem);
      await part.write(headers);
      const sealed = await part.seal();
      return { partPath: join(session.dir, `${stem}.part`), container: 'flv', sha256: sealed.sha256, bytes: sealed.bytes };
    });
  }
}
