import { FaultError, makeFault } from '../../contract/faults.ts';
import type { CaptureRecord } from '../../contract/recording.ts';
import type { AddressPolicy } from './address-policy.ts';
import { fetchText, safeUrl, type ResponseHead } from './http-fetcher.ts';
import { orderVariants, parsePlaylist, type MasterPlaylist, type MediaPlaylist, type Variant } from './playlist-parser.ts';

/** A media playlist as just read, with how it was reached. */
export type PlaylistRead = { playlist: MediaPlaylist; capture: Omit<CaptureRecord, 'at' | 'requestedUrl'> };

const secretHeaders = new Set(['set-cookie', 'authorization', 'proxy-authorization']);

/** An HLS address: a master playlist is resolved to its best rendition once, and again after a failure, falling to the next rendition. */
export class HlsSource {
  readonly #url: string;
  readonly #policy: AddressPolicy;
  #chosen: { mediaUrl: string; masterText: string | null } | null = null;
  #variants: Variant[] = [];
  #variantIndex = 0;
  /** Server clock minus ours, measured at the last playlist; null when the server gives no Date. */
  clockOffsetMs: number | null = null;
  constructor(url: string, policy: AddressPolicy) {
    this.#url = url;
    this.#policy = policy;
  }

  /** The renditions of the last master playlist; empty for a media playlist. */
  get variants(): readonly Variant[] {
    return this.#variants;
  }

  /** Drops the choice of rendition; the next read looks the address up afresh and tries the next rendition. */
  forgetVariant(): void {
    if (this.#chosen !== null && this.#variants.length > 1) this.#variantIndex += 1;
    this.#chosen = null;
  }

  /** Reads the media playlist; throws FaultError. */
  async read(signal: AbortSignal): Promise<PlaylistRead> {
    const url = this.#chosen?.mediaUrl ?? this.#url;
    const { head, text } = await fetchText(url, signal, this.#policy);
    this.clockOffsetMs = head.clockOffsetMs;
    const parsed = parsePlaylist(text, head.url);
    if ('code' in parsed) throw new FaultError(parsed);
    if (parsed.kind === 'master') return this.#readVariant(parsed, head.url, text, signal);
    const playlists = [...(this.#chosen === null || this.#chosen.masterText === null ? [] : [{ url: this.#url, text: this.#chosen.masterText }]), { url: head.url, text }];
    this.#chosen ??= { mediaUrl: url, masterText: null };
    return { playlist: parsed, capture: this.#toCapture(head, playlists) };
  }

  async #readVariant(master: MasterPlaylist, masterUrl: string, masterText: string, signal: AbortSignal): Promise<PlaylistRead> {
    this.#variants = orderVariants(master.variants);
    const variant = this.#variants[this.#variantIndex % this.#variants.length];
    if (variant === undefined || variant.uri === masterUrl || this.#chosen?.mediaUrl === masterUrl) {
      throw new FaultError(makeFault('playlist-invalid', safeUrl(masterUrl), '主播放列表没有指向媒体播放列表', { retryable: true }));
    }
    this.#chosen = { mediaUrl: variant.uri, masterText };
    const { head, text } = await fetchText(variant.uri, signal, this.#policy);
    const parsed = parsePlaylist(text, head.url);
    if ('code' in parsed) throw new FaultError(parsed);
    if (parsed.kind !== 'media') throw new FaultError(makeFault('playlist-invalid', safeUrl(head.url), '主播放列表嵌套', { retryable: true }));
    return { playlist: parsed, capture: this.#toCapture(head, [{ url: masterUrl, text: masterText }, { url: head.url, text }]) };
  }

  #toCapture(head: ResponseHead, playlists: { url: string; text: string }[]): PlaylistRead['capture'] {
    const headers = Object.fromEntries(Object.entries(head.headers).filter(([name]) => !secretHeaders.has(name)));
    return { playlistUrl: head.url, remoteAddress: head.remoteAddress, statusCode: head.statusCode, headers, tlsChain: head.tlsChain, playlists, clockOffsetMs: head.clockOffsetMs };
  }
}
