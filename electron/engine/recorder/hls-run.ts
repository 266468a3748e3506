import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import type { Encryption } from '../../contract/rooms.ts';
import type { AddressPolicy } from './address-policy.ts';
import { HlsSource, type PlaylistRead } from './hls-source.ts';
import { KeyStore } from './key-store.ts';
import type { ListedKey, ListedSegment } from './playlist-parser.ts';
import { fetchSegment, type FetchedFile } from './segment-fetcher.ts';
import { planSegments, type SegmentPlan } from './segment-plan.ts';
import { discardFile, plainSegment } from './session-controller.ts';
import type { RunContext, SourceRun } from './source-run.ts';
import { waitFor } from './waiting.ts';

type Prefetched = { segment: ListedSegment; startMs: number; file: Promise<FetchedFile | Fault> };

const parallelFetches = 3;
const endedPollMs = 5000;

/** Records an HLS address: read the playlist, plan, fetch in parallel, commit in order. */
export class HlsRun implements SourceRun {
  readonly #url: string;
  readonly #source: HlsSource;
  readonly #keys = new KeyStore();
  #keyUri: string | null = null;
  #pendingCapture = true;
  #endedPath: string | null = null;
  #lastNewMs = performance.now();
  constructor(url: string, policy: AddressPolicy) {
    this.#url = url;
    this.#source = new HlsSource(url, policy);
  }

  forget(): void {
    this.#source.forgetVariant();
    this.#pendingCapture = true;
  }

  async record(context: RunContext): Promise<'ended' | 'stopped'> {
    const { signal, session } = context;
    this.#pendingCapture = true;
    while (!signal.aborted) {
      await context.passDiskGate();
      const read = await this.#source.read(signal);
      session.clockOffsetMs = this.#source.clockOffsetMs;
      const { segments, targetDurationMs, ended } = read.playlist;
      const lastPath = toPath(segments.at(-1)?.uri ?? '');
      if (this.#endedPath !== null && ended && lastPath === this.#endedPath) {
        await waitFor(endedPollMs, signal);
        continue;
      }
      const plan = planSegments(read.playlist, { lastMediaSequence: session.known.at(-1)?.mediaSequence ?? null, endMs: session.endMs }, session.clock.nowMs());
      context.succeeded();
      if (plan !== null) {
        await this.#record(plan, read, context);
        this.#lastNewMs = performance.now();
      } else if (!ended && performance.now() - this.#lastNewMs > Math.max(10_000, 3 * targetDurationMs)) {
        session.lastFault = makeFault('source-stalled', context.roomId, '播放列表没有新的分段', { retryable: true });
        context.setState('stalled', session.lastFault);
      }
      if (ended) {
        this.#endedPath = lastPath;
        return 'ended';
      }
      await waitFor(plan === null ? Math.min(1000, targetDurationMs / 2) : Math.min(0.75 * targetDurationMs, 4000), signal);
    }
    return 'stopped';
  }

  async #record(plan: SegmentPlan, read: PlaylistRead, context: RunContext): Promise<void> {
    const { session } = context;
    if (await session.open(plan.startMs)) this.#pendingCapture = true;
    if (this.#pendingCapture) {
      await session.addCapture({ requestedUrl: this.#url, ...read.capture });
      this.#pendingCapture = false;
      if (read.capture.clockOffsetMs !== null) context.setClock(read.capture.clockOffsetMs, `HTTP Date ${new URL(read.capture.playlistUrl).host}`);
    }
    if (plan.missing !== null) await session.addGap(plan.missing.fromMs, plan.missing.toMs, this.#reasonOf(plan.missing.why, context));
    if (plan.discontinuity) session.markDiscontinuity();
    if (plan.restarted) await session.addEvent('sequence-reset', null, { to: plan.fetch[0]?.mediaSequence ?? null });
    await this.#fetchInOrder(plan, read.playlist.targetDurationMs, context);
  }

  #reasonOf(why: NonNullable<SegmentPlan['missing']>['why'], { roomId, session }: RunContext): Fault {
    if (why === 'encoder-restarted') return makeFault('encoder-restarted', roomId, '直播源的编码器重新启动，序号回退');
    return session.lastFault ?? (why === 'left-window' ? makeFault('segment-lost', roomId, '分段在取得之前已移出播放列表') : makeFault('source-stalled', roomId, '直播源停顿'));
  }

  async #fetchInOrder(plan: SegmentPlan, targetDurationMs: number, context: RunContext): Promise<void> {
    const { signal, session } = context;
    const abort = new AbortController();
    const both = AbortSignal.any([signal, abort.signal]);
    const queue: Prefetched[] = [];
    let startMs = plan.startMs;
    let index = 0;
    const fill = (): void => {
      while (queue.length < parallelFetches && index < plan.fetch.length) {
        const segment = plan.fetch[index] as ListedSegment;
        queue.push({ segment, startMs, file: segment.isGap
          ? Promise.resolve(makeFault('segment-lost', segment.uri, '直播源声明此段缺失（EXT-X-GAP）'))
          : fetchSegment({ uri: segment.uri, range: segment.range, dir: session.dir, stem: session.nextStem(), budgetMs: Math.max(6000, 3 * targetDurationMs), signal: both, policy: context.policy }) });
        startMs += segment.durationMs;
        index += 1;
      }
    };
    try {
      for (fill(); queue.length > 0; fill()) {
        const next = queue.shift() as Prefetched;
        const file = await next.file;
        if (signal.aborted) {
          await discardFile(file);
          break;
        }
        if ('code' in file) await this.#lose(next, file, context);
        else await this.#commit(next, file, plan.restarted, context);
      }
    } finally {
      abort.abort();
      for (const left of queue) await discardFile(await left.file);
    }
  }

  async #lose(lost: Prefetched, fault: Fault, { session, setState }: RunContext): Promise<void> {
    if (fault.code.startsWith('disk-')) throw new FaultError(fault);
    const endMs = lost.startMs + lost.segment.durationMs;
    await session.addGap(lost.startMs, endMs, fault);
    session.remember(lost.segment.mediaSequence, null, endMs);
    session.markDiscontinuity();
    session.lastFault = fault;
    setState('stalled', fault);
  }

  async #commit(next: Prefetched, file: FetchedFile, restarted: boolean, context: RunContext): Promise<void> {
    const { session } = context;
    const { segment, startMs } = next;
    if (restarted && session.known.some((known) => known.sha256 === file.sha256)) {
      await discardFile(file); // a restarted origin may serve again what is stored; only then, since a looped broadcast repeats bytes rightly
      session.remember(segment.mediaSequence, file.sha256, session.endMs ?? startMs);
      return;
    }
    const initFile = segment.init === null ? null : await this.#storeInit(segment.init, startMs, context).catch(async (thrown: unknown) => {
      await discardFile(file);
      throw thrown;
    });
    const encryption = segment.key === null ? null : await this.#resolveKey(segment.key, context);
    await session.commit({
      ...plainSegment, encryption, mediaSequence: segment.mediaSequence, uri: segment.uri, initFile, startMs, durationMs: segment.durationMs, discontinuity: segment.discontinuity, byteRange: segment.range,
    }, file);
    if (segment.durationMs > 0) context.setBitrate(Math.round((file.bytes * 8000) / segment.durationMs));
    context.setState('live', null);
  }

  async #resolveKey(key: ListedKey, { session, signal, policy }: RunContext): Promise<Encryption> {
    const { encryption, fault } = await this.#keys.resolve(key, policy, signal);
    const seen = `${key.uri} ${encryption.keyHex === null}`;
    if (seen !== this.#keyUri) {
      this.#keyUri = seen;
      session.noteEvent('key-changed', fault, { method: key.method, keyUri: key.uri, isKnown: encryption.keyHex !== null });
    }
    return encryption;
  }

  #storeInit(init: NonNullable<ListedSegment['init']>, startMs: number, { session, signal, policy }: RunContext): Promise<string> {
    const key = `${toPath(init.uri)}#${init.range?.from ?? ''}-${init.range?.to ?? ''}`;
    return session.storeInit(key, startMs, init.uri, async () => {
      const fetched = await fetchSegment({ uri: init.uri, range: init.range, dir: session.dir, stem: session.nextStem(), budgetMs: 10_000, signal, policy });
      if ('code' in fetched) throw new FaultError(fetched);
      return fetched;
    });
  }
}

/** An address without its query, which may carry a token that changes. */
function toPath(uri: string): string {
  return uri.replace(/[?#].*$/, '');
}
