import { makeFault, type Fault } from '../../contract/faults.ts';
import type { AddressPolicy } from './address-policy.ts';
import { HlsCommitter, type PlannedSegment, type ReceivedSegment } from './hls-committer.ts';
import { HlsSource, type PlaylistRead, type SourceTimes } from './hls-source.ts';
import { KeyStore } from './key-store.ts';
import { OrderedPipeline } from './ordered-pipeline.ts';
import type { ListedSegment } from './playlist-parser.ts';
import { fetchSegment } from './segment-fetcher.ts';
import { planSegments, toAddress, toPath, type SegmentPlan } from './segment-plan.ts';
import { discardFile } from './session-controller.ts';
import { SideRendition, type SideKind } from './side-rendition.ts';
import type { RunContext, SourceRun } from './source-run.ts';
import { waitFor } from './waiting.ts';

/** A segment to fetch and until when it may be had, in milliseconds from now. */
type Fetchable = PlannedSegment & { budgetMs: number; missingBudgetMs: number };
type Pipeline = OrderedPipeline<Fetchable, ReceivedSegment>;

const parallelFetches = 4;
const endedPollMs = 5000;
const graceMs = 2000;
const maxBudgetMs = 60_000;
const lossesBeforeChange = 2;

const recentLength = 256;

/** How long nothing may be stored before people are told, in milliseconds. */
function toPatienceMs(targetDurationMs: number): number {
  return Math.max(6000, 3 * targetDurationMs);
}

/** Records an HLS address: reads the playlist, plans, fetches in parallel while the playlist goes on being read, and commits in order. */
export class HlsRun implements SourceRun {
  readonly #url: string;
  readonly #source: HlsSource;
  readonly #keys = new KeyStore();
  readonly #committer = new HlsCommitter();
  readonly #beside: Record<SideKind, SideRendition | null> = { caption: null, audio: null };
  #planned: { lastMediaSequence: number; endMs: number } | null = null;
  #isSwitched = false;
  #pendingCapture = true;
  #endedPath: string | null = null;
  #soundNoted = false;
  #lastNewMs = performance.now();
  #lastTakenMs = performance.now();
  #attemptFault: Fault | null = null;
  readonly #recent = new Map<string, number>();

  constructor(url: string, policy: AddressPolicy, times: Partial<SourceTimes> = {}) {
    this.#url = url;
    this.#source = new HlsSource(url, policy, times);
  }

  forget(): void {
    this.#source.forgetVariant();
    this.#pendingCapture = true;
  }

  async record(context: RunContext): Promise<'ended' | 'stopped'> {
    const failed = new AbortController();
    const signal = AbortSignal.any([context.signal, failed.signal]);
    const pipeline: Pipeline = new OrderedPipeline<Fetchable, ReceivedSegment>(parallelFetches, {
      begin: (planned) => this.#receive(planned, context, signal),
      finish: async (planned, received) => {
        await this.#committer.take(planned, received, context);
        this.#lastTakenMs = performance.now();
        this.#attemptFault = null;
        await this.#takeBeside(context, false);
      },
      giveUp: ({ file }) => discardFile(file),
    }, () => failed.abort());
    this.#pendingCapture = true;
    this.#planned = null;
    this.#lastTakenMs = performance.now();
    try {
      const outcome = await this.#follow(pipeline, context, signal);
      pipeline.check();
      return outcome;
    } catch (thrown) {
      // What is half received may still come whole; what does not is planned again while it is in the window.
      if (!signal.aborted) await Promise.race([pipeline.idle(), waitFor(graceMs, signal)]);
      pipeline.check();
      throw thrown;
    } finally {
      failed.abort();
      await pipeline.close();
      for (const rendition of Object.values(this.#beside)) {
        await rendition?.settle();
        for (const { file } of rendition?.drain() ?? []) await discardFile(file);
      }
      Object.assign(this.#beside, { caption: null, audio: null }); // read afresh: what was given up may still be in its window
    }
  }

  async #follow(pipeline: Pipeline, context: RunContext, signal: AbortSignal): Promise<'ended' | 'stopped'> {
    const { session } = context;
    while (!signal.aborted) {
      await context.passDiskGate();
      if (this.#committer.losses.count >= lossesBeforeChange && this.#committer.losses.fault !== null) {
        this.#source.rejectVariant(this.#committer.losses.fault);
        this.#committer.losses = { count: 0, fault: null };
      }
      const read = await this.#source.read(signal);
      session.clockOffsetMs = this.#source.clockOffsetMs;
      await this.#noteChange(read, pipeline, context);
      const { segments, targetDurationMs, ended } = read.playlist;
      const last = segments.at(-1);
      const lastPath = last === undefined ? '' : toPath(last);
      if (this.#endedPath !== null && ended && lastPath === this.#endedPath) {
        await waitFor(endedPollMs, signal);
        continue;
      }
      const plan = planSegments(read.playlist, this.#runState(pipeline, context), session.clock.nowMs());
      context.succeeded();
      if (plan !== null) {
        await this.#enqueue(plan, read, pipeline, context);
        this.#lastNewMs = performance.now();
      } else if (!ended && pipeline.depth === 0 && performance.now() - this.#lastNewMs > toPatienceMs(targetDurationMs)) {
        session.lastFault = makeFault('source-stalled', context.roomId, '播放列表没有新的分段', { retryable: true });
        context.setState('stalled', session.lastFault);
      }
      if (pipeline.depth > 0 && performance.now() - this.#lastTakenMs > toPatienceMs(targetDurationMs)) {
        context.setState('stalled', this.#attemptFault ?? makeFault('source-stalled', context.roomId, '分段迟迟没有收完', { retryable: true }));
      }
      if (session.sessionId !== null) for (const rendition of Object.values(this.#beside)) rendition?.poll(session.dir, () => session.nextStem(), signal);
      if (pipeline.depth === 0) await this.#takeBeside(context, false); // sound may go on where the picture does not
      if (ended) {
        await pipeline.idle();
        await this.#endBeside(signal, context);
        if (!signal.aborted) this.#endedPath = lastPath;
        return signal.aborted ? 'stopped' : 'ended';
      }
      await waitFor(plan === null ? Math.min(1000, targetDurationMs / 2) : Math.min(0.75 * targetDurationMs, 4000), signal);
    }
    return 'stopped';
  }

  /** While segments are under way the plan goes on from the last one planned, else from the last one stored. */
  #runState(pipeline: Pipeline, { session }: RunContext): Parameters<typeof planSegments>[1] {
    const planned = pipeline.depth > 0 ? this.#planned : null;
    return {
      lastMediaSequence: planned?.lastMediaSequence ?? session.known.at(-1)?.mediaSequence ?? null, endMs: planned?.endMs ?? session.endMs,
      switched: this.#isSwitched ? this.#committer.switchPoint : null, recent: this.#recent,
    };
  }

  async #noteChange(read: PlaylistRead, pipeline: Pipeline, context: RunContext): Promise<void> {
    const { session } = context;
    const { change, variant } = read;
    if (change !== null) {
      await pipeline.idle(); // where the recording stands must be known before it goes on elsewhere
      const { from, to } = change;
      session.noteEvent(change.kind, change.reason, { from: from?.uri ?? null, to: to?.uri ?? null, width: to?.width ?? null, height: to?.height ?? null, bandwidth: to?.bandwidth ?? null });
      this.#isSwitched = true;
      this.#pendingCapture = true;
      this.#committer.renewInits();
    }
    await this.#followBeside('caption', variant?.subtitlesUri ?? null, pipeline, context);
    await this.#followBeside('audio', variant?.soundUri ?? null, pipeline, context);
    if (variant !== null && !this.#soundNoted && (variant.soundUri !== null || variant.otherSounds.length > 0)) {
      this.#soundNoted = true;
      session.noteEvent('note', null, { what: 'audio-beside', uri: variant.soundUri, notRecorded: variant.otherSounds.length === 0 ? null : variant.otherSounds.join(', ').slice(0, 500) });
    }
  }

  async #followBeside(kind: SideKind, uri: string | null, pipeline: Pipeline, context: RunContext): Promise<void> {
    const before = this.#beside[kind];
    if (uri === (before?.uri ?? null)) return;
    if (before !== null && context.session.sessionId !== null) {
      await pipeline.idle();
      await Promise.race([before.settle(), waitFor(graceMs, context.signal)]);
      await this.#committer.side.take(before, context, true);
    }
    this.#beside[kind] = uri === null ? null : new SideRendition(kind, uri, context.policy, this.#keys);
  }

  async #takeBeside(context: RunContext, isLast: boolean): Promise<void> {
    if (context.session.sessionId === null) return;
    for (const rendition of Object.values(this.#beside)) if (rendition !== null && !context.signal.aborted) await this.#committer.side.take(rendition, context, isLast);
  }

  async #enqueue(plan: SegmentPlan, read: PlaylistRead, pipeline: Pipeline, context: RunContext): Promise<void> {
    const { session } = context;
    if (pipeline.depth === 0 && await session.open(plan.startMs)) this.#pendingCapture = true;
    if (this.#pendingCapture && session.sessionId !== null) {
      await session.addCapture({ requestedUrl: this.#url, ...read.capture });
      this.#pendingCapture = false;
      if (read.capture.clockOffsetMs !== null) context.setClock(read.capture.clockOffsetMs, `HTTP Date ${new URL(read.capture.playlistUrl).host}`);
    }
    const { restarted } = plan;
    const dropKnown = restarted || this.#isSwitched;
    this.#isSwitched = false;
    if (dropKnown) this.#committer.forgetPlaces();
    if (restarted) this.#committer.renewInits();
    const gap = plan.missing === null ? null : this.#reasonOf(plan.missing.why, context);
    const windowMs = read.playlist.segments.reduce((sum, segment) => sum + segment.durationMs, 0);
    const { targetDurationMs } = read.playlist;
    let atMs = 0;
    let aheadMs = windowMs - plan.fetch.reduce((sum, segment) => sum + segment.durationMs, 0);
    const items = plan.fetch.map((segment, index): Fetchable => {
      // It leaves the playlist once as much footage has come as stands before it, and the server once the playlist's length has passed since (RFC 8216, 6.2.2).
      const budgetMs = Math.min(maxBudgetMs, Math.max(6000, 3 * targetDurationMs, aheadMs + segment.durationMs));
      const item: Fetchable = {
        segment, startMs: plan.startMs + atMs, liveStartMs: plan.liveStartMs + atMs, gap: index === 0 ? gap : null, discontinuity: index === 0 && plan.discontinuity, dropKnown,
        note: index === 0 && restarted ? () => session.addEvent('sequence-reset', null, { to: segment.mediaSequence }) : null,
        budgetMs, missingBudgetMs: Math.min(budgetMs, Math.max(6000, 3 * targetDurationMs)),
      };
      atMs += segment.durationMs;
      aheadMs += segment.durationMs;
      return item;
    });
    this.#planned = { lastMediaSequence: plan.fetch.at(-1)?.mediaSequence ?? -1, endMs: plan.startMs + atMs };
    for (const segment of plan.fetch) this.#remember(segment);
    pipeline.push(items);
  }

  #remember(segment: ListedSegment): void {
    this.#recent.set(toAddress(segment), segment.mediaSequence);
    const oldest = this.#recent.keys().next().value;
    if (this.#recent.size > recentLength && oldest !== undefined) this.#recent.delete(oldest);
  }

  async #receive({ segment, budgetMs, missingBudgetMs }: Fetchable, { session, policy }: RunContext, signal: AbortSignal): Promise<ReceivedSegment> {
    if (segment.isGap) return { file: makeFault('segment-lost', segment.uri, '直播源声明此段缺失（EXT-X-GAP）'), encryption: null, keyFault: null };
    const [file, key] = await Promise.all([
      fetchSegment({ uri: segment.uri, range: segment.range, dir: session.dir, stem: session.nextStem(), budgetMs, missingBudgetMs, signal, policy, onFault: (fault) => void (this.#attemptFault = fault) }),
      segment.key === null ? null : this.#keys.resolve(segment.key, policy, signal),
    ]);
    return { file, encryption: key?.encryption ?? null, keyFault: key?.fault ?? null };
  }

  async #endBeside(signal: AbortSignal, context: RunContext): Promise<void> {
    if (context.session.sessionId === null || signal.aborted) return;
    await Promise.race([Promise.all(Object.values(this.#beside).map(async (rendition) => rendition?.settle())), waitFor(graceMs, signal)]);
    if (!signal.aborted) await this.#takeBeside(context, true);
  }

  #reasonOf(why: NonNullable<SegmentPlan['missing']>['why'], { roomId, session }: RunContext): Fault {
    if (why === 'encoder-restarted') return makeFault('encoder-restarted', roomId, '直播源的编码器重新启动，序号回退');
    return session.lastFault ?? (why === 'left-window' ? makeFault('segment-lost', roomId, '分段在取得之前已移出播放列表') : makeFault('source-stalled', roomId, '直播源停顿'));
  }
}
