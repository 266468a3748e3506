import { makeFault, type Fault } from '../../contract/faults.ts';
import { decryptHead, DecoderTracker, type SegmentFacts } from './decoder-tracker.ts';
import type { FootagePlaces } from './footage-places.ts';
import type { InitSections } from './init-sections.ts';
import { sniffContainer } from './media-sniffer.ts';
import type { FetchedFile } from './segment-fetcher.ts';
import { discardFile, plainSegment } from './session-controller.ts';
import type { SidePiece, SideRendition } from './side-rendition.ts';
import type { RunContext } from './source-run.ts';

/** What the first bytes of a piece of sound say of it, and the init section it was read with. */
type SoundFacts = SegmentFacts & { initFile: string | null; container: FetchedFile['container'] };

const maxAwaited = 16;
const holeMs = 500;

/** Writes what came beside the footage (captions, separate sound) into the session, at the place of the footage it belongs to. */
export class SideCommitter {
  readonly #places: FootagePlaces;
  readonly #inits: InitSections;
  readonly #decoder = new DecoderTracker();
  readonly #facts = new WeakMap<SidePiece, SoundFacts>();
  readonly #faults = new Map<SideRendition['kind'], string | null>();
  /** Sound renditions that were found to go on where the stored sound ends. */
  readonly #joined = new WeakSet<SideRendition>();
  #isBroken = false;

  constructor(places: FootagePlaces, inits: InitSections) {
    this.#places = places;
    this.#inits = inits;
  }

  /** Stores what has come and whose place is known. `isLast`: no more footage comes. Throws FaultError when the disk does not take it. */
  async take(rendition: SideRendition, context: RunContext, isLast: boolean): Promise<void> {
    this.#noteFault(rendition, context);
    for (let piece = rendition.peek(); piece !== null; piece = rendition.peek()) {
      const isAwaited = rendition.kind === 'caption' ? this.#isSequenceAwaited(piece) : await this.#isSoundAwaited(piece, context);
      if (isAwaited && !isLast && rendition.readyCount <= maxAwaited) return;
      rendition.shift();
      if (rendition.kind === 'caption') await this.#commitCaption(piece, context);
      else await this.#commitSound(piece, rendition, context);
    }
  }

  #noteFault({ fault, kind, uri }: SideRendition, { session }: RunContext): void {
    if (fault !== null && this.#faults.get(kind) !== fault.code) session.noteEvent('note', fault, { what: kind === 'caption' ? 'captions-unavailable' : 'audio-unavailable', uri });
    this.#faults.set(kind, fault?.code ?? null);
  }

  /** What came may be of the same number as footage that is still to come: it waits for it, so that its place is known. */
  #isSequenceAwaited({ segment }: SidePiece): boolean {
    const last = this.#places.lastSequence;
    return last === null || (segment.mediaSequence > last && segment.mediaSequence <= last + maxAwaited);
  }

  async #isSoundAwaited(piece: SidePiece, context: RunContext): Promise<boolean> {
    const mediaMs = (await this.#readSound(piece, context))?.mediaStartMs ?? null;
    return mediaMs === null ? this.#isSequenceAwaited(piece) : !this.#places.covers(mediaMs);
  }

  async #commitCaption(piece: SidePiece, { session }: RunContext): Promise<void> {
    const { segment, file, encryption } = piece;
    if ('code' in file) return;
    if (session.hasBeside('caption', segment.mediaSequence, file.sha256)) return discardFile(file);
    const { mediaSequence, uri, durationMs, range } = segment;
    await session.commit({ ...plainSegment, kind: 'caption', encryption, mediaSequence, uri, startMs: this.#place(piece, null, session.endMs ?? session.clock.nowMs()), durationMs, byteRange: range }, file);
  }

  async #commitSound(piece: SidePiece, rendition: SideRendition, context: RunContext): Promise<void> {
    const { session } = context;
    const { segment, file, encryption } = piece;
    const { mediaSequence, uri, durationMs, range } = segment;
    const facts = await this.#readSound(piece, context);
    const startMs = this.#place(piece, facts?.mediaStartMs ?? null, session.endMs ?? session.clock.nowMs());
    const soundEndMs = session.soundEndMs;
    if ('code' in file || facts === null) {
      if (durationMs > 0 && 'code' in file) await session.addGap(startMs, startMs + durationMs, toSoundFault(file));
      this.#isBroken = true;
      return;
    }
    // Another address, or a restart, offers again what is stored.
    const isKnown = session.hasBeside('audio', mediaSequence, file.sha256) || (!this.#joined.has(rendition) && soundEndMs !== null && startMs < soundEndMs - durationMs / 2);
    if (isKnown) return discardFile(file);
    const isHole = piece.isAfterHole || (!this.#joined.has(rendition) && soundEndMs !== null);
    this.#joined.add(rendition);
    if (isHole && soundEndMs !== null && startMs - soundEndMs > holeMs) {
      await session.addGap(soundEndMs, startMs, toSoundFault(session.lastFault ?? makeFault('segment-lost', uri, '分段在取得之前已移出播放列表')));
      this.#isBroken = true;
    }
    const { mediaStartMs, decoder, container, initFile, change } = facts;
    await session.commit({ ...plainSegment, kind: 'audio', encryption, mediaSequence, uri, initFile, startMs, durationMs, byteRange: range, discontinuity: segment.discontinuity || change !== null || this.#isBroken, mediaStartMs, decoder }, { ...file, container });
    this.#isBroken = false;
  }

  /** Reads a piece's first bytes once; null for one that was not received. */
  async #readSound(piece: SidePiece, context: RunContext): Promise<SoundFacts | null> {
    const { segment, file, encryption } = piece;
    if ('code' in file) return null;
    const known = this.#facts.get(piece);
    if (known !== undefined) return known;
    const { session } = context;
    const initFile = segment.init === null ? null : await this.#inits.store(segment.init, session.endMs ?? session.clock.nowMs(), context);
    const head = file.head === undefined ? null : encryption === null ? file.head : decryptHead(file.head, encryption);
    const container = encryption === null ? file.container : sniffContainer(head ?? Buffer.alloc(0), segment.uri);
    const facts = { ...this.#decoder.take(container, head, this.#inits.tracksOf(initFile)), initFile, container };
    this.#facts.set(piece, facts);
    return facts;
  }

  /** By media time (sound shares the picture's), by an equal media sequence, by the source's clock, else counted from the window's end. */
  #place({ segment, beforeEndMs }: SidePiece, mediaMs: number | null, endMs: number): number {
    return this.#places.byMediaTime(mediaMs) ?? this.#places.bySequence(segment.mediaSequence) ?? this.#places.byProgramTime(segment.programDateMs) ?? endMs - beforeEndMs;
  }
}

function toSoundFault(fault: Fault): Fault {
  return { ...fault, scope: 'audio', message: `声音缺失，画面照常：${fault.message}` };
}
