import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Fault } from '../../contract/faults.ts';
import { makeFault } from '../../contract/faults.ts';
import type { FlvUnit } from '../container/flv-reader.ts';
import { toDecoderConfig, type FlvConfigs } from '../container/flv-remuxer.ts';
import { PartFile } from '../library/session-files.ts';
import type { FetchedFile } from './segment-fetcher.ts';
import { plainSegment } from './session-controller.ts';
import type { RunContext } from './source-run.ts';

type OpenFile = {
  part: PartFile; stem: string; firstMs: number | null; lastMs: number; stepMs: number; bytes: number;
  /** Headers in force where the file begins; null when it begins with its own. */
  headers: Buffer | null; configs: FlvConfigs; discontinuity: boolean; arrivedMs: number;
};

const fileMs = 4000;
const maxFileMs = 30_000;
const maxFileBytes = 96 << 20;
const jumpMs = 3000;
/** A hole in wall time above which footage counts as missing: within a connection, and over a reconnection. */
const stallFloorMs = 6000;
const reconnectFloorMs = 1500;

/** Cuts one FLV connection into files at key frames and places them on the session's time line; what it writes is what was received. */
export class FlvFileWriter {
  readonly #context: RunContext;
  readonly #uri: string;
  #file: OpenFile | null = null;
  #header: Buffer | null = null;
  #script: Buffer | null = null;
  #configs: FlvConfigs = { video: null, audio: null };
  #repeats = 0;
  #isFirstFile = true;
  #isReconnected: boolean;

  constructor(context: RunContext, uri: string, isReconnected: boolean) {
    this.#context = context;
    this.#uri = uri;
    this.#isReconnected = isReconnected;
  }

  /** Takes the next piece of the stream. */
  async take(unit: FlvUnit): Promise<void> {
    const split = this.#splitAt(unit);
    if (split !== null) await this.#close(unit.kind === 'video' || unit.kind === 'audio' ? unit.timestampMs : null, split === 'jump');
    this.#note(unit);
    const file = (this.#file ??= await this.#open(split === 'headers' || split === 'jump', unit.kind === 'header'));
    if (split === 'headers') {
      const decoder = toDecoderConfig(this.#configs);
      await this.#context.session.addEvent('split', null, { why: 'decoder-configuration', videoCodec: decoder?.videoCodec ?? null, width: decoder?.width ?? null, height: decoder?.height ?? null });
    }
    await file.part.write(unit.bytes);
    file.bytes += unit.bytes.length;
    file.arrivedMs = this.#context.session.clock.nowMs();
    if (unit.video?.packet === 'config' || unit.audio?.packet === 'config') file.configs = { ...this.#configs };
    const isFrame = unit.video?.packet === 'frames' || unit.audio?.packet === 'frames';
    if (!isFrame) return;
    if (file.firstMs === null) file.firstMs = unit.timestampMs;
    else if (unit.timestampMs > file.lastMs) file.stepMs = Math.min(1000, unit.timestampMs - file.lastMs);
    file.lastMs = Math.max(file.lastMs, unit.timestampMs);
  }

  /** The connection is over: what is whole is stored. */
  async finish(): Promise<void> {
    await this.#close(null, false);
    if (this.#repeats > 1) await this.#context.session.addEvent('headers-repeated', null, { times: this.#repeats });
  }

  /** The disk does not take any more: the file that is open is given up. */
  async abandon(): Promise<void> {
    await this.#file?.part.discard();
    this.#file = null;
  }

  #splitAt(unit: FlvUnit): 'key' | 'headers' | 'jump' | 'size' | null {
    const file = this.#file;
    if (file === null || file.firstMs === null) return null;
    if (this.#changesConfig(unit)) return 'headers';
    const isFrame = unit.video?.packet === 'frames' || unit.audio?.packet === 'frames';
    if (!isFrame) return null;
    const aheadMs = unit.timestampMs - file.lastMs;
    if (aheadMs > jumpMs || aheadMs < -jumpMs) return 'jump';
    const lengthMs = unit.timestampMs - file.firstMs;
    const isStart = this.#configs.video === null ? unit.kind === 'audio' : unit.video?.frame === 'key';
    if (isStart && lengthMs >= fileMs) return 'key';
    return lengthMs >= maxFileMs || file.bytes >= maxFileBytes ? 'size' : null;
  }

  #changesConfig(unit: FlvUnit): boolean {
    const known = unit.video?.packet === 'config' ? this.#configs.video?.video?.payload : unit.audio?.packet === 'config' ? this.#configs.audio?.audio?.payload : undefined;
    const now = unit.video?.payload ?? unit.audio?.payload;
    return known !== undefined && now !== undefined && !known.equals(now);
  }

  #note(unit: FlvUnit): void {
    if (unit.kind === 'header') this.#header = Buffer.from(unit.bytes);
    else if (unit.kind === 'script') this.#script = Buffer.from(unit.bytes);
    else if (unit.video?.packet === 'config' || unit.audio?.packet === 'config') {
      const kind = unit.kind === 'video' ? 'video' : 'audio';
      const known = this.#configs[kind];
      if (known !== null && !this.#changesConfig(unit)) {
        this.#repeats += 1;
        if (this.#repeats === 1) this.#context.session.noteEvent('headers-repeated', null, { track: kind });
      }
      const bytes = Buffer.from(unit.bytes); // a slice would keep the whole chunk alive
      const payload = bytes.subarray(unit.bytes.length - 4 - ((unit.video ?? unit.audio)?.payload.length ?? 0), unit.bytes.length - 4);
      const kept: FlvUnit = { ...unit, bytes };
      if (unit.video !== undefined) kept.video = { ...unit.video, payload };
      if (unit.audio !== undefined) kept.audio = { ...unit.audio, payload };
      this.#configs = { ...this.#configs, [kind]: kept };
    }
  }

  async #open(discontinuity: boolean, isHeader: boolean): Promise<OpenFile> {
    const { session, passDiskGate } = this.#context;
    await passDiskGate();
    const stem = session.nextStem();
    const parts = [this.#header, this.#script, this.#configs.video?.bytes, this.#configs.audio?.bytes].filter((part): part is Buffer => part !== null && part !== undefined);
    return {
      part: await PartFile.create(session.dir, stem), stem, firstMs: null, lastMs: 0, stepMs: 0, bytes: 0, headers: isHeader ? null : Buffer.concat(parts),
      configs: { ...this.#configs }, discontinuity, arrivedMs: session.clock.nowMs(),
    };
  }

  async #close(nextMs: number | null, isJump: boolean): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    const { session } = this.#context;
    if (file.firstMs === null) {
      // Headers only: kept, so that the bytes have no hole, but of no length.
      file.firstMs = file.lastMs;
    }
    const mediaMs = Math.min(120_000, Math.max(0, nextMs !== null && !isJump && nextMs >= file.lastMs ? nextMs - file.firstMs : file.lastMs - file.firstMs + file.stepMs));
    const { startMs, durationMs } = await this.#place(mediaMs, file.arrivedMs, file.firstMs);
    const initFile = file.headers === null || file.headers.length === 0 ? null : await this.#storeHeaders(file.headers, startMs);
    const sealed = await file.part.seal();
    const received: FetchedFile = { partPath: join(session.dir, `${file.stem}.part`), container: 'flv', sha256: sealed.sha256, bytes: sealed.bytes };
    const sequence = (session.known.at(-1)?.mediaSequence ?? -1) + 1;
    await session.commit({
      ...plainSegment, mediaSequence: sequence, uri: this.#uri, initFile, startMs, durationMs, discontinuity: file.discontinuity || (this.#isFirstFile && this.#isReconnected),
      mediaStartMs: file.firstMs, decoder: toDecoderConfig(file.configs),
    }, received);
    if (isJump && nextMs !== null) session.noteEvent('timestamp-jump', null, { fromMs: file.lastMs, toMs: nextMs });
    this.#isFirstFile = false;
    if (durationMs > 0) this.#context.setBitrate(Math.round((file.bytes * 8000) / durationMs));
    this.#context.setState('live', null);
    this.#context.succeeded();
  }

  /** Where a file lies: its last frame arrived at `arrivedMs`, which places the burst of a first connection before now; later files follow one another. */
  async #place(mediaMs: number, arrivedMs: number, firstMs: number): Promise<{ startMs: number; durationMs: number }> {
    const { session, roomId } = this.#context;
    const liveMs = arrivedMs - mediaMs;
    const endMs = session.endMs;
    if (endMs === null) return { startMs: liveMs, durationMs: mediaMs };
    const isResumed = this.#isFirstFile;
    if (liveMs - endMs > (isResumed ? reconnectFloorMs : stallFloorMs)) {
      const reason: Fault = session.lastFault ?? makeFault('source-stalled', roomId, '直播源停顿', { retryable: true });
      await session.addGap(endMs, liveMs, reason);
      session.markDiscontinuity();
      return { startMs: liveMs, durationMs: mediaMs };
    }
    const overlapMs = isResumed ? Math.min(mediaMs, endMs - liveMs) : 0;
    if (overlapMs > 500) {
      await session.addEvent('data-replayed', null, { overlapMs: Math.round(overlapMs), mediaMs: firstMs });
      return { startMs: endMs, durationMs: mediaMs - overlapMs };
    }
    return { startMs: endMs, durationMs: mediaMs };
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
