/** A frame's place on a connection's own media line. */
export type FlvMoment = { positionMs: number; stepMs: number; jump: { fromMs: number; toMs: number } | null };

/** A leap of the stream's timestamps above which it is a jump and not a pause between frames. */
export const jumpMs = 3000;
const maxStepMs = 1000;

/**
 * The media line of one connection: how much footage came, whatever its timestamps do. A jump of the timestamps is reported and advances the
 * line by one frame, since nothing came in between. Counters of 32 bits may wrap. `anchorMs` is the time at which position 0 was live: the frame
 * that arrived with the least delay says so, which places the burst of a first connection before now.
 */
export class FlvTimeline {
  #newestRawMs: number | null = null;
  #positionMs = 0;
  #stepMs = 0;
  #anchorMs = Number.POSITIVE_INFINITY;

  /** When position 0 was live, as far as the frames so far tell; Infinity before the first. */
  get anchorMs(): number {
    return this.#anchorMs;
  }

  /** Places a frame by its timestamp and its arrival. */
  place(timestampMs: number, arrivedMs: number): FlvMoment {
    let jump: FlvMoment['jump'] = null;
    const newestMs = this.#newestRawMs;
    if (newestMs === null) this.#newestRawMs = timestampMs;
    else {
      const deltaMs = (timestampMs - newestMs) | 0; // across a wrap of 32 bits too
      if (Math.abs(deltaMs) > jumpMs) {
        jump = { fromMs: newestMs, toMs: timestampMs };
        this.#positionMs += this.#stepMs;
        this.#newestRawMs = timestampMs;
      } else if (deltaMs > 0) {
        this.#stepMs = Math.min(maxStepMs, deltaMs);
        this.#positionMs += deltaMs;
        this.#newestRawMs = timestampMs;
      }
    }
    this.#anchorMs = Math.min(this.#anchorMs, arrivedMs - this.#positionMs);
    return { positionMs: this.#positionMs, stepMs: this.#stepMs, jump };
  }
}
