import { toFault, type Fault } from '../../contract/faults.ts';
import type { AddressPolicy } from './address-policy.ts';
import { HlsSource } from './hls-source.ts';
import type { ListedSegment } from './playlist-parser.ts';
import { fetchSegment, type FetchedFile } from './segment-fetcher.ts';

/** A piece of subtitles that was received, and how long before the end of its playlist's window it begins. */
export type ReadyCaption = { segment: ListedSegment; beforeEndMs: number; file: FetchedFile };

const maxReady = 32;
const staleSegments = 3;

/** A subtitles rendition beside the footage: read and fetched in the background, handed over when asked. Its trouble is never the footage's. */
export class CaptionRendition {
  readonly uri: string;
  readonly #policy: AddressPolicy;
  readonly #source: HlsSource;
  #lastSequence: number | null = null;
  #ready: ReadyCaption[] = [];
  #running: Promise<void> | null = null;
  #nextPollMs = 0;
  #failures = 0;
  /** Why the rendition cannot be had at the moment; null while it can. */
  fault: Fault | null = null;

  constructor(uri: string, policy: AddressPolicy) {
    this.uri = uri;
    this.#policy = policy;
    this.#source = new HlsSource(uri, policy);
  }

  /** Looks for new pieces, unless that is under way or was just done. */
  poll(dir: string, makeStem: () => string, signal: AbortSignal): void {
    if (this.#running !== null || performance.now() < this.#nextPollMs || this.#ready.length >= maxReady) return;
    this.#running = this.#read(dir, makeStem, signal).catch((thrown: unknown) => {
      this.fault = toFault(thrown, this.uri);
      this.#failures += 1;
      this.#nextPollMs = performance.now() + Math.min(60_000, 1000 * 2 ** Math.min(6, this.#failures));
    }).finally(() => (this.#running = null));
  }

  /** What was received since the last call, in order, up to the first that `isDue` holds back. */
  take(isDue: (ready: ReadyCaption) => boolean = () => true): ReadyCaption[] {
    const held = this.#ready.findIndex((ready) => !isDue(ready));
    return this.#ready.splice(0, held < 0 ? this.#ready.length : held);
  }

  /** Resolves once nothing is under way. */
  async settle(): Promise<void> {
    await this.#running;
  }

  async #read(dir: string, makeStem: () => string, signal: AbortSignal): Promise<void> {
    const { playlist } = await this.#source.read(signal);
    const { segments } = playlist;
    const last = segments.at(-1);
    if (last !== undefined && this.#lastSequence !== null && last.mediaSequence < this.#lastSequence - staleSegments) this.#lastSequence = null;
    let beforeEndMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0);
    for (const segment of segments) {
      const { mediaSequence } = segment;
      if (this.#lastSequence === null || mediaSequence > this.#lastSequence) {
        const file = segment.isGap ? null : await fetchSegment({ uri: segment.uri, range: segment.range, dir, stem: makeStem(), budgetMs: 4000, signal, policy: this.#policy });
        if (signal.aborted) return;
        if (file !== null && !('code' in file)) this.#ready.push({ segment, beforeEndMs, file });
        this.#lastSequence = mediaSequence;
      }
      beforeEndMs -= segment.durationMs;
    }
    this.fault = null;
    this.#failures = 0;
    this.#nextPollMs = performance.now() + Math.min(4000, playlist.targetDurationMs / 2);
  }
}
