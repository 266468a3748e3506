import { Button, Select } from 'antd';
import type { InputRef } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { DismissReason, Flag, FlagId, FlagState, RoomId, WallMs } from '../../../electron/contract/index.ts';
import { useConnection } from '../../state/connection-store.ts';
import { engine } from '../../state/engine.ts';
import { openExport } from '../../state/export-store.ts';
import { reviewFlag, undoReview, useFlags } from '../../state/flags-store.ts';
import { sayNotice } from '../../state/notices-store.ts';
import { useRoom } from '../../state/rooms-store.ts';
import { goTo } from '../../state/route-store.ts';
import { useStatus } from '../../state/status-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { DismissDialog } from '../../ui/dismiss-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { guardFault } from '../../ui/fault-guard.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatDateTime, formatDuration } from '../../ui/format-time.ts';
import type { HlsPlayerHandle } from '../../ui/hls-player.tsx';
import { useText } from '../../ui/i18n.ts';
import { StateLine } from '../../ui/state-badge.tsx';
import { stepFlag } from '../timeline/index.ts';
import type { MarkedRange, TimelineHandle } from '../timeline/index.ts';
import { planExport, setMark } from './export-range.ts';
import { FlagCard } from './flag-card.tsx';
import { createPlayhead } from './playhead-store.ts';
import { RoomPlayer, SPEEDS } from './room-player.tsx';
import { roomText } from './room-text.ts';
import { SessionEvents } from './session-events.tsx';
import { TimelinePane } from './timeline-pane.tsx';
import { Transcript } from './transcript.tsx';
import { useRoomHotkeys } from './use-room-hotkeys.ts';
import { useRoomSession } from './use-room-session.ts';
import './room.css';

/** A flag is shown from this long before it begins, so that its sentence is heard whole. */
const LEAD_IN_MS = 2000;
const FRAME_S = 1 / 25;
const NO_RANGE: MarkedRange = { inMs: null, outMs: null };

/** The lead of a room that a moment in the address means: the nearest that begins there or just after its lead-in. */
function findFlagNear(flags: Iterable<Flag>, roomId: RoomId, atMs: WallMs): Flag | null {
  let best: Flag | null = null;
  for (const flag of flags) {
    if (flag.roomId !== roomId || flag.startMs < atMs - 500 || flag.startMs > atMs + LEAD_IN_MS + 500) continue;
    if (best === null || Math.abs(flag.startMs - atMs) < Math.abs(best.startMs - atMs)) best = flag;
  }
  return best;
}

/** One room: its recording with live and time shift, what was perceived in it, its leads, and the timeline over all of it. */
export function RoomScreen({ roomId, atMs, visit }: { readonly roomId: RoomId; readonly atMs: WallMs | null; readonly visit: number }): ReactElement {
  const t = useText(roomText);
  const c = useText(commonText);
  const room = useRoom(roomId);
  const loaded = useConnection((s) => s.loaded);
  const speechMissing = useStatus((s) => s.status !== null && !s.status.models.some((model) => model.task === 'speech' && model.installed));
  const view = useRoomSession(roomId, room, atMs);
  const { session, data, loader, limits, liveMs } = view;
  const [playhead] = useState(createPlayhead);
  const [speed, setSpeed] = useState(1);
  const [range, setRange] = useState<MarkedRange>(NO_RANGE);
  const [selectedId, setSelectedId] = useState<FlagId | null>(null);
  const [note, setNote] = useState('');
  const [dismissing, setDismissing] = useState(false);
  /** The moment in the address whose lead is still to be selected: leads may arrive after the session. */
  const [soughtMs, setSoughtMs] = useState<WallMs | null>(null);
  const playerRef = useRef<HlsPlayerHandle | null>(null);
  const timelineRef = useRef<TimelineHandle | null>(null);
  const searchRef = useRef<InputRef | null>(null);
  const selected = useFlags((s) => (selectedId === null ? null : s.byId.get(selectedId) ?? null)) ?? (selectedId === null ? null : data.flag(selectedId));

  // In a gap the picture already stands at the footage that follows; the playhead does not.
  const readPlayheadMs = useCallback(() => (playhead.getState().gap === null ? playerRef.current?.readWallMs() ?? null : playhead.getState().wallMs), [playhead]);
  const readNowMs = useCallback(() => readPlayheadMs() ?? playhead.getState().wallMs ?? limits.fromMs, [readPlayheadMs, playhead, limits]);
  const seek = useCallback((wallMs: WallMs) => {
    const at = Math.min(limits.toMs, Math.max(limits.fromMs, wallMs));
    const gap = data.gapAt(at);
    if (gap !== null) playerRef.current?.video?.pause();
    playerRef.current?.seekToWall(at);
    playhead.setState({ wallMs: at, gap });
    timelineRef.current?.noteCause('seek');
  }, [limits, playhead, data]);
  const pickFlag = useCallback((flag: Flag) => {
    setSoughtMs(null);
    setSelectedId(flag.id);
    setNote(flag.note);
    seek(flag.startMs - LEAD_IN_MS);
    timelineRef.current?.reveal(flag.startMs);
  }, [seek]);
  const pickFlagId = useCallback((id: FlagId) => {
    const flag = data.flag(id);
    if (flag !== null) pickFlag(flag);
  }, [data, pickFlag]);

  useEffect(() => {
    if (atMs === null || session === null) return;
    seek(atMs);
    setSoughtMs(atMs);
  // A place in the address is gone to once per visit, not again as the session grows.
  }, [visit, session?.id]);
  const sought = useFlags((s) => (soughtMs === null ? null : findFlagNear(s.byId.values(), roomId, soughtMs)));
  useEffect(() => {
    if (sought !== null) pickFlag(sought);
  // Once found it is picked once; pickFlag changes as the session grows.
  }, [sought?.id]);
  useEffect(() => {
    setRange(NO_RANGE);
    playhead.setState({ wallMs: null, gap: null });
  }, [session?.id, playhead]);

  const play = useCallback(() => {
    playhead.setState({ gap: null });
    void playerRef.current?.video?.play().catch(() => undefined);
    timelineRef.current?.noteCause('play');
  }, [playhead]);
  const goLive = useCallback(() => {
    playhead.setState({ gap: null });
    playerRef.current?.goLive();
    timelineRef.current?.noteCause('live');
  }, [playhead]);
  const toggle = useCallback(() => {
    const video = playerRef.current?.video;
    if (!video) return;
    if (!video.paused) video.pause();
    else play();
  }, [play]);
  const stepFrames = useCallback((frames: number) => {
    const video = playerRef.current?.video;
    if (!video) return;
    playhead.setState({ gap: null });
    video.pause();
    video.currentTime += frames * FRAME_S;
  }, [playhead]);
  const undo = async (): Promise<void> => {
    const flag = await guardFault(undoReview);
    sayNotice(flag === null ? t('nothingToUndo') : t('undone'));
    if (flag !== null && flag.roomId === roomId) setSelectedId(flag.id);
  };
  const review = async (state: FlagState, reason: DismissReason | null = null): Promise<void> => {
    if (selected === null) return sayNotice(t('needFlag'));
    const done = await guardFault(() => reviewFlag(selected.id, state, reason, note));
    if (done !== null && state !== 'open') sayNotice(t(state), { label: c('undo'), run: () => void undo() });
  };
  const openEvidence = (): void => {
    const draft = planExport(roomId, range, selected, data.flags, limits);
    if (draft === null) sayNotice(t('needRange'));
    else openExport(draft);
  };
  const confirm = (): void => void review('confirmed');
  const dismiss = (): void => (selected === null ? sayNotice(t('needFlag')) : setDismissing(true));

  useRoomHotkeys({
    active: session !== null,
    seekBy: (ms) => seek(readNowMs() + ms), panBy: (px) => timelineRef.current?.pan(px), zoomBy: (factor) => timelineRef.current?.zoom(factor), fit: () => timelineRef.current?.fit(),
    mark: (end) => setRange((old) => setMark(old, end, readNowMs())),
    stepFlag: (direction) => {
      const next = stepFlag(data.flags, selected, readNowMs(), direction);
      if (next !== null) pickFlag(next);
    },
    goLive, toggle, stepFrames,
    stepSpeed: (direction) => setSpeed((old) => SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(old) + direction))] ?? 1),
    openEvidence, confirm, dismiss, undo: () => void undo(),
    clear: () => { setRange(NO_RANGE); setSelectedId(null); },
    search: () => searchRef.current?.focus(),
  });

  if (room === undefined && loaded && view.sessions?.length === 0) {
    return <EmptyState title={t('roomGone')} hint={t('roomGoneHint')}><Button onClick={() => goTo({ place: 'wall' })}>{t('backToWall')}</Button></EmptyState>;
  }
  return (
    <div className="room-screen">
      <header className="room-head">
        <h1>{room?.name ?? roomId}</h1>
        {room !== undefined && <StateLine room={room} />}
        <span className="room-host">{[room?.platform, room?.host].filter(Boolean).join(' · ')}</span>
        <Select
          size="small" className="room-sessions" data-testid="session-select" aria-label={t('session')} value={session?.id} onChange={view.choose} placeholder={t('session')} popupMatchSelectWidth={false}
          options={(view.sessions ?? []).map((each) => ({ value: each.id, label: `${formatDateTime(each.startMs)} · ${each.endMs === null && each.id === room?.sessionId ? t('sessionLive') : formatDuration((each.endMs ?? each.startMs + each.mediaMs) - each.startMs)}` }))}
        />
        {session !== null && <SessionEvents session={session} liveMs={liveMs} onSeek={seek} />}
      </header>
      {session === null ? (
        <div className="room-nothing">
          {view.fault !== null ? <><FaultText fault={view.fault} /><Button onClick={view.reload}>{c('retry')}</Button></>
            : view.sessions === null ? <EmptyState title={c('loading')} />
              : <EmptyState title={t('noSession')} hint={t('noSessionHint')}>{room !== undefined && !room.enabled && <Button type="primary" onClick={() => void guardFault(() => engine.call('rooms.start', { id: roomId }))}>{t('startRecording')}</Button>}</EmptyState>}
        </div>
      ) : (
        <>
          <div className="room-work">
            <RoomPlayer
              session={session} liveMs={liveMs} startAtMs={atMs} playhead={playhead} playerRef={playerRef} speed={speed} onSpeed={setSpeed} onToggle={toggle} onLive={goLive} onStep={stepFrames}
              storedToMs={limits.toMs} onSkipGap={play}
              onTime={(wallMs) => { if (playhead.getState().gap === null) playhead.setState({ wallMs }); loader?.attend(playhead.getState().wallMs ?? wallMs); }}
            />
            <div className="room-side">
              <FlagCard
                flag={selected} flagCount={data.flags.length} note={note} onNote={setNote} onConfirm={confirm} onDismiss={dismiss} onReopen={() => void review('open')}
                onUndo={() => void undo()} onExport={openEvidence} onSeek={seek}
              />
              <Transcript data={data} playhead={playhead} loading={view.load.loading} speechMissing={speechMissing} searchRef={searchRef} onSeek={seek} onFlag={pickFlagId} />
            </div>
          </div>
          <TimelinePane
            view={view} timelineRef={timelineRef} range={range} selectedFlagId={selectedId} speechMissing={speechMissing} readPlayheadMs={readPlayheadMs}
            onSeek={seek} onPickFlag={pickFlag} onRange={setRange} onVisible={(fromMs, toMs) => loader?.see(fromMs, toMs)}
            onZoom={(factor) => timelineRef.current?.zoom(factor)} onFit={() => timelineRef.current?.fit()} onExport={openEvidence}
          />
        </>
      )}
      <DismissDialog open={dismissing} onCancel={() => setDismissing(false)} onChoose={(reason) => { setDismissing(false); void review('dismissed', reason); }} />
    </div>
  );
}
