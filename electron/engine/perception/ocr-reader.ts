import type { ReadText } from '../../contract/perception.ts';
import type { OcrDetector } from './ocr-detector.ts';
import { LINE_HEIGHT } from './ocr-recognizer.ts';
import type { OcrRecognizer } from './ocr-recognizer.ts';
import { compareImages, cropTo } from './pixel-image.ts';
import type { PixelBox, PixelImage } from './pixel-image.ts';
import { joinLines } from './text-layout.ts';
import type { TextLine } from './text-layout.ts';

const MIN_CONFIDENCE = 0.6;
const SAME_PICTURE = 5;
const SAME_LINE = 10;
const TALL = 1.6;

type KnownLine = { box: PixelBox; pixels: PixelImage; text: string; confidence: number };

/** Reads the pictures of one stream; what has not changed since the last picture is not read again. */
export class OcrReader {
  readonly #detector: OcrDetector;
  readonly #recognizer: OcrRecognizer;
  #picture: PixelImage | null = null;
  #known: KnownLine[] = [];
  #texts: ReadText[] = [];
  /** Lines that the recogniser was really run on, since the beginning. */
  linesRead = 0;

  constructor(detector: OcrDetector, recognizer: OcrRecognizer) {
    this.#detector = detector;
    this.#recognizer = recognizer;
  }

  /** Texts of a picture, top to bottom. */
  async read(image: PixelImage): Promise<ReadText[]> {
    if (this.#picture !== null && compareImages(this.#picture, image, 16) < SAME_PICTURE) return this.#texts;
    const lines: KnownLine[] = [];
    for (const box of await this.#detector.detect(image)) lines.push(await this.#readLine(image, box));
    this.#picture = image;
    this.#known = lines;
    this.#texts = joinLines(lines.filter((l) => l.confidence >= MIN_CONFIDENCE && l.text !== '').map(toTextLine), image.width, image.height);
    return this.#texts;
  }

  async #readLine(image: PixelImage, box: PixelBox): Promise<KnownLine> {
    const pixels = cropTo(image, box, LINE_HEIGHT, false);
    const same = this.#known.find((k) => isNear(k.box, box) && compareImages(fit(k.pixels, pixels), pixels, 12) < SAME_LINE);
    if (same !== undefined) return { ...same, box };
    return { box, pixels, ...(await this.#recognise(image, box, pixels)) };
  }

  async #recognise(image: PixelImage, box: PixelBox, upright: PixelImage): Promise<{ text: string; confidence: number }> {
    this.linesRead += 1;
    if (box.height < box.width * TALL) return this.#recognizer.recognise(upright);
    // A tall box is a line on its side or characters written one below the other: whichever reads better.
    const turned = await this.#recognizer.recognise(cropTo(image, box, LINE_HEIGHT, true));
    const stacked = await this.#readStacked(image, box);
    return stacked.confidence > turned.confidence ? stacked : turned;
  }

  async #readStacked(image: PixelImage, box: PixelBox): Promise<{ text: string; confidence: number }> {
    const count = Math.max(1, Math.round(box.height / box.width));
    const each = box.height / count;
    let text = '';
    let sum = 0;
    for (let i = 0; i < count; i += 1) {
      const one = await this.#recognizer.recognise(cropTo(image, { x: box.x, y: box.y + i * each, width: box.width, height: each }, LINE_HEIGHT, false));
      text += one.text;
      sum += one.confidence;
    }
    return { text, confidence: sum / count };
  }
}

function toTextLine(line: KnownLine): TextLine {
  return { text: line.text, confidence: line.confidence, box: line.box };
}

function isNear(a: PixelBox, b: PixelBox): boolean {
  const slack = Math.max(3, b.height * 0.1);
  return Math.abs(a.x - b.x) <= slack && Math.abs(a.y - b.y) <= slack && Math.abs(a.width - b.width) <= slack && Math.abs(a.height - b.height) <= slack;
}

function fit(from: PixelImage, to: PixelImage): PixelImage {
  return from.width === to.width ? from : resizeColumns(from, to.width);
}

function resizeColumns(from: PixelImage, width: number): PixelImage {
  const data = new Uint8Array(width * from.height * 3);
  for (let y = 0; y < from.height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const source = (y * from.width + Math.min(from.width - 1, Math.round(((x + 0.5) * from.width) / width - 0.5))) * 3;
      for (let c = 0; c < 3; c += 1) data[(y * width + x) * 3 + c] = from.data[source + c] ?? 0;
    }
  }
  return { width, height: from.height, data };
}
