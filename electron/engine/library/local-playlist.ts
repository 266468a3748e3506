import type { StoredSegment } from '../store/recording-store.ts';

/** How a local playlist is to look: the newest seconds for a tile, or a whole session. */
export type PlaylistOptions = {
  /** Playlist type: `live` slides, `event` grows, `vod` is over. */
  type: 'live' | 'event' | 'vod';
  /** Turns a stored file's name into an address. */
  toAddress: (file: string) => string;
};

/**
 * Writes an HLS playlist over stored segments. Every segment carries its wall time; a change of init section, a discontinuity of the
 * source and a hole in time become EXT-X-DISCONTINUITY, so that players neither stall at nor hide a gap.
 */
export function makePlaylist(segments: readonly StoredSegment[], options: PlaylistOptions): string {
  const media = segments.filter((segment) => segment.kind === 'media' && segment.durationMs > 0);
  const target = Math.max(1, Math.ceil(Math.max(0, ...media.map((segment) => segment.durationMs)) / 1000));
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', `#EXT-X-TARGETDURATION:${target}`, `#EXT-X-MEDIA-SEQUENCE:${media[0]?.seq ?? 0}`];
  if (options.type !== 'live') lines.push(`#EXT-X-PLAYLIST-TYPE:${options.type === 'vod' ? 'VOD' : 'EVENT'}`);
  if (options.type === 'live') lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${media[0]?.continuity ?? 0}`);
  let previous: StoredSegment | null = null;
  let init: string | null = null;
  for (const segment of media) {
    if (previous !== null && segment.continuity !== previous.continuity) lines.push('#EXT-X-DISCONTINUITY');
    if (segment.initFile !== null && segment.initFile !== init) {
      lines.push(`#EXT-X-MAP:URI="${options.toAddress(segment.initFile)}"`);
      init = segment.initFile;
    }
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.startMs).toISOString()}`, `#EXTINF:${(segment.durationMs / 1000).toFixed(3)},`, options.toAddress(segment.file));
    previous = segment;
  }
  if (options.type === 'vod') lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}
