import Hls from 'hls.js';
import type { HlsConfig } from 'hls.js';
import { useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { ReactElement, Ref } from 'react';
import { paths } from '../../electron/contract/rpc.ts';
import { engineUrl } from '../state/engine.ts';
import { mediaFromWall, wallFromMedia } from './hls-wall-clock.ts';
import type { DatedFragment } from './hls-wall-clock.ts';
import { defineText, useText } from './i18n.ts';

/** What a parent may do with a player. `seekToWall` is kept until the playlist is there. */
export type HlsPlayerHandle = {
  video: HTMLVideoElement | null;
  /** Wall time of the picture shown; null until it is known. */
  readWallMs: () => number | null;
  seekToWall: (wallMs: number) => void;
  goLive: () => void;
  /** Wall-clock range [from, to] that the playlist offers; null until it is known. */
  readRange: () => [fromMs: number, toMs: number] | null;
};

/** Properties of a player; `playlist` is a path under the window's base URL; `tile` keeps little in memory and stays at the live edge. */
export type HlsPlayerProps = {
  playlist: string;
  tile?: boolean;
  muted?: boolean;
  playbackRate?: number;
  /** Where to begin on the wall clock; null begins live. Read at the start only. */
  startAtMs?: number | null;
  poster?: string;
  className?: string;
  /** Called about four times a second while playing and after each seek. */
  onWallTime?: (wallMs: number) => void;
  onPlaying?: (playing: boolean) => void;
  ref?: Ref<HlsPlayerHandle>;
};

/** hls.js and the browser's buffers grow over a day; a fresh instance every two hours keeps them small. */
const recycleMs = 2 * 3_600_000;
const retryMs = 2500;
/** What hls.js says when the browser cannot play a codec. */
const codecErrors: readonly string[] = [Hls.ErrorDetails.BUFFER_ADD_CODEC_ERROR, Hls.ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR, Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR];

const text = defineText({ transcoded: '转码预览，非原始画面' }, { transcoded: 'Transcoded preview, not the original picture' });

const tileConfig: Partial<HlsConfig> = { maxBufferLength: 8, maxMaxBufferLength: 12, backBufferLength: 4, maxBufferSize: 6_000_000, liveSyncDurationCount: 2, liveMaxLatencyDurationCount: 6, maxLiveSyncPlaybackRate: 1.1 };
const roomConfig: Partial<HlsConfig> = { maxBufferLength: 30, maxMaxBufferLength: 60, backBufferLength: 60, liveSyncDurationCount: 2, liveMaxLatencyDurationCount: Number.POSITIVE_INFINITY, liveDurationInfinity: true };

function readFragments(hls: Hls | null): readonly DatedFragment[] {
  return hls?.latestLevelDetails?.fragments ?? [];
}

/** Browsers refuse sound before the first key or click: silent pictures are better than none. */
async function playOrMute(video: HTMLVideoElement): Promise<void> {
  try {
    await video.play();
  } catch (thrown) {
    if (!(thrown instanceof DOMException) || thrown.name !== 'NotAllowedError') return;
    video.muted = true;
    await video.play().catch(() => undefined);
  }
}

/** Plays a local HLS recording through one hls.js instance, which recovers from media errors and is renewed every two hours. */
export function HlsPlayer({ playlist, tile = false, muted = true, playbackRate = 1, startAtMs = null, poster, className, onWallTime, onPlaying, ref }: HlsPlayerProps): ReactElement {
  const videoRef = useRef<HTMLVideoElement>(null);
  const hlsRef = useRef<Hls | null>(null);
  const pendingMs = useRef<number | null>(startAtMs);
  const [transcodedOf, setTranscodedOf] = useState<string | null>(null);
  const isTranscoded = transcodedOf === playlist;
  const t = useText(text);
  const callbacks = useRef({ onWallTime, onPlaying });
  useEffect(() => {
    callbacks.current = { onWallTime, onPlaying };
  });

  useEffect(() => {
    const video = videoRef.current;
    if (!video || !Hls.isSupported()) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let mediaErrors = 0;
    let ended = false;

    const applyPending = (): void => {
      if (pendingMs.current === null) return;
      const at = mediaFromWall(readFragments(hlsRef.current), pendingMs.current);
      if (at === null) return;
      if (Math.abs(video.currentTime - at) > 0.5) video.currentTime = at;
      // Before there is a picture hls.js may still move to the live edge: the wish stands until then.
      if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) pendingMs.current = null;
    };
    const drop = (): void => {
      hlsRef.current?.destroy();
      hlsRef.current = null;
    };
    const open = (): void => {
      clearTimeout(timer);
      if (ended) return;
      drop();
      const hls = new Hls({ debug: false, enableWorker: true, startPosition: -1, ...(tile ? tileConfig : roomConfig) });
      hlsRef.current = hls;
      hls.on(Hls.Events.LEVEL_LOADED, () => queueMicrotask(applyPending));
      hls.on(Hls.Events.LEVEL_UPDATED, applyPending);
      hls.on(Hls.Events.FRAG_BUFFERED, () => { mediaErrors = 0; });
      hls.on(Hls.Events.MANIFEST_PARSED, () => void playOrMute(video));
      hls.on(Hls.Events.ERROR, (_event, data) => {
        if (!isTranscoded && codecErrors.includes(data.details)) {
          if (!tile) pendingMs.current ??= wallFromMedia(readFragments(hls), video.currentTime);
          // Its own clean-up ends this instance; the view in a codec that plays takes over.
          setTranscodedOf(playlist);
          return;
        }
        if (!data.fatal) return;
        if (data.type === Hls.ErrorTypes.MEDIA_ERROR && mediaErrors < 2) {
          mediaErrors += 1;
          hls.recoverMediaError();
          return;
        }
        // Network and stubborn media errors: a fresh instance, from where the picture stood.
        if (!tile) pendingMs.current ??= wallFromMedia(readFragments(hls), video.currentTime);
        clearTimeout(timer);
        timer = setTimeout(open, retryMs);
      });
      hls.loadSource(engineUrl(isTranscoded ? paths.transcodedPlaylist(playlist) : playlist));
      hls.attachMedia(video);
      timer = setTimeout(() => {
        if (!tile) pendingMs.current ??= wallFromMedia(readFragments(hls), video.currentTime);
        open();
      }, recycleMs);
    };
    video.addEventListener('canplay', applyPending);
    open();
    return () => {
      video.removeEventListener('canplay', applyPending);
      ended = true;
      clearTimeout(timer);
      drop();
    };
  }, [playlist, tile, isTranscoded]);

  useEffect(() => {
    if (videoRef.current) videoRef.current.muted = muted;
  }, [muted]);
  useEffect(() => {
    if (videoRef.current) videoRef.current.playbackRate = playbackRate;
  }, [playbackRate, playlist]);

  const tellTime = (): void => {
    const video = videoRef.current;
    const wallMs = video && pendingMs.current === null ? wallFromMedia(readFragments(hlsRef.current), video.currentTime) : null;
    if (wallMs !== null) callbacks.current.onWallTime?.(wallMs);
  };

  useImperativeHandle(ref, () => ({
    get video() {
      return videoRef.current;
    },
    readWallMs: () => (videoRef.current ? wallFromMedia(readFragments(hlsRef.current), videoRef.current.currentTime) : null),
    seekToWall: (wallMs) => {
      const at = mediaFromWall(readFragments(hlsRef.current), wallMs);
      const video = videoRef.current;
      pendingMs.current = at === null || video === null || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA ? wallMs : null;
      if (at !== null && video !== null) video.currentTime = at;
    },
    goLive: () => {
      pendingMs.current = null;
      const fragments = readFragments(hlsRef.current);
      const last = fragments[fragments.length - 1];
      const at = hlsRef.current?.liveSyncPosition ?? (last ? last.start + last.duration - 1 : null);
      if (at !== null && videoRef.current) {
        videoRef.current.currentTime = at;
        void playOrMute(videoRef.current);
      }
    },
    readRange: () => {
      const dated = readFragments(hlsRef.current).filter((f) => f.programDateTime !== null);
      const [first, last] = [dated[0], dated[dated.length - 1]];
      return first && last && first.programDateTime !== null && last.programDateTime !== null ? [first.programDateTime, last.programDateTime + last.duration * 1000] : null;
    },
  }), []);

  return (
    <>
    <video
      ref={videoRef} className={className} poster={poster} muted={muted} playsInline autoPlay disablePictureInPicture tabIndex={-1}
      onTimeUpdate={tellTime} onSeeked={tellTime}
      onPlaying={() => callbacks.current.onPlaying?.(true)} onPause={() => callbacks.current.onPlaying?.(false)}
    />
    {isTranscoded && <span className="player-note" data-testid="transcoded-note">{t('transcoded')}</span>}
    </>
  );
}
