import { join } from 'node:path';
import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import type { Observation } from '../../contract/flags.ts';
import type { RoomId, SessionId } from '../../contract/ids.ts';
import type { PerceptionReply, StoredMedia } from '../../contract/perception.ts';
import type { ChildStatus, LaneStatus } from '../../contract/status.ts';
import type { Still, WaveformPart } from '../../contract/timeline.ts';
import { toStoredMedia } from '../library/stored-media.ts';
import { toSessionDir, type LibraryLayout } from '../library/library-layout.ts';
import { captionReachMs, readCaptionFile, storeCaptions, toAnchors } from './caption-reader.ts';
import { PerceptionClient } from '../perception/perception-client.ts';
import { isDiskError } from '../store/database.ts';
import type { Job, JobLane } from '../store/job-store.ts';
import type { StoredSegment } from '../store/recording-store.ts';
import type { Store } from '../store/store.ts';
import { compareScreenText, toScreenObservation, type ShownText } from './screen-text-tracker.ts';

/** What the host needs and whom it tells. */
export type PerceptionHostOptions = {
  store: Store; layout: LibraryLayout; modelsDir: string;
  /** New observations are committed; the journal has them. */
  onCommitted: () => void;
  onStatus: () => void;
  onNotice: (fault: Fault) => void;
};

type Decoded = Extract<PerceptionReply, { type: 'decoded' }>;

const freshMs = 60_000;
const requestTimeoutMs = 60_000;
const maxAttempts = 2;
const diskRetryMs = 2000;
/** Numbers of an imported file's pieces begin here, so that they meet no segment's. */
const pieceBase = 1_000_000;
const lanes: readonly JobLane[] = ['decode', 'ocr', 'speech'];

/** Works through the job queue with one child per lane: footage in, observations out. */
export class PerceptionHost {
  readonly #options: PerceptionHostOptions;
  readonly #clients: Record<JobLane, PerceptionClient>;
  readonly #wakers = new Map<JobLane, () => void>();
  readonly #shown = new Map<SessionId, ShownText[]>();
  readonly #loops: Promise<void>[] = [];
  readonly #stop = new AbortController();

  constructor(options: PerceptionHostOptions) {
    this.#options = options;
    const open = (lane: JobLane): PerceptionClient => new PerceptionClient({
      lane, modelsDir: options.modelsDir, userModelsDir: options.layout.models, onStatus: () => {
        options.onStatus();
        this.wake();
      },
    });
    this.#clients = { decode: open('decode'), ocr: open('ocr'), speech: open('speech') };
  }

  /** Starts the children and works until `stop`. */
  start(): void {
    for (const lane of lanes) {
      this.#clients[lane].start();
      this.#loops.push(this.#runLane(lane));
    }
  }

  /** Tells the lanes that there may be new work. */
  wake(): void {
    for (const waken of this.#wakers.values()) waken();
  }

  /** Ends the children; unfinished work waits for the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.wake();
    await Promise.all(lanes.map((lane) => this.#clients[lane].stop()));
    await Promise.all(this.#loops);
  }

  /** The children's condition. */
  get childStatuses(): ChildStatus[] {
    return lanes.map((lane) => this.#clients[lane].status);
  }

  /** Why a lane cannot work (no model, say); null when it can. */
  getLaneFault(lane: JobLane): Fault | null {
    return this.#clients[lane].laneFault;
  }

  /** Versions of the libraries and models in the children. */
  get versions(): Record<string, string> {
    return Object.assign({}, ...lanes.map((lane) => this.#clients[lane].versions)) as Record<string, string>;
  }

  /** How far each lane is behind. */
  get laneStatuses(): LaneStatus[] {
    const counts = this.#options.store.jobs.countByLane();
    return lanes.map((lane) => {
      const count = counts.get(lane);
      return { lane, waiting: count?.waiting ?? 0, failed: count?.failed ?? 0, lagMs: count === undefined || count.oldestMs === null ? 0 : Math.max(0, Date.now() - count.oldestMs) };
    });
  }

  /** Asks the decoder whether a file decodes; for testing an address. */
  async probe(file: string, initFile: string | null): Promise<Extract<PerceptionReply, { type: 'probed' }>> {
    const reply = await this.#clients.decode.request({ type: 'probe', file, initFile }, { timeoutMs: requestTimeoutMs });
    if (reply.type !== 'probed') throw new Error(`probe answered ${reply.type}`);
    return reply;
  }

  /** Makes the form of a stored file that a browser plays. Throws FaultError. */
  async makeView(view: StoredMedia & { outFile: string; outInit: string; transcode: boolean }): Promise<void> {
    await this.#clients.decode.request({ type: 'view', ...view }, { timeoutMs: requestTimeoutMs });
  }

  async #runLane(lane: JobLane): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>((resolve) => this.#wakers.set(lane, resolve));
      let job: Job | null = null;
      try {
        job = this.#clients[lane].isReady && this.#clients[lane].laneFault === null ? this.#options.store.jobs.claim(lane, Date.now() - freshMs) : null;
        if (job === null) {
          await woken;
          continue;
        }
        await this.#work(job);
      } catch (thrown) {
        if (this.#stop.signal.aborted) return;
        if (job !== null && !isDiskError(thrown)) this.#settle(job, thrown);
        else if (isDiskError(thrown)) {
          this.#options.onNotice(makeFault('disk-full', this.#options.layout.database, '磁盘写不进去，分析暂停，腾出空间后自动继续', { retryable: true }));
          await new Promise((resolve) => setTimeout(resolve, diskRetryMs)); // the job stays "running" and waits again after a restart or below
          if (job !== null) this.#tryRelease(job);
        } else throw thrown;
      }
    }
  }

  #tryRelease(job: Job): void {
    try {
      this.#options.store.jobs.release(job.id);
    } catch (thrown) {
      if (!isDiskError(thrown)) throw thrown;
    }
  }

  #settle(job: Job, thrown: unknown): void {
    if (!(thrown instanceof FaultError)) throw thrown;
    const { fault } = thrown;
    const isChildsFault = fault.code === 'child-crashed' || fault.code === 'timed-out';
    if (isChildsFault && job.attempts < maxAttempts) this.#options.store.jobs.release(job.id);
    else {
      this.#options.store.jobs.fail(job.id, fault);
      const room = this.#options.store.rooms.get(job.roomId)?.name ?? job.roomId;
      this.#options.onNotice({ ...fault, scope: job.roomId, message: `「${room}」有一段未能分析（${fault.message}）；原始文件已照收到的样子保存` });
    }
    this.#options.onStatus();
  }

  async #work(job: Job): Promise<void> {
    if (job.lane === 'decode') await this.#decode(job);
    else if (job.lane === 'ocr') await this.#read(job);
    else await this.#hear(job);
    this.#options.onCommitted();
  }

  async #decode(job: Job): Promise<void> {
    const { store, layout } = this.#options;
    const segment = store.recordings.findSegment(job.sessionId, Number(job.payload['seq']));
    if (segment === null) return store.jobs.finish(job.id);
    const dir = toSessionDir(layout, job.roomId, job.sessionId);
    if (segment.kind === 'caption') return this.#readCaptions(job, segment, dir);
    const piece = typeof job.payload['piece'] === 'number' ? store.tasks.findPiece(job.sessionId, segment.seq, job.payload['piece']) : null;
    if (piece === null && segment.container === 'file') return store.jobs.finish(job.id);
    const { startMs, durationMs } = piece ?? segment;
    const seq = piece === null ? segment.seq : pieceBase + piece.piece;
    const derived = `${job.roomId}/${job.sessionId}/${Math.floor(seq / 500)}`;
    const media = piece === null ? toStoredMedia(dir, segment) : toStoredMedia(join(layout.derived, job.roomId, job.sessionId, `view-${segment.seq}`), { container: 'fmp4', file: piece.file, initFile: piece.initFile, encryption: null });
    const reply = await this.#clients.decode.request({
      type: 'decode', streamKey: `${job.sessionId}/${segment.kind === 'audio' ? 'audio/' : ''}${segment.continuity}`, discontinuity: false, ...media, startMs, durationMs,
      outDir: join(layout.derived, derived), keepUtterances: this.#clients.speech.laneFault === null, flush: false,
    }, { timeoutMs: requestTimeoutMs, signal: this.#stop.signal });
    if (reply.type !== 'decoded') throw new Error(`decode answered ${reply.type}`);
    store.transact(() => {
      const stills = reply.stills.map((still): Still => ({ atMs: still.atMs, path: `${derived}/${still.file}`, thumbPath: `${derived}/${still.thumbFile}`, width: still.width, height: still.height }));
      for (const still of stills) store.observations.addStill(job.roomId, job.sessionId, still);
      const waveform = toWaveform(reply, startMs, durationMs);
      if (waveform !== null) store.observations.saveWaveform(job.roomId, job.sessionId, seq, waveform);
      reply.stills.forEach((still, index) => {
        if (still.changed) store.jobs.add('ocr', job.roomId, job.sessionId, still.atMs, { path: (stills[index] as Still).path });
      });
      for (const utterance of reply.utterances) {
        if (utterance.file !== null) store.jobs.add('speech', job.roomId, job.sessionId, utterance.startMs, { path: `${derived}/${utterance.file}`, endMs: utterance.endMs });
      }
      const captions = storeCaptions(store, { roomId: job.roomId, sessionId: job.sessionId, placeMs: startMs }, reply.captions.map((caption) => ({ ...caption, speaker: null, engine: 'cea-608' })));
      store.journal.append('observationsCommitted', { roomId: job.roomId, sessionId: job.sessionId, observations: captions, waveform, stills, levelDb: reply.levelDb }, Date.now());
      store.jobs.finish(job.id);
    });
    this.wake();
  }

  /** What the broadcaster wrote beside the footage: a text file, read without a child. */
  #readCaptions(job: Job, segment: StoredSegment, dir: string): void {
    const { store } = this.#options;
    const anchors = toAnchors(store.recordings.listSegmentsInRange(job.roomId, segment.startMs - captionReachMs, segment.startMs + captionReachMs), job.sessionId);
    const read = readCaptionFile(dir, segment, anchors);
    if ('code' in read) return store.jobs.fail(job.id, read);
    store.transact(() => {
      this.#commitObservations(job.roomId, job.sessionId, storeCaptions(store, { roomId: job.roomId, sessionId: job.sessionId, placeMs: segment.startMs }, read));
      store.jobs.finish(job.id);
    });
  }

  async #read(job: Job): Promise<void> {
    const { store, layout } = this.#options;
    const reply = await this.#clients.ocr.request(
      { type: 'ocr', streamKey: job.sessionId, file: join(layout.derived, String(job.payload['path'])), atMs: job.atMs }, { timeoutMs: requestTimeoutMs, signal: this.#stop.signal });
    if (reply.type !== 'read') throw new Error(`ocr answered ${reply.type}`);
    const change = compareScreenText(this.#shown.get(job.sessionId) ?? [], reply.texts);
    store.transact(() => {
      const shown = change.lasting.map((item): ShownText => ({ ...item, endMs: Math.max(item.endMs, job.atMs) }));
      for (const item of shown) store.observations.extend(item.observationId, item.endMs);
      const added = change.appeared.map((text) => store.observations.add(toScreenObservation(text, job, job.atMs, reply.engine)));
      this.#commitObservations(job.roomId, job.sessionId, added);
      store.jobs.finish(job.id);
      this.#shown.set(job.sessionId, [...shown, ...added.map((item) => ({ observationId: item.id, text: item.text, endMs: item.endMs }))]);
    });
  }

  async #hear(job: Job): Promise<void> {
    const { store, layout } = this.#options;
    const endMs = Number(job.payload['endMs']);
    const reply = await this.#clients.speech.request(
      { type: 'speech', file: join(layout.derived, String(job.payload['path'])), startMs: job.atMs, endMs }, { timeoutMs: requestTimeoutMs, signal: this.#stop.signal });
    if (reply.type !== 'heard') throw new Error(`speech answered ${reply.type}`);
    store.transact(() => {
      if (reply.text !== '') {
        const heard = store.observations.add({
          roomId: job.roomId, sessionId: job.sessionId, lane: 'speech', startMs: job.atMs, endMs, text: reply.text, confidence: reply.confidence, engine: reply.engine,
          words: reply.words, syllables: reply.syllables,
        });
        this.#commitObservations(job.roomId, job.sessionId, [heard]);
      }
      store.jobs.finish(job.id);
    });
  }

  #commitObservations(roomId: RoomId, sessionId: SessionId, observations: Observation[]): void {
    if (observations.length === 0) return;
    this.#options.store.journal.append('observationsCommitted', { roomId, sessionId, observations, waveform: null, stills: [], levelDb: null }, Date.now());
  }
}

function toWaveform(reply: Decoded, startMs: number, durationMs: number): WaveformPart | null {
  return reply.peaks === null ? null : { startMs, durationMs, peaks: reply.peaks, speech: reply.speech };
}
