import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import type { Encryption } from '../../contract/rooms.ts';
import { decryptHead, DecoderTracker } from './decoder-tracker.ts';
import { FootagePlaces } from './footage-places.ts';
import { InitSections } from './init-sections.ts';
import { sniffContainer } from './media-sniffer.ts';
import type { ListedSegment } from './playlist-parser.ts';
import type { FetchedFile } from './segment-fetcher.ts';
import { driftFloorMs, toPath, type SwitchPoint } from './segment-plan.ts';
import { discardFile, plainSegment } from './session-controller.ts';
import { SideCommitter } from './side-committer.ts';
import type { RunContext } from './source-run.ts';

/** One segment on its way to disk, with what its playlist's plan says of it. */
export type PlannedSegment = {
  segment: ListedSegment;
  /** Where it begins by the plan, and if the window ends now. */
  startMs: number; liveStartMs: number;
  /** Why footage may be missing before it; null where it follows the one before. */
  gap: Fault | null;
  discontinuity: boolean;
  /** The source may serve again what is stored: the same content is not stored twice. */
  dropKnown: boolean;
  /** To be written before it. */
  note: (() => Promise<void>) | null;
};

/** What was received of a planned segment: the file or why not, and its encryption with the fault of its key. */
export type ReceivedSegment = { file: FetchedFile | Fault; encryption: Encryption | null; keyFault: Fault | null };

/** Writes what was received of an HLS address into the session, in order: places it on the time line, notes gaps, keys, and splits. */
export class HlsCommitter {
  readonly #decoder = new DecoderTracker();
  readonly #places = new FootagePlaces();
  readonly #inits = new InitSections();
  /** Writes captions and separate sound beside it. */
  readonly side = new SideCommitter(this.#places, this.#inits);
  #keySeen: string | null = null;
  #deferredGap: Fault | null = null;
  /** Segments in a row that could not be had, and why the last one could not. */
  losses: { count: number; fault: Fault | null } = { count: 0, fault: null };

  /** Where the recording stands, for going on in another rendition. */
  switchPoint: SwitchPoint = { path: null, endProgramMs: null };

  /** Init sections are fetched again from here on, even from addresses that are known: their content may be another. */
  renewInits(): void {
    this.#inits.renew();
  }

  /** Media sequences count anew from here on. */
  forgetPlaces(): void {
    this.#places.forget();
  }

  /** Takes the next segment, received or lost. Throws FaultError when the disk does not take it. */
  async take(planned: PlannedSegment, received: ReceivedSegment, context: RunContext): Promise<void> {
    const { file } = received;
    if (context.signal.aborted) return discardFile(file);
    if ('code' in file && file.code.startsWith('disk-')) throw new FaultError(file);
    const { session } = context;
    try {
      await planned.note?.();
      const { segment } = planned;
      if (planned.dropKnown && !('code' in file) && session.known.some((known) => known.sha256 === file.sha256)) {
        await discardFile(file); // only after a restart or a change of address, since a looped broadcast repeats bytes rightly
        session.remember(segment.mediaSequence, file.sha256, session.endMs ?? planned.startMs);
        this.#deferredGap ??= planned.gap;
        if (planned.discontinuity) session.markDiscontinuity();
        return;
      }
      const startMs = await this.#place(planned, context);
      if (planned.discontinuity) session.markDiscontinuity();
      if (segment.discontinuity) this.renewInits();
      if ('code' in file) await this.#lose(segment, startMs, file, context);
      else await this.#commit(segment, startMs, file, received, context);
      this.switchPoint = { path: toPath(segment), endProgramMs: segment.programDateMs === null ? null : segment.programDateMs + segment.durationMs };
    } catch (thrown) {
      await discardFile(file);
      throw thrown;
    }
  }

  async #place({ startMs, liveStartMs, gap }: PlannedSegment, { session }: RunContext): Promise<number> {
    const { endMs } = session;
    const reason = gap ?? this.#deferredGap;
    if (endMs === null || reason === null) {
      this.#deferredGap = null;
      return endMs ?? startMs;
    }
    // Behind files that were known already, the hole is only as large as the clock says.
    const fromMs = this.#deferredGap === null ? Math.max(endMs, startMs) : liveStartMs - endMs > driftFloorMs ? liveStartMs : endMs;
    this.#deferredGap = null;
    if (fromMs > endMs) await session.addGap(endMs, fromMs, reason);
    return fromMs;
  }

  async #lose(segment: ListedSegment, startMs: number, fault: Fault, { session, setState }: RunContext): Promise<void> {
    const endMs = startMs + segment.durationMs;
    if (endMs > startMs) await session.addGap(startMs, endMs, fault);
    session.remember(segment.mediaSequence, null, endMs);
    session.markDiscontinuity();
    session.lastFault = fault;
    this.losses = { count: this.losses.count + (segment.isGap ? 0 : 1), fault };
    setState('stalled', fault);
  }

  async #commit(segment: ListedSegment, startMs: number, file: FetchedFile, { encryption, keyFault }: ReceivedSegment, context: RunContext): Promise<void> {
    const { session } = context;
    const initFile = segment.init === null ? null : await this.#inits.store(segment.init, startMs, context);
    if (encryption !== null) this.#noteKey(encryption, keyFault, context);
    const head = encryption === null ? file.head ?? null : file.head === undefined ? null : decryptHead(file.head, encryption);
    // Ciphertext looks like nothing: without the key only the listed name is left.
    const container = encryption === null ? file.container : sniffContainer(head ?? Buffer.alloc(0), segment.uri);
    const facts = this.#decoder.take(container, head, this.#inits.tracksOf(initFile));
    if (facts.change !== null) {
      const { decoder } = facts;
      await session.addEvent('split', makeFault('codec-unsupported', segment.uri, `解码参数改变：${facts.change}`), { why: 'decoder-configuration', change: facts.change, videoCodec: decoder?.videoCodec ?? null, audioCodec: decoder?.audioCodec ?? null, width: decoder?.width ?? null, height: decoder?.height ?? null });
      session.markDiscontinuity();
    }
    const { mediaSequence, uri, durationMs, discontinuity, range } = segment;
    await session.commit({ ...plainSegment, encryption, mediaSequence, uri, initFile, startMs, durationMs, discontinuity, byteRange: range, mediaStartMs: facts.mediaStartMs, decoder: facts.decoder }, { ...file, container });
    this.losses = { count: 0, fault: null };
    this.#places.add(segment, startMs, facts.mediaStartMs);
    if (durationMs > 0) context.setBitrate(Math.round((file.bytes * 8000) / durationMs));
    context.setState('live', keyFault);
  }

  #noteKey({ method, keyUri, keyHex }: Encryption, fault: Fault | null, { session }: RunContext): void {
    const seen = `${method} ${keyUri} ${keyHex === null}`;
    if (seen === this.#keySeen) return;
    this.#keySeen = seen;
    session.noteEvent('key-changed', fault, { method, keyUri, isKnown: keyHex !== null });
  }
}
