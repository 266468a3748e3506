import { join } from 'node:path';
import type { Utterance } from '../../contract/perception.ts';
import { SPEECH_RATE } from './audio-decoder.ts';
import { writeWhole } from './still-writer.ts';
import { UtteranceSegmenter } from './utterance-segmenter.ts';
import type { Stretch } from './utterance-segmenter.ts';
import { VAD_WINDOW, VoiceDetector } from './voice-detector.ts';
import type { VoiceModel } from './voice-detector.ts';
import { encodeWav } from './waveform.ts';

const PER_MS = SPEECH_RATE / 1000;
const JUMP_MS = 300;

/** Hears one stream of 16 kHz samples: finds speech, cuts utterances, knows when each sample was on the wall clock. */
export class Listener {
  readonly #voice: VoiceDetector;
  readonly #segmenter = new UtteranceSegmenter();
  #kept = new Float32Array(SPEECH_RATE * 4);
  #keptFrom = 0;
  #total = 0;
  #heard = 0;
  #anchor = { sample: 0, ms: 0, set: false };

  constructor(model: VoiceModel) {
    this.#voice = new VoiceDetector(model);
  }

  /** Samples taken so far. */
  get total(): number {
    return this.#total;
  }

  /** Ties the next sample to the wall clock; false when that is a jump, so that a new listener should take over. */
  anchorAt(wallMs: number): boolean {
    const jumped = this.#anchor.set && Math.abs(this.wallAt(this.#total) - wallMs) > JUMP_MS;
    if (!jumped) this.#anchor = { sample: this.#total, ms: wallMs, set: true };
    return !jumped;
  }

  /** Wall-clock time of a sample. */
  wallAt(sample: number): number {
    return Math.round(this.#anchor.ms + (sample - this.#anchor.sample) / PER_MS);
  }

  /** Hears samples; `outDir` null keeps no WAV. Returns the utterances that ended. */
  async listen(samples: Float32Array, outDir: string | null): Promise<Utterance[]> {
    this.#keep(samples);
    const ended: Utterance[] = [];
    while (this.#total - this.#heard >= VAD_WINDOW) {
      const at = this.#heard - this.#keptFrom;
      const probability = await this.#voice.hear(this.#kept.subarray(at, at + VAD_WINDOW));
      this.#heard += VAD_WINDOW;
      const stretch = this.#segmenter.push(probability, VAD_WINDOW);
      if (stretch !== null) ended.push(this.#toUtterance(stretch, outDir));
    }
    return ended;
  }

  /** Ends the utterance that is open. */
  flush(outDir: string | null): Utterance[] {
    const stretch = this.#segmenter.flush();
    return stretch === null ? [] : [this.#toUtterance(stretch, outDir)];
  }

  /** Speech between two samples as wall-clock pairs. */
  speechWithin(from: number, to: number): [number, number][] {
    return this.#segmenter.speechWithin(from, to).map((s) => [this.wallAt(s.start), this.wallAt(s.end)]);
  }

  #keep(samples: Float32Array): void {
    const from = Math.min(this.#heard, this.#segmenter.neededFrom);
    const drop = Math.max(0, from - this.#keptFrom);
    const held = this.#total - this.#keptFrom;
    const need = held - drop + samples.length;
    const target = need > this.#kept.length ? new Float32Array(need * 2) : this.#kept;
    if (target === this.#kept) target.copyWithin(0, drop, held);
    else target.set(this.#kept.subarray(drop, held));
    target.set(samples, held - drop);
    this.#kept = target;
    this.#keptFrom += drop;
    this.#total += samples.length;
  }

  #toUtterance(stretch: Stretch, outDir: string | null): Utterance {
    const startMs = this.wallAt(stretch.start);
    const endMs = this.wallAt(stretch.end);
    if (outDir === null) return { startMs, endMs, file: null };
    const file = `u${startMs}.wav`;
    writeWhole(join(outDir, file), encodeWav(this.#kept.subarray(stretch.start - this.#keptFrom, stretch.end - this.#keptFrom), SPEECH_RATE));
    return { startMs, endMs, file };
  }
}
