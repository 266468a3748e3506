import { FaultError, makeFault, toFault, type Fault } from '../../contract/faults.ts';
import type { CaptureRecord } from '../../contract/recording.ts';
import type { AddressPolicy } from './address-policy.ts';
import { planRenewal } from './expiry-reader.ts';
import { fetchText, safeUrl, type ResponseHead } from './http-fetcher.ts';
import { orderVariants, parsePlaylist, type Definitions, type MediaPlaylist, type Variant } from './playlist-parser.ts';

/** Why a playlist comes from elsewhere than the one before it. */
export type SourceChange = { kind: 'variant-changed' | 'address-renewed'; reason: Fault | null; from: Variant | null; to: Variant | null };

/** A media playlist as just read, with how it was reached. */
export type PlaylistRead = { playlist: MediaPlaylist; capture: Omit<CaptureRecord, 'at' | 'requestedUrl'>; variant: Variant | null; change: SourceChange | null };

/** Times of a source, in milliseconds; only tests have reason to change them. */
export type SourceTimes = { bestRetryMs: number; renewalRetryMs: number };

type Choice = { mediaUrl: string; variant: Variant | null; masterText: string | null; definitions: Definitions; renewAtMs: number | null };

const secretHeaders = new Set(['set-cookie', 'authorization', 'proxy-authorization']);
const defaultTimes: SourceTimes = { bestRetryMs: 180_000, renewalRetryMs: 10_000 };

/**
 * An HLS address. A master playlist is resolved to its best rendition; when that dies while the master lives, the next best is taken at once and the best tried again after some minutes.
 * An address that carries its own expiry is looked up again before it.
 */
export class HlsSource {
  readonly #url: string;
  readonly #policy: AddressPolicy;
  readonly #times: SourceTimes;
  #chosen: Choice | null = null;
  #last: { variant: Variant | null; path: string } | null = null;
  #variants: Variant[] = [];
  /** Renditions that failed, by path, and when (monotonic). */
  #failed = new Map<string, number>();
  #rejected: Fault | null = null;
  #parsed: { text: string; url: string; playlist: MediaPlaylist } | null = null;
  /** Server clock minus ours, measured at the last playlist; null when the server gives no Date. */
  clockOffsetMs: number | null = null;

  constructor(url: string, policy: AddressPolicy, times: Partial<SourceTimes> = {}) {
    this.#url = url;
    this.#policy = policy;
    this.#times = { ...defaultTimes, ...times };
  }

  /** The renditions of the last master playlist, best first; empty for a media playlist. */
  get variants(): readonly Variant[] {
    return this.#variants;
  }

  /** Drops the choice of rendition; the next read looks the address up afresh. */
  forgetVariant(): void {
    this.#chosen = null;
  }

  /** The rendition's playlist lives but its segments do not: the next read takes another, if there is one. */
  rejectVariant(fault: Fault): void {
    if (this.#chosen === null || this.#chosen.variant === null || this.#variants.length < 2) return;
    this.#failed.set(pathOf(this.#chosen.mediaUrl), performance.now());
    this.#rejected = fault;
    this.#chosen = null;
  }

  /** Reads the media playlist; throws FaultError. */
  async read(signal: AbortSignal): Promise<PlaylistRead> {
    const reason = this.#rejected;
    this.#rejected = null;
    const chosen = this.#chosen;
    if (chosen === null) return this.#resolve(signal, reason);
    if (chosen.renewAtMs !== null && Date.now() >= chosen.renewAtMs) {
      chosen.renewAtMs = Date.now() + this.#times.renewalRetryMs;
      const renewed = await this.#resolve(signal, null).catch(() => null); // the old address still holds: tried again soon
      if (renewed !== null) return Object.assign(renewed, { change: renewed.change ?? { kind: 'address-renewed', reason: null, from: chosen.variant, to: renewed.variant } });
    }
    const best = this.#variants[0];
    if (best !== undefined && chosen.variant !== null && pathOf(best.uri) !== pathOf(chosen.mediaUrl)) {
      const failedMs = this.#failed.get(pathOf(best.uri));
      if (failedMs !== undefined && performance.now() - failedMs >= this.#times.bestRetryMs) {
        this.#failed.set(pathOf(best.uri), performance.now());
        const again = await this.#resolve(signal, null, true).catch(() => null);
        if (again !== null) return again;
      }
    }
    try {
      return await this.#readMedia(chosen, signal, null);
    } catch (thrown) {
      if (signal.aborted || this.#variants.length < 2) throw thrown;
      const fault = toFault(thrown, this.#url);
      this.#failed.set(pathOf(chosen.mediaUrl), performance.now());
      return this.#resolve(signal, fault).catch(() => {
        throw thrown; // the master is dead as well: what happened first is what is told
      });
    }
  }

  /** Reads the address itself and, where it is a master playlist, the best rendition that has not failed lately (`again`: the very best, failed or not). */
  async #resolve(signal: AbortSignal, reason: Fault | null, again = false): Promise<PlaylistRead> {
    const { head, text } = await fetchText(this.#url, signal, this.#policy);
    const parsed = parsePlaylist(text, head.url);
    if ('code' in parsed) throw new FaultError(parsed);
    if (parsed.kind === 'media') {
      this.#chosen = { mediaUrl: this.#url, variant: null, masterText: null, definitions: {}, renewAtMs: null };
      return this.#toRead(this.#chosen, head, text, parsed, reason);
    }
    const seen = new Set<string>();
    this.#variants = orderVariants(parsed.variants).filter(({ uri }) => uri !== head.url && !seen.has(uri) && seen.add(uri) !== undefined);
    if (this.#variants.length === 0) throw new FaultError(makeFault('playlist-invalid', safeUrl(head.url), '主播放列表没有指向媒体播放列表', { retryable: true }));
    const nowMs = performance.now();
    const isWell = ({ uri }: Variant): boolean => {
      const failedMs = this.#failed.get(pathOf(uri));
      return failedMs === undefined || nowMs - failedMs >= this.#times.bestRetryMs;
    };
    const candidates = again ? this.#variants.slice(0, 1) : this.#variants.filter(isWell);
    let thrown: unknown = null;
    for (const variant of candidates.length > 0 ? candidates : this.#variants) {
      const choice: Choice = { mediaUrl: variant.uri, variant, masterText: text, definitions: parsed.definitions, renewAtMs: planRenewal(variant.uri, Date.now()) };
      try {
        const read = await this.#readMedia(choice, signal, reason);
        this.#chosen = choice;
        this.#failed.delete(pathOf(variant.uri));
        return read;
      } catch (error) {
        if (signal.aborted) throw error;
        this.#failed.set(pathOf(variant.uri), performance.now());
        thrown ??= error;
        reason ??= toFault(error, this.#url);
      }
    }
    if (!again) this.#failed.clear();
    throw thrown;
  }

  async #readMedia(choice: Choice, signal: AbortSignal, reason: Fault | null): Promise<PlaylistRead> {
    const { head, text } = await fetchText(choice.mediaUrl, signal, this.#policy);
    if (this.#parsed !== null && this.#parsed.text === text && this.#parsed.url === head.url) return this.#toRead(choice, head, text, this.#parsed.playlist, reason);
    const parsed = parsePlaylist(text, head.url, choice.definitions);
    if ('code' in parsed) throw new FaultError(parsed);
    if (parsed.kind === 'master') {
      if (choice.variant !== null) throw new FaultError(makeFault('playlist-invalid', safeUrl(head.url), '主播放列表嵌套', { retryable: true }));
      this.#chosen = null; // an address that served a media playlist serves a master playlist now
      return this.#resolve(signal, reason);
    }
    this.#parsed = { text, url: head.url, playlist: parsed };
    return this.#toRead(choice, head, text, parsed, reason);
  }

  #toRead(choice: Choice, head: ResponseHead, text: string, playlist: MediaPlaylist, reason: Fault | null): PlaylistRead {
    this.clockOffsetMs = head.clockOffsetMs;
    const masterUrl = this.#url;
    const path = pathOf(choice.mediaUrl);
    const last = this.#last;
    this.#last = { variant: choice.variant, path };
    const change: SourceChange | null = last === null || last.path === path ? null : { kind: 'variant-changed', reason, from: last.variant, to: choice.variant };
    return {
      playlist, variant: choice.variant, change,
      // Made when asked for: only a connection's first playlist is kept, not every refresh.
      get capture() {
        const headers = Object.fromEntries(Object.entries(head.headers).filter(([name]) => !secretHeaders.has(name)));
        const playlists = [...(choice.masterText === null ? [] : [{ url: masterUrl, text: choice.masterText }]), { url: head.url, text }];
        return { playlistUrl: head.url, remoteAddress: head.remoteAddress, statusCode: head.statusCode, headers, tlsChain: head.tlsChain, playlists, clockOffsetMs: head.clockOffsetMs };
      },
    };
  }
}

function pathOf(url: string): string {
  return url.replace(/[?#].*$/, '');
}
