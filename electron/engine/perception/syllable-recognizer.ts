import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { computeFbank, fbankBins } from './kaldi-fbank.ts';
import type { HeardSyllable } from './speech-engine.ts';

/** A syllable with its best rivals and the stretch of frames in which it was the most probable. */
export type FoundSyllable = HeardSyllable & { endMs: number };

/** Milliseconds of one output of the net. */
const stepMs = 40;
const blank = 0;

/** A CTC model whose tokens are syllables, with what its greedy reading hides: each syllable's rivals and their probabilities. */
export class SyllableRecognizer {
  readonly #session: InferenceSession;
  readonly #tokens: readonly string[];

  private constructor(session: InferenceSession, tokens: readonly string[]) {
    this.#session = session;
    this.#tokens = tokens;
  }

  /** Loads a model (inputs `x` [1, T, 80] and `x_lens`, outputs `log_probs` and `log_probs_len`) and its tokens. */
  static async load(modelFile: string, tokensFile: string, threads: number): Promise<SyllableRecognizer> {
    const tokens = (await readFile(tokensFile, 'utf8')).trimEnd().split('\n').map((line) => line.slice(0, line.lastIndexOf(' ')));
    return new SyllableRecognizer(await InferenceSession.create(modelFile, { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential' }), tokens);
  }

  /** The syllables of 16 kHz samples, each with up to `rivals` readings. */
  async recognize(samples: Float32Array, rivals: number): Promise<FoundSyllable[]> {
    const { frames, features } = computeFbank(samples);
    if (frames < 8) return [];
    const result = await this.#session.run({ x: new Tensor('float32', features, [1, frames, fbankBins]), x_lens: new Tensor('int64', BigInt64Array.of(BigInt(frames)), [1]) });
    const scores = result['log_probs']?.data;
    const steps = Number(result['log_probs_len']?.data[0]);
    if (!(scores instanceof Float32Array) || !Number.isSafeInteger(steps) || scores.length < steps * this.#tokens.length) throw new Error('the model has other outputs than a CTC recogniser');
    return this.#collapse(scores, steps, rivals);
  }

  /** Greedy CTC: equal neighbours are one, blanks none; of every stretch the best frame of each syllable counts. */
  #collapse(scores: Float32Array, steps: number, rivals: number): FoundSyllable[] {
    const width = this.#tokens.length;
    const found: FoundSyllable[] = [];
    let [token, from] = [blank, 0];
    for (let step = 0; step <= steps; step++) {
      const base = step * width;
      let top = blank;
      if (step < steps) for (let rival = 1; rival < width; rival++) if ((scores[base + rival] as number) > (scores[base + top] as number)) top = rival;
      if (top === token) continue;
      if (token !== blank) found.push({ atMs: from * stepMs, endMs: step * stepMs, best: this.#rank(scores, from, step, rivals) });
      [token, from] = [top, step];
    }
    return found;
  }

  #rank(scores: Float32Array, from: number, to: number, rivals: number): HeardSyllable['best'] {
    const width = this.#tokens.length;
    const best = new Float32Array(width).fill(Number.NEGATIVE_INFINITY);
    for (let step = from; step < to; step++) for (let token = 1; token < width; token++) best[token] = Math.max(best[token] as number, scores[step * width + token] as number);
    const order = Array.from(best.keys()).slice(1).sort((a, b) => (best[b] as number) - (best[a] as number)).slice(0, rivals);
    return order.map((token) => ({ syllable: this.#tokens[token] as string, probability: Math.round(Math.exp(best[token] as number) * 10_000) / 10_000 }));
  }
}
