/** A stretch of speech in samples from the start of the stream, end exclusive. */
export type Stretch = { start: number; end: number };
/** What a window brought: an utterance that has ended, padded. */
export type EndedUtterance = Stretch;

const RATE = 16_000;
const START_AT = 0.5;
const STAY_AT = 0.35;
const MIN_SPEECH = 0.2 * RATE;
const MIN_SILENCE = 0.45 * RATE;
const PAD = 0.35 * RATE;
const MAX_UTTERANCE = 29 * RATE;
const LOOK_FOR_PAUSE = 8 * RATE;

/** Cuts a stream of speech probabilities into utterances: at pauses, padded by 350 ms, at most 30 s long. */
export class UtteranceSegmenter {
  #position = 0;
  #start: number | null = null;
  #lastVoiced = 0;
  #earliest = 0;
  #pauses: { at: number; probability: number }[] = [];
  #stretches: Stretch[] = [];

  /** Takes the probability of the next window of `length` samples; returns an utterance when one has ended. */
  push(probability: number, length: number): EndedUtterance | null {
    const begin = this.#position;
    this.#position += length;
    if (this.#start === null) {
      if (probability < START_AT) return null;
      this.#start = begin;
      this.#lastVoiced = this.#position;
      this.#pauses = [];
      return null;
    }
    if (probability >= STAY_AT) this.#lastVoiced = this.#position;
    this.#pauses.push({ at: begin + length / 2, probability });
    if (this.#position - this.#lastVoiced >= MIN_SILENCE) return this.#end(this.#lastVoiced);
    if (this.#position - this.#start >= MAX_UTTERANCE) return this.#split();
    return null;
  }

  /** Ends what is open, because the stream ends here. */
  flush(): EndedUtterance | null {
    return this.#start === null ? null : this.#end(this.#lastVoiced);
  }

  /** Earliest sample that a later utterance may still need. */
  get neededFrom(): number {
    return Math.max(this.#earliest, Math.round((this.#start ?? this.#position) - PAD));
  }

  /** Speech within [from, to), the open stretch included; forgets what lies before `from`. */
  speechWithin(from: number, to: number): Stretch[] {
    this.#stretches = this.#stretches.filter((s) => s.end > from);
    const all = this.#start === null ? this.#stretches : [...this.#stretches, { start: this.#start, end: this.#lastVoiced }];
    return all.map((s) => ({ start: Math.max(from, s.start), end: Math.min(to, s.end) })).filter((s) => s.end > s.start);
  }

  #end(voicedEnd: number): EndedUtterance | null {
    const start = this.#start ?? 0;
    this.#start = null;
    if (voicedEnd - start < MIN_SPEECH) return null;
    this.#stretches.push({ start, end: voicedEnd });
    const padded = { start: Math.max(this.#earliest, Math.round(start - PAD)), end: Math.min(this.#position, Math.round(voicedEnd + PAD)) };
    // Two paddings may meet in a short pause but never count a sample twice.
    this.#earliest = padded.end;
    return padded;
  }

  #split(): EndedUtterance {
    const start = this.#start ?? 0;
    const late = this.#pauses.filter((p) => p.at >= this.#position - LOOK_FOR_PAUSE);
    const cut = Math.round(late.reduce((best, p) => (p.probability < best.probability ? p : best), late[0] ?? { at: this.#position, probability: 1 }).at);
    this.#stretches.push({ start, end: cut });
    const padded = { start: Math.max(this.#earliest, Math.round(start - PAD)), end: cut };
    this.#earliest = cut;
    this.#start = cut;
    this.#pauses = this.#pauses.filter((p) => p.at > cut);
    return padded;
  }
}
