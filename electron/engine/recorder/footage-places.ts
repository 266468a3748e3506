import { mediaDifferenceMs } from '../container/webvtt-timing.ts';
import type { ListedSegment } from './playlist-parser.ts';

/** A stored segment's place on the session's time line, and its own media time where it says one. */
type Place = { mediaSequence: number; startMs: number; durationMs: number; mediaStartMs: number | null; programDateMs: number | null };

const maxPlaces = 128;
/** Media times further apart than this belong to another run of the encoder, or to another broadcast. */
const reachMs = 60_000;
const seamMs = 250;

/** Where recent footage was placed, for captions and separate sound to follow. */
export class FootagePlaces {
  #places: Place[] = [];

  /** Adds the newest segment. */
  add(segment: Pick<ListedSegment, 'mediaSequence' | 'durationMs' | 'programDateMs'>, startMs: number, mediaStartMs: number | null): void {
    this.#places.push({ mediaSequence: segment.mediaSequence, durationMs: segment.durationMs, programDateMs: segment.programDateMs, startMs, mediaStartMs });
    if (this.#places.length > maxPlaces) this.#places.shift();
  }

  /** Media sequences and times count anew from here on. */
  forget(): void {
    this.#places = [];
  }

  /** Media sequence of the newest footage; null before the first. */
  get lastSequence(): number | null {
    return this.#places.at(-1)?.mediaSequence ?? null;
  }

  /** The place of the footage with this media sequence; null where it is not known. */
  bySequence(mediaSequence: number): number | null {
    return this.#places.findLast((place) => place.mediaSequence === mediaSequence)?.startMs ?? null;
  }

  /** The place of an instant of the source's own clock (EXT-X-PROGRAM-DATE-TIME); null where the footage has none. */
  byProgramTime(programDateMs: number | null): number | null {
    const place = this.#places.findLast((one) => one.programDateMs !== null);
    return programDateMs === null || place === undefined ? null : place.startMs + programDateMs - (place.programDateMs as number);
  }

  /** The place of a media time, from the footage nearest to it; null where none is near. */
  byMediaTime(mediaMs: number | null): number | null {
    if (mediaMs === null) return null;
    let best: { awayMs: number; atMs: number } | null = null;
    for (const { mediaStartMs, startMs } of this.#places) {
      if (mediaStartMs === null) continue;
      const byMs = mediaDifferenceMs(mediaMs, mediaStartMs);
      if (best === null || Math.abs(byMs) <= best.awayMs) best = { awayMs: Math.abs(byMs), atMs: startMs + byMs };
    }
    return best === null || best.awayMs > reachMs ? null : best.atMs;
  }

  /** Whether footage that goes on beyond this media time is placed already. */
  covers(mediaMs: number): boolean {
    return this.#places.some(({ mediaStartMs, durationMs }) => {
      if (mediaStartMs === null) return false;
      const byMs = mediaDifferenceMs(mediaMs, mediaStartMs);
      return byMs > -reachMs && byMs < durationMs - seamMs;
    });
  }
}
