import { Cea608Decoder, type ShownCaption } from './cea608-decoder.ts';
import type { CaptionPair } from './cea608-sei.ts';

/** Pictures that may wait for ones shown before them; more than any codec reorders (H.264 and H.265 allow 16). */
const maxWaiting = 32;

/** The captions inside a run of pictures: caption bytes come with pictures in the order of decoding, and are read in the order of presentation. */
export class Cea608Track {
  readonly #decoder = new Cea608Decoder();
  #waiting: { shownMs: number; pairs: CaptionPair[] }[] = [];
  #lastMs = -Infinity;

  /** Takes the next decoded picture's pairs: when it is shown, and when it is decoded (no later picture is shown before that). */
  push(shownMs: number, decodedMs: number, pairs: CaptionPair[]): void {
    if (pairs.length > 0) this.#waiting.push({ shownMs, pairs });
    if (this.#waiting.length === 0) return;
    this.#waiting.sort((a, b) => a.shownMs - b.shownMs);
    while (this.#waiting.length > 0 && (this.#waiting.length > maxWaiting || (this.#waiting[0]?.shownMs ?? Infinity) <= decodedMs)) this.#release();
  }

  /** Captions that have left the screen since the last call. */
  take(): ShownCaption[] {
    return this.#decoder.take();
  }

  /** No more pictures come: ends what stands on the screen. */
  flush(): void {
    while (this.#waiting.length > 0) this.#release();
    this.#decoder.flush();
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#lastMs = Math.max(this.#lastMs, next.shownMs);
    for (const { type, first, second } of next.pairs) if (type === 0) this.#decoder.push(this.#lastMs, first, second);
  }
}
