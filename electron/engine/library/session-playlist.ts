import { RoomId, SessionId } from '../../contract/ids.ts';
import type { StoredSegment } from '../store/recording-store.ts';
import type { Store } from '../store/store.ts';
import { makePlaylist } from './local-playlist.ts';
import { toViewSegments } from './view-segments.ts';

type PlaylistName = { scope: 'live' | 'session'; track: 'all' | 'picture' | 'sound'; isTranscoded: boolean };

const liveWindowMs = 30_000;
const liveTail = 30;
const soundTail = 120;
/** Sound that begins this long before a break of the picture belongs behind it. */
const seamMs = 250;

/**
 * The local playlist behind a name: `live` the newest seconds of a room, `session` a whole one; null when there is none.
 * Where the sound lies in files of its own, the plain name is a master playlist over `.picture` and `.sound`.
 */
export function toPlaylist(store: Store, roomText: string, sessionText: string | null, name: string): string | null {
  const roomId = RoomId.safeParse(roomText);
  const wanted = readName(name);
  if (!roomId.success || wanted === null || (wanted.scope === 'live') !== (sessionText === null)) return null;
  const session = sessionText === null ? store.recordings.latestSession(roomId.data) : store.recordings.getSession(SessionId.safeParse(sessionText).data ?? SessionId.parse('none'));
  if (session === null || session.roomId !== roomId.data) return null;
  if (wanted.scope === 'session' && store.deletions.isDeleted(session.id)) return null;
  if (wanted.track === 'all' && store.recordings.listTail(session.id, 1, 'audio').length > 0) return makeMasterPlaylist(wanted);
  return wanted.scope === 'live' ? toLive(store, session.id, wanted) : toSession(store, session, wanted);
}

function readName(name: string): PlaylistName | null {
  const match = /^(live|session)(?:\.(picture|sound))?(\.h264)?\.m3u8$/.exec(name);
  return match === null ? null : { scope: match[1] as PlaylistName['scope'], track: (match[2] as 'picture' | 'sound' | undefined) ?? 'all', isTranscoded: match[3] !== undefined };
}

function makeMasterPlaylist({ scope, isTranscoded }: PlaylistName): string {
  return `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="sound",DEFAULT=YES,AUTOSELECT=YES,URI="${scope}.sound.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,AUDIO="sound"\n${scope}.picture${isTranscoded ? '.h264' : ''}.m3u8\n`;
}

function toLive(store: Store, sessionId: SessionId, { track, isTranscoded }: PlaylistName): string {
  const all = store.recordings.listTail(sessionId, liveTail);
  const sinceMs = (all.at(-1)?.startMs ?? 0) - liveWindowMs;
  const media = all.filter((segment) => segment.container !== 'file' && segment.startMs >= sinceMs);
  const toAddress = (file: string): string => `${sessionId}/${file}`;
  if (track !== 'sound') return makePlaylist(media, { type: 'live', toAddress, isTranscoded, firstSequence: store.recordings.countSegments(sessionId) - media.length });
  const tail = store.recordings.listTail(sessionId, soundTail, 'audio');
  const sound = alignSound(tail, all).filter((segment) => segment.startMs + segment.durationMs > (media[0]?.startMs ?? sinceMs));
  return makePlaylist(sound, { type: 'live', toAddress, firstSequence: store.recordings.countSegments(sessionId, 'audio') - sound.length });
}

function toSession(store: Store, session: { id: SessionId; endMs: number | null }, { track, isTranscoded }: PlaylistName): string {
  const segments = store.recordings.listSegments(session.id);
  const options = { type: session.endMs === null ? 'event' : 'vod', toAddress: (file: string) => file } as const;
  if (track !== 'sound') return makePlaylist(toViewSegments(segments, store.tasks.listPieces(session.id)), { ...options, isTranscoded });
  return makePlaylist(alignSound(segments.filter((segment) => segment.kind === 'audio'), segments.filter((segment) => segment.kind === 'media')), options);
}

/** Separate sound as a player is to see it: in time order, with the picture's count of breaks, by which players put the two together. Pure. */
export function alignSound(sound: readonly StoredSegment[], media: readonly StoredSegment[]): StoredSegment[] {
  const pictures = [...media].sort((a, b) => a.startMs - b.startMs);
  let at = 0;
  return [...sound].sort((a, b) => a.startMs - b.startMs).map((segment) => {
    while ((pictures[at + 1]?.startMs ?? Infinity) <= segment.startMs + seamMs) at += 1;
    return { ...segment, kind: 'media', continuity: pictures[at]?.continuity ?? 0 };
  });
}
