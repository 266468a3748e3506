import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PixelImage } from './pixel-image.ts';

/** Rows of a line image, fixed by the recogniser. */
export const LINE_HEIGHT = 48;
const MAX_WIDTH = 2400;

/** Reads one line of text with PP-OCRv4's recogniser. */
export class OcrRecognizer {
  readonly #session: InferenceSession;
  readonly #characters: string[];

  private constructor(session: InferenceSession, characters: string[]) {
    this.#session = session;
    this.#characters = characters;
  }

  /** Loads recogniser and dictionary (a character a line). */
  static async load(file: string, dictionaryFile: string, threads: number): Promise<OcrRecognizer> {
    const session = await InferenceSession.create(file, { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential' });
    const lines = (await readFile(dictionaryFile, 'utf8')).split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    return new OcrRecognizer(session, ['', ...lines, ' ']);
  }

  /** Text and mean confidence of a line image 48 rows high. */
  async recognise(line: PixelImage): Promise<{ text: string; confidence: number }> {
    const used = Math.min(line.width, MAX_WIDTH);
    // Narrow lines are filled up: the recogniser was trained on 320 columns and stumbles on slivers.
    const width = Math.max(96, Math.ceil(used / 8) * 8);
    const input = new Float32Array(3 * LINE_HEIGHT * width);
    for (let c = 0; c < 3; c += 1) {
      for (let y = 0; y < LINE_HEIGHT; y += 1) {
        const from = (c * LINE_HEIGHT + y) * width;
        for (let x = 0; x < used; x += 1) input[from + x] = (line.data[(y * line.width + x) * 3 + c] ?? 0) / 127.5 - 1;
      }
    }
    const name = this.#session.inputNames[0] ?? 'x';
    const result = await this.#session.run({ [name]: new Tensor('float32', input, [1, 3, LINE_HEIGHT, width]) });
    const output = result[this.#session.outputNames[0] ?? ''];
    if (output === undefined || !(output.data instanceof Float32Array)) throw new Error('the text recogniser has another output than expected');
    return decodeCtc(output.data, output.dims[2] ?? this.#characters.length, this.#characters);
  }
}

/** Greedy CTC: the best class of each step, repeats and blanks (class 0) left out; confidence is the mean of the kept steps. */
export function decodeCtc(scores: Float32Array, classes: number, characters: readonly string[]): { text: string; confidence: number } {
  let text = '';
  let sum = 0;
  let kept = 0;
  let previous = 0;
  for (let from = 0; from + classes <= scores.length; from += classes) {
    let best = 0;
    for (let k = 1; k < classes; k += 1) if ((scores[from + k] ?? 0) > (scores[from + best] ?? 0)) best = k;
    if (best !== 0 && best !== previous) {
      text += characters[best] ?? '';
      sum += scores[from + best] ?? 0;
      kept += 1;
    }
    previous = best;
  }
  return { text: text.trim(), confidence: kept === 0 ? 0 : sum / kept };
}
