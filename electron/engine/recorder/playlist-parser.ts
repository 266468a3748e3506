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
  init: { uri: string; range: ByteRange | null; key: ListedKey | null } | null;
  programDateMs: number | null;
  /** How the segment is encrypted (EXT-X-KEY); null for clear ones. */
  key: ListedKey | null;
};

/** A media playlist. */
export type MediaPlaylist = { kind: 'media'; targetDurationMs: number; ended: boolean; segments: ListedSegment[] };
/** One rendition of a master playlist. */
export type Variant = {
  uri: string; bandwidth: number | null; width: number | null; height: number | null; codecs: string | null;
  /** The sound is only in a rendition of its own (EXT-X-MEDIA with an address). */
  hasSeparateAudio: boolean;
  /** Address of that sound, the default one first; null where it is in the footage. */
  soundUri: string | null;
  /** Names of further sound (other languages) that is not taken. */
  otherSounds: string[];
  /** Address of the subtitles that go with it, the default ones first; null without. */
  subtitlesUri: string | null;
};
/** A master playlist. */
export type MasterPlaylist = { kind: 'master'; variants: Variant[]; definitions: Definitions };
/** Variables of EXT-X-DEFINE, which a media playlist may import from its master playlist. */
export type Definitions = Record<string, string>;

const maxSegments = 20_000;

type RawRange = { length: number; offset: number } | undefined;
type RawSegment = {
  uri: string; duration?: number; discontinuity?: boolean; byterange?: RawRange; map?: { uri: string; byterange?: RawRange; key?: RawKey };
  dateTimeObject?: Date; programDateTime?: number; key?: RawKey;
};
type RawKey = { method?: string; uri?: string; iv?: Uint32Array };
type RawRendition = { default?: boolean; autoselect?: boolean; uri?: string };
type RawManifest = {
  segments?: RawSegment[]; mediaSequence?: number; targetDuration?: number; endList?: boolean;
  playlists?: { uri: string; attributes?: { BANDWIDTH?: number; RESOLUTION?: { width: number; height: number }; CODECS?: string; AUDIO?: string; SUBTITLES?: string } }[];
  mediaGroups?: { AUDIO?: Record<string, Record<string, RawRendition>>; SUBTITLES?: Record<string, Record<string, RawRendition>> };
  /** Set where a key belongs to a rights-management system that the library then drops. */
  contentProtection?: Record<string, unknown>;
  skip?: { skippedSegments?: number };
  definitions?: Definitions;
};

const maxLineLength = 32 << 10;
const maxDefinitions = 64;
const maxDefinitionLength = 2048;
/** What has no say in which segments there are, and costs the library quadratic time when there is much of it. */
const ignoredTags = /^#EXT-X-(?:DATERANGE|PART|PRELOAD-HINT|RENDITION-REPORT)\b(?!-).*$/gm;

/** Parses what an address served as HLS; addresses come out absolute. Anything else is a fault that says what it was instead. */
export function parsePlaylist(text: string, baseUrl: string, definitions: Definitions = {}): MediaPlaylist | MasterPlaylist | Fault {
  const body = text.replace(/^\uFEFF/, '').replace(ignoredTags, '');
  const scope = safeUrl(baseUrl);
  const start = body.trimStart();
  if (!start.startsWith('#EXTM3U')) {
    if (/^<(!doctype|html|head|body|\?xml)/i.test(start)) return makeFault('playlist-html', scope, '地址返回的是网页，不是 HLS 播放列表', { retryable: true });
    if (start === '') return makeFault('playlist-empty', scope, '播放列表为空', { retryable: true });
    return makeFault('playlist-invalid', scope, '内容不是 HLS 播放列表（没有 #EXTM3U）', { retryable: true });
  }
  const hostile = findHostile(body);
  if (hostile !== null) return makeFault('playlist-invalid', scope, hostile, { retryable: true });
  let manifest: RawManifest;
  try {
    const parser = new Parser({ uri: baseUrl, mainDefinitions: definitions });
    parser.push(body.endsWith('\n') ? body : `${body}\n`);
    parser.end();
    manifest = parser.manifest as RawManifest;
  } catch (thrown) {
    return makeFault('playlist-invalid', scope, '播放列表无法解析', { retryable: true, cause: thrown });
  }
  try {
    const variants = manifest.playlists ?? [];
    if (variants.length > 0) return { kind: 'master', variants: variants.map((variant) => toVariant(variant, manifest, baseUrl)), definitions: { ...manifest.definitions } };
    const segments = manifest.segments ?? [];
    if (segments.length > maxSegments) return makeFault('playlist-too-large', scope, `播放列表有 ${segments.length} 段，超过上限 ${maxSegments}`);
    if (segments.length === 0 && manifest.endList !== true) return makeFault('playlist-empty', scope, '播放列表里没有分段', { retryable: true });
    return {
      kind: 'media',
      targetDurationMs: Math.min(60_000, Math.max(500, (manifest.targetDuration ?? 6) * 1000)),
      ended: manifest.endList === true,
      segments: toSegments(manifest, findGaps(body), baseUrl),
    };
  } catch (thrown) {
    return makeFault('playlist-invalid', scope, '播放列表里有无效的地址', { retryable: true, cause: thrown });
  }
}

/** Says what in a playlist would cost the library more time or memory than any real one does; null where nothing would. */
function findHostile(body: string): string | null {
  let definitions = 0;
  for (let at = 0; at < body.length; ) {
    const next = body.indexOf('\n', at);
    const end = next < 0 ? body.length : next;
    if (end - at > maxLineLength) return `一行有 ${end - at} 个字符，超过上限`;
    if (body.startsWith('#EXT-X-DEFINE', at) && (++definitions > maxDefinitions || end - at > maxDefinitionLength)) return '变量定义过多或过长';
    at = end + 1;
  }
  return null;
}

function toVariant(variant: NonNullable<RawManifest['playlists']>[number], { mediaGroups }: RawManifest, baseUrl: string): Variant {
  const attributes = variant.attributes ?? {};
  const sounds = Object.entries(mediaGroups?.AUDIO?.[attributes.AUDIO ?? ''] ?? {}).map(([name, rendition]) => ({ ...rendition, name })).sort((a, b) => rank(b) - rank(a));
  const hasSeparateAudio = sounds.length > 0 && sounds.every((rendition) => rendition.uri !== undefined);
  const subtitles = Object.values(mediaGroups?.SUBTITLES?.[attributes.SUBTITLES ?? ''] ?? {}).sort((a, b) => Number(b.default === true) - Number(a.default === true));
  const subtitlesUri = subtitles.find((rendition) => rendition.uri !== undefined)?.uri;
  return {
    uri: new URL(variant.uri, baseUrl).href, bandwidth: attributes.BANDWIDTH ?? null, codecs: attributes.CODECS ?? null,
    width: attributes.RESOLUTION?.width ?? null, height: attributes.RESOLUTION?.height ?? null,
    hasSeparateAudio, soundUri: hasSeparateAudio && sounds[0]?.uri !== undefined ? new URL(sounds[0].uri, baseUrl).href : null,
    otherSounds: sounds.filter((rendition, index) => rendition.uri !== undefined && (index > 0 || !hasSeparateAudio)).map(({ name }) => name),
    subtitlesUri: subtitlesUri === undefined ? null : new URL(subtitlesUri, baseUrl).href,
  };
}

function rank(rendition: RawRendition): number {
  return (rendition.default === true ? 2 : 0) + (rendition.autoselect === true ? 1 : 0);
}

function toSegments(manifest: RawManifest, gaps: ReadonlySet<number>, baseUrl: string): ListedSegment[] {
  const first = Math.max(0, manifest.mediaSequence ?? 0) + Math.max(0, manifest.skip?.skippedSegments ?? 0);
  const unnamedKey: ListedKey | null = manifest.contentProtection === undefined ? null : { method: 'other', uri: '', ivHex: '' };
  if (!Number.isSafeInteger(first + maxSegments)) throw new RangeError(`media sequence ${first}`);
  return (manifest.segments ?? []).map((segment, index) => ({
    uri: new URL(segment.uri, baseUrl).href,
    durationMs: Math.min(120_000, Math.max(0, (segment.duration ?? manifest.targetDuration ?? 0) * 1000)),
    mediaSequence: first + index,
    discontinuity: segment.discontinuity === true,
    isGap: gaps.has(index),
    range: toRange(segment.byterange),
    init: segment.map === undefined ? null : { uri: new URL(segment.map.uri, baseUrl).href, range: toRange(segment.map.byterange), key: toKey(segment.map.key, first + index, baseUrl) },
    programDateMs: toTime(segment.programDateTime ?? segment.dateTimeObject?.getTime()),
    key: toKey(segment.key, first + index, baseUrl) ?? unnamedKey,
  }));
}

function toTime(ms: number | undefined): number | null {
  return ms === undefined || !Number.isFinite(ms) ? null : ms;
}

function toKey(key: RawKey | undefined, mediaSequence: number, baseUrl: string): ListedKey | null {
  if (key?.method === undefined || key.method === 'NONE') return null;
  const method = key.method === 'AES-128' || key.method === 'SAMPLE-AES' ? key.method : 'other';
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

// m3u8-parser 7.2 drops EXT-X-GAP, so the positions it applies to are read here; not the addresses, which byte ranges share.
function findGaps(body: string): Set<number> {
  const result = new Set<number>();
  if (!body.includes('#EXT-X-GAP')) return result;
  let isGap = false;
  let index = 0;
  for (const line of body.split(/\r?\n/)) {
    if (line.startsWith('#EXT-X-GAP')) isGap = true;
    else if (line.trim() !== '' && !line.startsWith('#')) {
      if (isGap) result.add(index);
      isGap = false;
      index += 1;
    }
  }
  return result;
}

/** Orders variants by what is best as evidence: those that have picture and sound in one, then the largest picture, then the highest rate. */
export function orderVariants(variants: readonly Variant[]): Variant[] {
  const pixels = (variant: Variant): number => (variant.width ?? 0) * (variant.height ?? 0);
  return [...variants].sort((a, b) => Number(isSoundOnly(a)) - Number(isSoundOnly(b)) || Number(a.hasSeparateAudio) - Number(b.hasSeparateAudio) || pixels(b) - pixels(a) || (b.bandwidth ?? 0) - (a.bandwidth ?? 0));
}

function isSoundOnly({ codecs, width }: Variant): boolean {
  return width === null && codecs !== null && codecs.split(',').every((codec) => /^\s*(mp4a|ac-3|ec-3|opus|mp3)/i.test(codec));
}
