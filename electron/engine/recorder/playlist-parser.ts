import { Parser } from 'm3u8-parser';
import { makeFault, type Fault } from '../../contract/faults.ts';
import { safeUrl } from './http-fetcher.ts';

/** A byte range [from, to], inclusive. */
export type ByteRange = { from: number; to: number };

/** A key as the playlist names it: address, and the IV in hex (the media sequence number where none is given, RFC 8216 5.2). */
export type ListedKey = { method: 'AES-128' | 'SAMPLE-AES' | 'other'; uri: string; ivHex: string };

/** One segment as the playlist lists it. */
export type ListedSegment = {
  uri: string; durationMs: number; mediaSequence: number; discontinuity: boolean;
  /** The source itself says that this segment does not exist (EXT-X-GAP). */
  isGap: boolean;
  range: ByteRange | null;
  init: { uri: string; range: ByteRange | null } | null;
  programDateMs: number | null;
  /** How the segment is encrypted (EXT-X-KEY); null for clear ones. */
  key: ListedKey | null;
};

/** A media playlist. */
export type MediaPlaylist = { kind: 'media'; targetDurationMs: number; ended: boolean; segments: ListedSegment[] };
/** One rendition of a master playlist. */
export type Variant = { uri: string; bandwidth: number | null; width: number | null; height: number | null; codecs: string | null };
/** A master playlist. */
export type MasterPlaylist = { kind: 'master'; variants: Variant[] };

const maxSegments = 20_000;

type RawRange = { length: number; offset: number } | undefined;
type RawSegment = {
  uri: string; duration?: number; discontinuity?: boolean; byterange?: RawRange; map?: { uri: string; byterange?: RawRange };
  dateTimeObject?: Date; key?: { method?: string; uri?: string; iv?: Uint32Array; keyformat?: string };
};
type RawManifest = {
  segments?: RawSegment[]; mediaSequence?: number; targetDuration?: number; endList?: boolean;
  playlists?: { uri: string; attributes?: { BANDWIDTH?: number; RESOLUTION?: { width: number; height: number }; CODECS?: string } }[];
};

/** Parses what an address served as HLS; addresses come out absolute. Anything else is a fault that says what it was instead. */
export function parsePlaylist(text: string, baseUrl: string): MediaPlaylist | MasterPlaylist | Fault {
  const body = text.replace(/^\uFEFF/, '');
  const scope = safeUrl(baseUrl);
  const start = body.trimStart();
  if (!start.startsWith('#EXTM3U')) {
    if (/^<(!doctype|html|head|body|\?xml)/i.test(start)) return makeFault('playlist-html', scope, '地址返回的是网页，不是 HLS 播放列表', { retryable: true });
    if (start === '') return makeFault('playlist-empty', scope, '播放列表为空', { retryable: true });
    return makeFault('playlist-invalid', scope, '内容不是 HLS 播放列表（没有 #EXTM3U）', { retryable: true });
  }
  let manifest: RawManifest;
  try {
    const parser = new Parser();
    parser.push(body.endsWith('\n') ? body : `${body}\n`);
    parser.end();
    manifest = parser.manifest as RawManifest;
  } catch (thrown) {
    return makeFault('playlist-invalid', scope, '播放列表无法解析', { retryable: true, cause: thrown });
  }
  try {
    const variants = manifest.playlists ?? [];
    if (variants.length > 0) return { kind: 'master', variants: variants.map((variant) => toVariant(variant, baseUrl)) };
    const segments = manifest.segments ?? [];
    if (segments.length > maxSegments) return makeFault('playlist-too-large', scope, `播放列表有 ${segments.length} 段，超过上限 ${maxSegments}`);
    if (segments.length === 0 && manifest.endList !== true) return makeFault('playlist-empty', scope, '播放列表里没有分段', { retryable: true });
    return {
      kind: 'media',
      targetDurationMs: Math.min(60_000, Math.max(500, (manifest.targetDuration ?? 6) * 1000)),
      ended: manifest.endList === true,
      segments: toSegments(manifest, gapUris(body), baseUrl),
    };
  } catch (thrown) {
    return makeFault('playlist-invalid', scope, '播放列表里有无效的地址', { retryable: true, cause: thrown });
  }
}

function toVariant(variant: NonNullable<RawManifest['playlists']>[number], baseUrl: string): Variant {
  const attributes = variant.attributes ?? {};
  return {
    uri: new URL(variant.uri, baseUrl).href, bandwidth: attributes.BANDWIDTH ?? null, codecs: attributes.CODECS ?? null,
    width: attributes.RESOLUTION?.width ?? null, height: attributes.RESOLUTION?.height ?? null,
  };
}

function toSegments(manifest: RawManifest, gaps: ReadonlySet<string>, baseUrl: string): ListedSegment[] {
  const first = Math.max(0, manifest.mediaSequence ?? 0);
  if (!Number.isSafeInteger(first + maxSegments)) throw new RangeError(`media sequence ${first}`);
  return (manifest.segments ?? []).map((segment, index) => ({
    uri: new URL(segment.uri, baseUrl).href,
    durationMs: Math.min(120_000, Math.max(0, (segment.duration ?? manifest.targetDuration ?? 0) * 1000)),
    mediaSequence: first + index,
    discontinuity: segment.discontinuity === true,
    isGap: gaps.has(segment.uri),
    range: toRange(segment.byterange),
    init: segment.map === undefined ? null : { uri: new URL(segment.map.uri, baseUrl).href, range: toRange(segment.map.byterange) },
    programDateMs: segment.dateTimeObject === undefined ? null : segment.dateTimeObject.getTime(),
    key: toKey(segment.key, first + index, baseUrl),
  }));
}

function toKey(key: RawSegment['key'], mediaSequence: number, baseUrl: string): ListedKey | null {
  if (key?.method === undefined || key.method === 'NONE') return null;
  const isPlain = key.keyformat === undefined || key.keyformat === 'identity';
  const method = !isPlain ? 'other' : key.method === 'AES-128' || key.method === 'SAMPLE-AES' ? key.method : 'other';
  const uri = key.uri === undefined ? '' : URL.canParse(key.uri, baseUrl) ? new URL(key.uri, baseUrl).href : key.uri;
  const ivHex = key.iv === undefined ? mediaSequence.toString(16).padStart(32, '0') : Array.from(key.iv, (word) => word.toString(16).padStart(8, '0')).join('');
  return { method, uri, ivHex };
}

function toRange(raw: RawRange): ByteRange | null {
  if (raw === undefined) return null;
  const range = { from: raw.offset, to: raw.offset + raw.length - 1 };
  if (!(range.from >= 0 && range.to >= range.from && Number.isSafeInteger(range.to))) throw new RangeError(`byte range ${raw.length}@${raw.offset}`);
  return range;
}

// m3u8-parser 7.2 drops EXT-X-GAP, so the addresses it applies to are read here.
function gapUris(body: string): Set<string> {
  const result = new Set<string>();
  let isGap = false;
  for (const line of body.split(/\r?\n/)) {
    if (line.startsWith('#EXT-X-GAP')) isGap = true;
    else if (line !== '' && !line.startsWith('#')) {
      if (isGap) result.add(line.trim());
      isGap = false;
    }
  }
  return result;
}

/** Orders variants by what is best as evidence: the largest picture, then the highest rate. */
export function orderVariants(variants: readonly Variant[]): Variant[] {
  const pixels = (variant: Variant): number => (variant.width ?? 0) * (variant.height ?? 0);
  return [...variants].sort((a, b) => pixels(b) - pixels(a) || (b.bandwidth ?? 0) - (a.bandwidth ?? 0));
}
