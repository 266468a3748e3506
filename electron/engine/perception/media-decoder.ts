import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_NOPTS_VALUE } from 'node-av/constants';
import { avGetCodecName } from 'node-av/lib';
import type { Frame, Packet } from 'node-av/lib';
import type { DecodedStill, PerceptionReply, PerceptionRequest, Utterance } from '../../contract/perception.ts';
import type { ShownCaption } from '../container/cea608-decoder.ts';
import { readCaptionPairs, toFraming, type PictureFraming } from '../container/cea608-sei.ts';
import { Cea608Track } from '../container/cea608-track.ts';
import { AudioDecoder, SPEECH_RATE } from './audio-decoder.ts';
import { Listener } from './listener.ts';
import { MediaInput, undecodable } from './media-input.ts';
import { GRID, PictureChange } from './picture-change.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { encodeJpeg, readGrayGrid, writeWhole } from './still-writer.ts';
import type { VoiceModel } from './voice-detector.ts';
import { measureLevelDb, measurePeaks } from './waveform.ts';

type DecodeRequest = Extract<PerceptionRequest, { type: 'decode' }>;
type DecodedReply = Extract<PerceptionReply, { type: 'decoded' }>;

const STILL_WIDTH = 720;
const THUMB_WIDTH = 160;
/** Stills are at least this far apart; a little under 2 s so that 2-s key frames that wobble all count. */
const STILL_GAP_MS = 1900;
const CHUNK = SPEECH_RATE * 4;

/** Decodes one run of segments: codec, resampler and VAD state live here from segment to segment. */
export class MediaDecoder {
  readonly #model: VoiceModel;
  #audio: AudioDecoder | null = null;
  #audioKey = '';
  #picture: PictureDecoder | null = null;
  #listener: Listener;
  readonly #change = new PictureChange();
  #lastStillMs = -Infinity;
  readonly #captions = new Cea608Track();

  constructor(model: VoiceModel) {
    this.#model = model;
    this.#listener = new Listener(model);
  }

  /** Decodes a segment or a whole file; throws FaultError segment-undecodable when nothing in it decodes. */
  async decode(request: DecodeRequest): Promise<DecodedReply> {
    const source = { container: request.container, file: request.file, initFile: request.initFile, encryption: request.encryption };
    mkdirSync(request.outDir, { recursive: true });
    const input = MediaInput.open(source);
    const origin = input.originSeconds;
    const run = new DecodeRun(request);
    try {
      this.#prepare(input);
      let keyFrames = 0;
      let firstSound = true;
      const chunk = new SampleBuffer(CHUNK);
      const framing = framingOf(input);
      for (const { packet, kind, seconds } of input.packets()) {
        const atMs = request.startMs + (seconds - origin) * 1000;
        if (kind === 'video') {
          run.videoFrames += 1;
          if (framing !== null) this.#readCaptions(packet, framing, atMs, input);
          if (packet.isKeyframe) keyFrames += 1;
          if (packet.isKeyframe && atMs - this.#lastStillMs >= STILL_GAP_MS) this.#takeStill(packet, atMs, run);
        } else if (this.#audio !== null) {
          this.#audio.decode(packet, (samples) => {
            if (firstSound) {
              firstSound = false;
              this.#anchor(atMs, run);
            }
            chunk.push(samples);
          });
          if (chunk.isFull) await this.#hear(chunk.take(CHUNK), run);
        }
      }
      await this.#hear(chunk.take(Infinity), run);
      if (request.flush) this.#captions.flush();
      run.captions.push(...this.#captions.take());
      if (request.flush) run.utterances.push(...this.#listener.flush(run.soundDir));
      if (run.videoFrames === 0 && run.samples === 0) throw undecodable(source, 'holds no packet');
      if (run.samples === 0 && keyFrames > 0 && run.pictures === 0 && run.pictureFailures > 0) throw undecodable(source, 'has pictures, none of which decodes');
      if (run.videoFrames === 0 && input.audio !== null && run.samples === 0) throw undecodable(source, 'has sound, none of which decodes');
      return run.toReply(input);
    } finally {
      input.close();
    }
  }

  /** Frees the decoders. */
  close(): void {
    this.#audio?.close();
    this.#picture?.close();
    this.#audio = null;
    this.#picture = null;
  }

  #prepare(input: MediaInput): void {
    const audioKey = input.audio === null ? '' : `${input.audio.codecpar.codecId}:${input.audio.codecpar.extradata?.toString('base64') ?? ''}`;
    if (input.audio !== null && (this.#audio === null || this.#audioKey !== audioKey)) {
      this.#audio?.close();
      this.#audio = AudioDecoder.open(input.audio);
      this.#audioKey = audioKey;
    }
    if (input.video !== null && this.#picture?.key !== PictureDecoder.keyOf(input.video)) {
      this.#picture?.close();
      this.#picture = PictureDecoder.open(input.video);
    }
  }

  #readCaptions(packet: Packet, framing: PictureFraming, atMs: number, { video }: MediaInput): void {
    const { data, pts, dts } = packet;
    if (data === null || video === null) return;
    const pairs = readCaptionPairs(data, framing);
    const lagMs = pts === AV_NOPTS_VALUE || dts === AV_NOPTS_VALUE ? 0 : (Number(pts - dts) * 1000 * video.timeBase.num) / video.timeBase.den;
    this.#captions.push(atMs, atMs - lagMs, pairs);
  }

  #anchor(atMs: number, run: DecodeRun): void {
    if (!this.#listener.anchorAt(atMs)) {
      run.utterances.push(...this.#listener.flush(run.soundDir));
      this.#listener = new Listener(this.#model);
      this.#listener.anchorAt(atMs);
    }
  }

  async #hear(samples: Float32Array, run: DecodeRun): Promise<void> {
    if (samples.length === 0) return;
    run.takeSamples(samples);
    const from = this.#listener.total;
    run.utterances.push(...(await this.#listener.listen(samples, run.soundDir)));
    // Asked per chunk, because the listener forgets speech that lies before the range asked for.
    for (const [startMs, endMs] of this.#listener.speechWithin(from, this.#listener.total)) run.addSpeech(startMs, endMs);
  }

  #takeStill(packet: Packet, atMs: number, run: DecodeRun): void {
    if (this.#picture === null) return;
    const used = this.#picture.decodeKey(packet, (frame) => {
      run.pictures += 1;
      run.stills.push(writeStill(frame, Math.round(atMs), run.request.outDir, this.#change));
      run.width = frame.width;
      run.height = frame.height;
    });
    if (used) this.#lastStillMs = atMs;
    else run.pictureFailures += 1;
  }
}

function framingOf({ video }: MediaInput): PictureFraming | null {
  const codec = video?.codecpar.codecId === AV_CODEC_ID_H264 ? 'avc' : video?.codecpar.codecId === AV_CODEC_ID_HEVC ? 'hevc' : null;
  return codec === null ? null : toFraming(codec, video?.codecpar.extradata ?? null);
}

function writeStill(frame: Frame, atMs: number, outDir: string, change: PictureChange): DecodedStill {
  const still = encodeJpeg(frame, STILL_WIDTH, 3);
  const thumb = encodeJpeg(frame, THUMB_WIDTH, 5);
  const file = `s${atMs}.jpg`;
  const thumbFile = `s${atMs}-thumb.jpg`;
  writeWhole(join(outDir, file), still.data);
  writeWhole(join(outDir, thumbFile), thumb.data);
  const changed = change.consider(readGrayGrid(frame, GRID.columns, GRID.rows), atMs);
  return { atMs, file, thumbFile, width: still.width, height: still.height, changed };
}

/** What is gathered while one file is decoded. */
class DecodeRun {
  readonly request: DecodeRequest;
  readonly soundDir: string | null;
  videoFrames = 0;
  samples = 0;
  pictures = 0;
  pictureFailures = 0;
  width: number | null = null;
  height: number | null = null;
  readonly stills: DecodedStill[] = [];
  readonly utterances: Utterance[] = [];
  readonly captions: ShownCaption[] = [];
  readonly #speech: [number, number][] = [];
  readonly #peaks: Uint8Array[] = [];
  #energy = 0;

  constructor(request: DecodeRequest) {
    this.request = request;
    this.soundDir = request.keepUtterances ? request.outDir : null;
  }

  takeSamples(samples: Float32Array): void {
    this.samples += samples.length;
    this.#peaks.push(measurePeaks(samples));
    for (const sample of samples) this.#energy += sample * sample;
  }

  addSpeech(startMs: number, endMs: number): void {
    const last = this.#speech.at(-1);
    if (last !== undefined && startMs <= last[1] + 32) last[1] = Math.max(last[1], endMs);
    else this.#speech.push([startMs, endMs]);
  }

  toReply(input: MediaInput): DecodedReply {
    const hasSound = this.samples > 0;
    return {
      type: 'decoded', id: this.request.id, videoFrames: this.videoFrames, audioMs: (this.samples * 1000) / SPEECH_RATE,
      width: this.width ?? (input.video?.codecpar.width || null), height: this.height ?? (input.video?.codecpar.height || null),
      videoCodec: input.video === null ? null : avGetCodecName(input.video.codecpar.codecId),
      audioCodec: input.audio === null ? null : avGetCodecName(input.audio.codecpar.codecId),
      peaks: hasSound ? Buffer.concat(this.#peaks).toString('base64') : null,
      levelDb: hasSound ? measureLevelDb(Float32Array.of(Math.sqrt(this.#energy / this.samples))) : null,
      speech: this.#speech, stills: this.stills, utterances: this.utterances, captions: this.captions,
    };
  }
}

/** Gathers samples into one array of a known size. */
class SampleBuffer {
  #data: Float32Array<ArrayBuffer>;
  #length = 0;
  readonly #fullAt: number;

  constructor(fullAt: number) {
    this.#fullAt = fullAt;
    this.#data = new Float32Array(fullAt + 8192);
  }

  get isFull(): boolean {
    return this.#length >= this.#fullAt;
  }

  push(samples: Float32Array): void {
    if (this.#length + samples.length > this.#data.length) {
      const larger = new Float32Array((this.#length + samples.length) * 2);
      larger.set(this.#data.subarray(0, this.#length));
      this.#data = larger;
    }
    this.#data.set(samples, this.#length);
    this.#length += samples.length;
  }

  /** Takes at most `count` samples from the front; whole chunks keep the 50-ms peaks aligned. */
  take(count: number): Float32Array {
    const taken = this.#data.slice(0, Math.min(count, this.#length));
    this.#data.copyWithin(0, taken.length, this.#length);
    this.#length -= taken.length;
    return taken;
  }
}
