import { makeFault, toFault, type Fault } from '../../contract/faults.ts';
import type { Encryption } from '../../contract/rooms.ts';
import type { AddressPolicy } from './address-policy.ts';
import { HlsSource } from './hls-source.ts';
import type { KeyStore } from './key-store.ts';
import type { ListedSegment } from './playlist-parser.ts';
import { fetchSegment, type FetchedFile } from './segment-fetcher.ts';

/** A piece of a rendition beside the footage: received or not, how long before the end of its playlist's window it begins, and whether pieces before it left the playlist unseen. */
export type SidePiece = { segment: ListedSegment; beforeEndMs: number; file: FetchedFile | Fault; encryption: Encryption | null; keyFault: Fault | null; isAfterHole: boolean };

/** What a rendition beside the footage holds: text, or the sound that goes with pictures. */
export type SideKind = 'caption' | 'audio';

/** Pieces that may wait for the footage they belong to; more are not fetched. */
const maxReady = 32;
const staleSegments = 3;
const captionBudgetMs = 4000;
const maxSoundBudgetMs = 20_000;

/** A rendition beside the footage (subtitles, separate sound): read and fetched in the background, handed over when asked. Its trouble never holds the footage up. */
export class SideRendition {
  readonly uri: string;
  readonly kind: SideKind;
  readonly #policy: AddressPolicy;
  readonly #keys: KeyStore;
  readonly #source: HlsSource;
  #lastSequence: number | null = null;
  #ready: SidePiece[] = [];
  #running: Promise<void> | null = null;
  #nextPollMs = 0;
  #failures = 0;
  /** Why the rendition cannot be had at the moment; null while it can. */
  fault: Fault | null = null;

  constructor(kind: SideKind, uri: string, policy: AddressPolicy, keys: KeyStore) {
    this.kind = kind;
    this.uri = uri;
    this.#policy = policy;
    this.#keys = keys;
    this.#source = new HlsSource(uri, policy);
  }

  /** Looks for new pieces, unless that is under way or was just done. */
  poll(dir: string, makeStem: () => string, signal: AbortSignal): void {
    if (this.#running !== null || performance.now() < this.#nextPollMs || this.#ready.length >= maxReady) return;
    this.#running = this.#read(dir, makeStem, signal).catch((thrown: unknown) => {
      this.fault = toFault(thrown, this.uri);
      this.#failures += 1;
      const maxDelayMs = this.kind === 'audio' ? 2000 : 60_000; // sound that is not fetched is lost
      this.#nextPollMs = performance.now() + Math.min(maxDelayMs, 1000 * 2 ** Math.min(6, this.#failures));
    }).finally(() => (this.#running = null));
  }

  /** How many pieces wait to be taken. */
  get readyCount(): number {
    return this.#ready.length;
  }

  /** The oldest piece that waits; null when none does. */
  peek(): SidePiece | null {
    return this.#ready[0] ?? null;
  }

  /** Takes the oldest piece away. */
  shift(): void {
    this.#ready.shift();
  }

  /** Takes all that waits away, unread. */
  drain(): SidePiece[] {
    return this.#ready.splice(0);
  }

  /** Resolves once nothing is under way. */
  async settle(): Promise<void> {
    await this.#running;
  }

  async #read(dir: string, makeStem: () => string, signal: AbortSignal): Promise<void> {
    const { playlist } = await this.#source.read(signal);
    const { segments, targetDurationMs } = playlist;
    const last = segments.at(-1);
    if (last !== undefined && this.#lastSequence !== null && last.mediaSequence < this.#lastSequence - staleSegments) this.#lastSequence = null;
    const budgetMs = this.kind === 'caption' ? captionBudgetMs : Math.min(maxSoundBudgetMs, Math.max(6000, 3 * targetDurationMs));
    let beforeEndMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0);
    for (const segment of segments) {
      const { mediaSequence, uri, range } = segment;
      if (this.#lastSequence === null || mediaSequence > this.#lastSequence) {
        const [file, key] = await Promise.all([
          segment.isGap ? makeFault('segment-lost', uri, '直播源声明此段缺失（EXT-X-GAP）') : fetchSegment({ uri, range, dir, stem: makeStem(), budgetMs, signal, policy: this.#policy }),
          segment.key === null ? null : this.#keys.resolve(segment.key, this.#policy, signal),
        ]);
        if (signal.aborted) return;
        const isAfterHole = this.#lastSequence !== null && mediaSequence > this.#lastSequence + 1;
        this.#ready.push({ segment, beforeEndMs, file, encryption: key?.encryption ?? null, keyFault: key?.fault ?? null, isAfterHole });
        this.#lastSequence = mediaSequence;
      }
      beforeEndMs -= segment.durationMs;
    }
    this.fault = null;
    this.#failures = 0;
    this.#nextPollMs = performance.now() + Math.min(4000, targetDurationMs / 2);
  }
}
