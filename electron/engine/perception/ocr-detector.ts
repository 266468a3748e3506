import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PixelBox, PixelImage } from './pixel-image.ts';

const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;
const PIXEL_AT = 0.3;
const BOX_AT = 0.6;
const UNCLIP = 1.6;
const MIN_SIDE = 4;

/** Finds boxes of text with PP-OCRv4's detector (differentiable binarisation, Liao et al. 2020). */
export class OcrDetector {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** Loads the detector from its ONNX file. */
  static async load(file: string, threads: number): Promise<OcrDetector> {
    return new OcrDetector(await InferenceSession.create(file, { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential' }));
  }

  /** Boxes of text lines in pixels of the image, top to bottom. */
  async detect(image: PixelImage): Promise<PixelBox[]> {
    const width = Math.ceil(image.width / 32) * 32;
    const height = Math.ceil(image.height / 32) * 32;
    const input = new Float32Array(3 * width * height);
    for (let c = 0; c < 3; c += 1) {
      const mean = MEAN[c] ?? 0;
      const deviation = DEVIATION[c] ?? 1;
      const plane = c * width * height;
      for (let y = 0; y < image.height; y += 1) {
        for (let x = 0; x < image.width; x += 1) input[plane + y * width + x] = ((image.data[(y * image.width + x) * 3 + c] ?? 0) / 255 - mean) / deviation;
      }
    }
    const name = this.#session.inputNames[0] ?? 'x';
    const result = await this.#session.run({ [name]: new Tensor('float32', input, [1, 3, height, width]) });
    const map = result[this.#session.outputNames[0] ?? '']?.data;
    if (!(map instanceof Float32Array)) throw new Error('the text detector has another output than expected');
    return findBoxes(map, width, height)
      .map((box) => clamp(box, image))
      .filter((box) => box.width >= MIN_SIDE && box.height >= MIN_SIDE);
  }
}

/** Turns a probability map into boxes: connected pixels above the threshold, scored, grown back to the text's full height. */
export function findBoxes(map: Float32Array, width: number, height: number): PixelBox[] {
  const seen = new Uint8Array(map.length);
  const stack: number[] = [];
  const boxes: PixelBox[] = [];
  for (let start = 0; start < map.length; start += 1) {
    if (seen[start] === 1 || (map[start] ?? 0) < PIXEL_AT) continue;
    let [left, right, top, bottom, count, sum] = [width, 0, height, 0, 0, 0];
    seen[start] = 1;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const x = at % width;
      const y = (at - x) / width;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      count += 1;
      sum += map[at] ?? 0;
      for (let dy = -1; dy <= 1; dy += 1) {
        for (let dx = -1; dx <= 1; dx += 1) {
          const nx = x + dx;
          const ny = y + dy;
          if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
          const next = ny * width + nx;
          if (seen[next] === 1 || (map[next] ?? 0) < PIXEL_AT) continue;
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    const w = right - left + 1;
    const h = bottom - top + 1;
    if (count < 12 || Math.min(w, h) < 3 || sum / count < BOX_AT) continue;
    // Training shrinks each box by area / perimeter times a ratio; this grows it back.
    const grow = (w * h * UNCLIP) / (2 * (w + h));
    boxes.push({ x: left - grow, y: top - grow, width: w + 2 * grow, height: h + 2 * grow });
  }
  return boxes.sort((a, b) => a.y + a.height / 2 - (b.y + b.height / 2) || a.x - b.x);
}

function clamp(box: PixelBox, image: PixelImage): PixelBox {
  const x = Math.max(0, Math.floor(box.x));
  const y = Math.max(0, Math.floor(box.y));
  return { x, y, width: Math.min(image.width, Math.ceil(box.x + box.width)) - x, height: Math.min(image.height, Math.ceil(box.y + box.height)) - y };
}
