import { Button, Select, Slider, Tooltip } from 'antd';
import { useCallback, useState } from 'react';
import type { ReactElement, RefObject } from 'react';
import { useStore } from 'zustand';
import { paths } from '../../../electron/contract/index.ts';
import type { Session, WallMs } from '../../../electron/contract/index.ts';
import { formatClock, formatDuration } from '../../ui/format-time.ts';
import { HlsPlayer } from '../../ui/hls-player.tsx';
import type { HlsPlayerHandle } from '../../ui/hls-player.tsx';
import { useText } from '../../ui/i18n.ts';
import { GapCard } from './gap-card.tsx';
import type { PlayheadStore } from './playhead-store.ts';
import { roomText } from './room-text.ts';

/** The speeds that [ and ] step through. */
export const SPEEDS: readonly number[] = [0.25, 0.5, 1, 1.25, 1.5, 2, 3, 4];

/** What the player shows and may ask for. */
export type RoomPlayerProps = {
  readonly session: Session;
  readonly liveMs: WallMs | null;
  readonly startAtMs: WallMs | null;
  readonly playhead: PlayheadStore;
  readonly playerRef: RefObject<HlsPlayerHandle | null>;
  readonly speed: number;
  readonly onSpeed: (speed: number) => void;
  readonly onToggle: () => void;
  readonly onLive: () => void;
  readonly onStep: (frames: number) => void;
  readonly onTime: (wallMs: WallMs) => void;
  /** End of what is stored: a gap that ends there has no footage behind it. */
  readonly storedToMs: WallMs;
  /** Goes on behind the gap that the playhead stands in. */
  readonly onSkipGap: () => void;
};

/** The recording's picture with its controls: play, live, frame step, speed, volume and the wall time. */
export function RoomPlayer(props: RoomPlayerProps): ReactElement {
  const { session, liveMs, playhead, playerRef, speed } = props;
  const t = useText(roomText);
  const [muted, setMuted] = useState(true);
  const [volume, setVolume] = useState(0.8);
  const wallMs = useStore(playhead, (s) => s.wallMs);
  const playing = useStore(playhead, (s) => s.playing);
  const gap = useStore(playhead, (s) => s.gap);
  const behindMs = liveMs === null || wallMs === null ? Infinity : liveMs - wallMs;
  const applyVolume = useCallback((next: number) => {
    setVolume(next);
    setMuted(next === 0);
    const video = playerRef.current?.video;
    if (video) video.volume = next;
  }, [playerRef]);
  const onPlaying = (now: boolean): void => {
    // A player that has just loaded starts by itself; in a gap it waits for the person.
    if (now && playhead.getState().gap !== null) playerRef.current?.video?.pause();
    else playhead.setState({ playing: now });
  };
  return (
    <section className="room-player" data-testid="room-player" data-wall-ms={wallMs === null ? '' : Math.round(wallMs)}>
      <div className="room-picture" onClick={props.onToggle}>
        <HlsPlayer
          key={session.id} ref={playerRef} playlist={paths.sessionPlaylist(session.roomId, session.id)} muted={muted} playbackRate={speed} startAtMs={props.startAtMs}
          onWallTime={props.onTime} onPlaying={onPlaying}
        />
        {gap !== null && <GapCard gap={gap} hasFootageAfter={gap.toMs < props.storedToMs - 500} onSkip={props.onSkipGap} />}
        {wallMs === null && <span className="room-waiting">{t('notYet')}</span>}
      </div>
      <div className="room-time tabular">
        <b>{wallMs === null ? '--:--:--' : formatClock(wallMs, true)}</b>
        <span>{wallMs === null ? '' : formatDuration(wallMs - session.startMs)}</span>
        <Button size="small" type="text" className={behindMs < 15_000 ? 'room-live is-live' : 'room-live'} disabled={liveMs === null} title={`${t('goLive')} (L)`} onClick={props.onLive}>{t('live')}</Button>
      </div>
      <div className="room-controls">
        <Tooltip title=","><Button size="small" type="text" aria-label={t('prevFrame')} onClick={() => props.onStep(-1)}><Icon path="M9 2 L3 7 L9 12 Z M2 2 H3.2 V12 H2 Z" /></Button></Tooltip>
        <Button size="small" type="text" aria-label={playing ? t('pause') : t('play')} onClick={props.onToggle}><Icon path={playing ? 'M3 2 H6 V12 H3 Z M8 2 H11 V12 H8 Z' : 'M3 1.5 L12 7 L3 12.5 Z'} /></Button>
        <Tooltip title="."><Button size="small" type="text" aria-label={t('nextFrame')} onClick={() => props.onStep(1)}><Icon path="M5 2 L11 7 L5 12 Z M10.8 2 H12 V12 H10.8 Z" /></Button></Tooltip>
        <Select size="small" variant="borderless" className="room-speed" aria-label={t('speed')} value={speed} onChange={props.onSpeed} options={SPEEDS.map((each) => ({ value: each, label: `${each}×` }))} popupMatchSelectWidth={false} />
        <Button size="small" type="text" aria-label={muted ? t('unmute') : t('mute')} onClick={() => setMuted(!muted)}><Icon path={muted ? 'M1 5 H4 L7 2 V12 L4 9 H1 Z M9 5 L13 9 M13 5 L9 9' : 'M1 5 H4 L7 2 V12 L4 9 H1 Z M9 4.5 Q11.5 7 9 9.5 M11 2.5 Q15 7 11 11.5'} stroke /></Button>
        <Slider className="room-volume" min={0} max={1} step={0.05} value={muted ? 0 : volume} onChange={applyVolume} tooltip={{ open: false }} ariaLabelForHandle={t('volume')} />
      </div>
    </section>
  );
}

function Icon({ path, stroke = false }: { readonly path: string; readonly stroke?: boolean }): ReactElement {
  return <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" fill={stroke ? 'none' : 'currentColor'} stroke={stroke ? 'currentColor' : 'none'} strokeWidth="1.3"><path d={path} /></svg>;
}
