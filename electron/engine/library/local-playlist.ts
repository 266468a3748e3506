import type { StoredSegment } from '../store/recording-store.ts';

/** How a local playlist is to look: the newest seconds for a tile, or a whole session. */
export type PlaylistOptions = {
  /** Playlist type: `live` slides, `event` grows, `vod` is over. */
  type: 'live' | 'event' | 'vod';
  /** Turns a stored file's name into an address. */
  toAddress: (file: string) => string;
  /** Whether pictures are to come as H.264, transcoded when they are asked for. */
  isTranscoded?: boolean;
  /** How many segments of its kind come before the first one in the session; its number where left out. */
  firstSequence?: number;
};

/** Under which name a stored file is served to players: FLV as fMP4 that is made on the way; its init section has a name of its own. */
export function toViewName(segment: Pick<StoredSegment, 'container' | 'file' | 'initFile'>): { file: string; init: string | null } {
  return segment.container === 'flv' ? { file: `${segment.file}.m4s`, init: `${segment.file}.mp4` } : { file: segment.file, init: segment.initFile };
}

/** The name under which a stored file's transcoded view is served; it needs no init section. */
export function toTranscodedName(file: string): string {
  return `${file}.h264.ts`;
}

/** The stored file behind a name that `toViewName` or `toTranscodedName` gave; the name itself when it is no such one. */
export function fromViewName(name: string): { file: string; part: 'whole' | 'media' | 'init' | 'transcoded' } {
  if (name.endsWith('.h264.ts')) return { file: name.slice(0, -'.h264.ts'.length), part: 'transcoded' };
  const flv = /^(.+\.flv)\.(m4s|mp4)$/.exec(name);
  return flv === null ? { file: name, part: 'whole' } : { file: flv[1] as string, part: flv[2] === 'm4s' ? 'media' : 'init' };
}

/** Whether there is nothing to play in a stored file: its key could not be had, or its encryption is not one that players know. */
function isUnplayable(segment: StoredSegment): boolean {
  return segment.encryption !== null && (segment.encryption.method !== 'AES-128' || segment.encryption.keyHex === null);
}

/**
 * Writes an HLS playlist over stored segments. Every segment carries its wall time; a change of init section, a discontinuity of the
 * source and a hole in time become EXT-X-DISCONTINUITY, so that players neither stall at nor hide a gap.
 */
export function makePlaylist(segments: readonly StoredSegment[], options: PlaylistOptions): string {
  const media = segments.filter((segment) => segment.kind === 'media' && segment.durationMs > 0);
  const target = Math.max(1, Math.ceil(Math.max(0, ...media.map((segment) => segment.durationMs)) / 1000));
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', `#EXT-X-TARGETDURATION:${target}`, `#EXT-X-MEDIA-SEQUENCE:${options.firstSequence ?? media[0]?.seq ?? 0}`];
  if (options.type !== 'live') lines.push(`#EXT-X-PLAYLIST-TYPE:${options.type === 'vod' ? 'VOD' : 'EVENT'}`);
  if (options.type === 'live' || (media[0]?.continuity ?? 0) > 0) lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${media[0]?.continuity ?? 0}`);
  let previous: StoredSegment | null = null;
  let init: string | null = null;
  for (const segment of media) {
    // One for each break, those included that no segment of this kind lies between: picture and sound count alike.
    for (let at = previous?.continuity ?? segment.continuity; at < segment.continuity; at += 1) lines.push('#EXT-X-DISCONTINUITY');
    const view = options.isTranscoded === true ? { file: toTranscodedName(segment.file), init: null } : toViewName(segment);
    // FLV: one init section serves until the decoder's configuration changes.
    const initKey = segment.container === 'flv' ? segment.decoder?.configHash ?? segment.file : segment.initFile;
    if (view.init !== null && initKey !== init) {
      lines.push(`#EXT-X-MAP:URI="${options.toAddress(view.init)}"`);
      init = initKey;
    }
    if (isUnplayable(segment)) lines.push('#EXT-X-GAP');
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.startMs).toISOString()}`, `#EXTINF:${(segment.durationMs / 1000).toFixed(3)},`, options.toAddress(view.file));
    previous = segment;
  }
  if (options.type === 'vod') lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}
