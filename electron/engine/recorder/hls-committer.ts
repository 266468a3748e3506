import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import type { Encryption } from '../../contract/rooms.ts';
import { readTracks, type Mp4Track } from '../container/mp4-boxes.ts';
import type { CaptionRendition, ReadyCaption } from './caption-rendition.ts';
import { decryptHead, DecoderTracker } from './decoder-tracker.ts';
import { sniffContainer } from './media-sniffer.ts';
import type { ListedSegment } from './playlist-parser.ts';
import { fetchSegment, type FetchedFile } from './segment-fetcher.ts';
import { driftFloorMs, toPath, type SwitchPoint } from './segment-plan.ts';
import { discardFile, plainSegment } from './session-controller.ts';
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

const maxStarts = 128;
const maxAwaited = 16;

/** Writes what was received of an HLS address into the session, in order: places it on the time line, notes gaps, keys, splits and captions. */
export class HlsCommitter {
  readonly #decoder = new DecoderTracker();
  readonly #tracks = new Map<string, Mp4Track[] | null>();
  /** Where recent segments were placed, by media sequence, for captions to follow. */
  readonly #starts = new Map<number, number>();
  #program: { sourceMs: number; sessionMs: number } | null = null;
  #initEpoch = 0;
  #initFault: string | null = null;
  #keySeen: string | null = null;
  #deferredGap: Fault | null = null;
  #captionFault: string | null = null;
  /** Segments in a row that could not be had, and why the last one could not. */
  losses: { count: number; fault: Fault | null } = { count: 0, fault: null };

  /** Where the recording stands, for going on in another rendition. */
  switchPoint: SwitchPoint = { path: null, endProgramMs: null };

  /** Init sections are fetched again from here on, even from addresses that are known: their content may be another. */
  renewInits(): void {
    this.#initEpoch += 1;
  }

  /** Media sequences count anew from here on. */
  forgetPlaces(): void {
    this.#starts.clear();
    this.#program = null;
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
    const initFile = segment.init === null ? null : await this.#storeInit(segment.init, startMs, context);
    if (encryption !== null) this.#noteKey(encryption, keyFault, context);
    const head = encryption === null ? file.head ?? null : file.head === undefined ? null : decryptHead(file.head, encryption);
    // Ciphertext looks like nothing: without the key only the listed name is left.
    const container = encryption === null ? file.container : sniffContainer(head ?? Buffer.alloc(0), segment.uri);
    const facts = this.#decoder.take(container, head, initFile === null ? null : this.#tracks.get(initFile) ?? null);
    if (facts.change !== null) {
      const { decoder } = facts;
      await session.addEvent('split', makeFault('codec-unsupported', segment.uri, `解码参数改变：${facts.change}`), { why: 'decoder-configuration', change: facts.change, videoCodec: decoder?.videoCodec ?? null, audioCodec: decoder?.audioCodec ?? null, width: decoder?.width ?? null, height: decoder?.height ?? null });
      session.markDiscontinuity();
    }
    const { mediaSequence, uri, durationMs, discontinuity, range } = segment;
    await session.commit({ ...plainSegment, encryption, mediaSequence, uri, initFile, startMs, durationMs, discontinuity, byteRange: range, mediaStartMs: facts.mediaStartMs, decoder: facts.decoder }, { ...file, container });
    this.losses = { count: 0, fault: null };
    this.#starts.set(mediaSequence, startMs);
    const oldest = this.#starts.keys().next().value;
    if (this.#starts.size > maxStarts && oldest !== undefined) this.#starts.delete(oldest);
    if (segment.programDateMs !== null) this.#program = { sourceMs: segment.programDateMs, sessionMs: startMs };
    if (durationMs > 0) context.setBitrate(Math.round((file.bytes * 8000) / durationMs));
    context.setState('live', keyFault);
  }

  #noteKey({ method, keyUri, keyHex }: Encryption, fault: Fault | null, { session }: RunContext): void {
    const seen = `${method} ${keyUri} ${keyHex === null}`;
    if (seen === this.#keySeen) return;
    this.#keySeen = seen;
    session.noteEvent('key-changed', fault, { method, keyUri, isKnown: keyHex !== null });
  }

  /** Stores the init section that a segment names; one that cannot be had does not cost the segment. */
  async #storeInit(init: NonNullable<ListedSegment['init']>, startMs: number, { session, signal, policy }: RunContext): Promise<string | null> {
    const key = `${toPath(init)} ${this.#initEpoch}`;
    try {
      let head: Buffer | undefined;
      const file = await session.storeInit(key, startMs, init.uri, async () => {
        const fetched = await fetchSegment({ uri: init.uri, range: init.range, dir: session.dir, stem: session.nextStem(), budgetMs: 6000, signal, policy });
        if ('code' in fetched) throw new FaultError(fetched);
        head = fetched.head;
        return { ...fetched, container: 'fmp4' };
      });
      if (head !== undefined) {
        this.#tracks.set(file, readTracks(head));
        if (init.key !== null) session.noteEvent('note', null, { what: 'init-encrypted', method: init.key.method, keyUri: init.key.uri, ivHex: init.key.ivHex });
      }
      this.#initFault = null;
      return file;
    } catch (thrown) {
      if (!(thrown instanceof FaultError) || thrown.fault.code.startsWith('disk-') || signal.aborted) throw thrown;
      if (this.#initFault !== key) session.noteEvent('note', thrown.fault, { what: 'init-unavailable', uri: init.uri });
      this.#initFault = key;
      return null;
    }
  }

  /** Stores captions that have come, at the place of the footage they belong to: by an equal media sequence, by the source's clock, else counted from the window's end. `isLast`: no more footage comes. */
  async takeCaptions(rendition: CaptionRendition, { session }: RunContext, isLast: boolean): Promise<void> {
    const { fault } = rendition;
    if (fault !== null && this.#captionFault !== fault.code) session.noteEvent('note', fault, { what: 'captions-unavailable', uri: rendition.uri });
    this.#captionFault = fault?.code ?? null;
    for (const ready of rendition.take((next) => isLast || !this.#isAwaited(next))) {
      const { segment, file } = ready;
      const startMs = this.#placeCaption(ready, session.endMs ?? session.clock.nowMs());
      await session.commit({ ...plainSegment, kind: 'caption', mediaSequence: segment.mediaSequence, uri: segment.uri, startMs, durationMs: segment.durationMs, byteRange: segment.range }, file);
    }
  }

  /** Captions may arrive before the footage of the same number: they wait for it, so that their place is known. */
  #isAwaited({ segment }: ReadyCaption): boolean {
    const placed = [...this.#starts.keys()];
    const last = placed.at(-1);
    return last === undefined || (segment.mediaSequence > last && segment.mediaSequence <= last + maxAwaited);
  }

  #placeCaption({ segment, beforeEndMs }: ReadyCaption, endMs: number): number {
    const same = this.#starts.get(segment.mediaSequence);
    if (same !== undefined) return same;
    if (segment.programDateMs !== null && this.#program !== null) return this.#program.sessionMs + segment.programDateMs - this.#program.sourceMs;
    return endMs - beforeEndMs;
  }
}
