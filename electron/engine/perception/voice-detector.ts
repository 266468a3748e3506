import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Samples of one decision at 16 kHz (32 ms), fixed by Silero VAD v5. */
export const VAD_WINDOW = 512;
const CONTEXT = 64;
const STATE_SHAPE = [2, 1, 128];

/** Silero VAD v5 as loaded; one model serves any number of streams, each with its own state. */
export class VoiceModel {
  readonly #session: InferenceSession;
  readonly #rate = new Tensor('int64', BigInt64Array.of(16_000n), []);

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** Loads the model from its ONNX file. */
  static async load(file: string): Promise<VoiceModel> {
    const session = await InferenceSession.create(await readFile(file), { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' });
    return new VoiceModel(session);
  }

  /** Runs one window with its context in front; returns speech probability and the next state. */
  async run(input: Float32Array, state: Tensor): Promise<{ probability: number; state: Tensor }> {
    const result = await this.#session.run({ input: new Tensor('float32', input, [1, input.length]), state, sr: this.#rate });
    const next = result['stateN'];
    const output = result['output'];
    if (next === undefined || output === undefined) throw new Error('the voice model has other outputs than Silero VAD v5');
    return { probability: Number(output.data[0]), state: next };
  }
}

/** Speech probability of one stream, window by window, with state kept over calls. */
export class VoiceDetector {
  readonly #model: VoiceModel;
  #state: Tensor = new Tensor('float32', new Float32Array(256), STATE_SHAPE);
  #input = new Float32Array(CONTEXT + VAD_WINDOW);

  constructor(model: VoiceModel) {
    this.#model = model;
  }

  /** Probability that exactly one window of 512 samples holds speech. */
  async hear(window: Float32Array): Promise<number> {
    this.#input.copyWithin(0, VAD_WINDOW);
    this.#input.set(window, CONTEXT);
    const { probability, state } = await this.#model.run(this.#input.slice(), this.#state);
    this.#state = state;
    return probability;
  }
}
