import { Button } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement, RefObject } from 'react';
import { paths } from '../../../electron/contract/index.ts';
import type { Flag, Observation, Room } from '../../../electron/contract/index.ts';
import { engineUrl } from '../../state/engine.ts';
import { useFlagList, useFlags } from '../../state/flags-store.ts';
import { setFocus } from '../../state/focus-store.ts';
import { useRoomLive } from '../../state/live-store.ts';
import { goTo } from '../../state/route-store.ts';
import { categoryText, commonText } from '../../ui/common-text.ts';
import { HlsPlayer } from '../../ui/hls-player.tsx';
import { useText } from '../../ui/i18n.ts';
import { MarkedText } from '../../ui/marked-text.tsx';
import type { Mark } from '../../ui/marked-text.tsx';
import { SeverityMark } from '../../ui/severity-mark.tsx';
import { StateBadge, useStateReason } from '../../ui/state-badge.tsx';
import { severityOrder } from '../../ui/theme.ts';
import { ElapsedText, TimeText } from '../../ui/time-text.tsx';
import { LevelMeter } from './level-meter.tsx';
import { TenMinuteStrip } from './ten-minute-strip.tsx';
import { wallText } from './wall-text.ts';

const raisedMs = 4000;
const urgentMs = 10 * 60_000;

const sameTimeMs = 3000;

/** The newest caption: speech before on-screen text of about the same time, and large lettering before small. */
export function pickCaption(observations: readonly Observation[]): Observation | null {
  const candidates = observations.filter((each) => (each.lane === 'speech' || each.lane === 'ocr') && each.text.trim() !== '');
  const newestMs = candidates.reduce((newest, each) => Math.max(newest, each.startMs), 0);
  const size = (each: Observation): number => (each.lane === 'speech' ? 2 : each.box ? each.box[2] * each.box[3] : 0);
  return candidates.filter((each) => each.startMs >= newestMs - sameTimeMs).reduce<Observation | null>((best, each) => (!best || size(each) >= size(best) ? each : best), null);
}

function useOnScreen(): [RefObject<HTMLElement | null>, boolean] {
  const ref = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!ref.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false), { threshold: 0.15 });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, seen];
}

/** The gravest veto or high lead of the last ten minutes that nobody has reviewed. */
function findUrgent(flags: readonly Flag[]): Flag | null {
  const since = Date.now() - urgentMs;
  const urgent = flags.filter((flag) => flag.state === 'open' && flag.endMs >= since && (flag.severity === 'veto' || flag.severity === 'high'));
  return urgent.sort((a, b) => severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity))[0] ?? null;
}

/** One room on the wall. */
export function WallTile({ room, index, selected, audible, solo, onMute, onSolo }: { room: Room; index: number; selected: boolean; audible: boolean; solo: boolean; onMute: () => void; onSolo: () => void }): ReactElement {
  const t = useText(wallText);
  const c = useText(commonText);
  const categories = useText(categoryText);
  const live = useRoomLive(room.id);
  const reason = useStateReason(room);
  const flags = useFlagList(room.id);
  const [ref, seen] = useOnScreen();
  const open = flags.filter((flag) => flag.state === 'open');
  const urgent = findUrgent(flags);
  const urgentArrivedMs = useFlags((s) => (urgent ? (s.arrivedMs.get(urgent.id) ?? 0) : 0));
  const raise = urgent !== null && Date.now() - urgentArrivedMs < raisedMs;
  const caption = useMemo(() => pickCaption(live.observations), [live.observations]);
  const marks = useMemo<Mark[]>(() => flags.flatMap((flag) => flag.sources.filter((s) => s.observationId === caption?.id).flatMap((s) => s.spans.map((span) => ({ start: span.start, end: span.end, severity: flag.severity })))), [flags, caption]);
  const recent = useMemo(() => live.observations.filter((each) => each.lane !== 'chat' && each.text.trim() !== '' && each.id !== caption?.id).slice(-5), [live.observations, caption]);
  const still = live.stills[live.stills.length - 1];
  // Set once: the picture covers it, and every change would fetch a file for nothing.
  const [poster] = useState(() => (still ? engineUrl(paths.derivedFile(still.thumbPath)) : undefined));
  const playing = seen && room.lastSegmentMs !== null && room.sessionId !== null && (room.state === 'live' || room.state === 'stalled' || room.state === 'connecting');
  const openAt = (atMs: number | null): void => goTo({ place: 'room', roomId: room.id, atMs });

  return (
    <article
      ref={ref} className={`wall-tile${selected ? ' selected' : ''}${urgent ? ` urgent severity-${urgent.severity}` : ''}${raise ? ' raise' : ''}`}
      data-testid="wall-tile" data-room={room.id} data-state={room.state} onClick={() => setFocus({ kind: 'tile', id: room.id })} onDoubleClick={() => openAt(null)}
    >
      <div className="tile-body">
        <div className="tile-picture">
          {playing
            ? <HlsPlayer tile playlist={paths.livePlaylist(room.id)} muted={!audible} poster={poster} />
            : still ? <img src={engineUrl(paths.derivedFile(still.thumbPath))} alt="" /> : <span className="no-picture">{t('noPicture')}</span>}
        </div>
        <div className="tile-facts">
          <h2 className="tile-name" title={room.name}>{index < 9 ? <kbd className="tile-number">{index + 1}</kbd> : null}{room.name}{room.demo ? <span className="tag">{c('demo')}</span> : null}</h2>
          <StateBadge room={room} elapsed={room.state !== 'live'} />
          {room.state === 'live' || room.state === 'stopped' ? null : <p className="tile-reason" data-testid="tile-reason" title={room.stateFault?.message}>{reason}</p>}
          {room.sessionStartMs !== null && room.state === 'live' ? <span className="tile-elapsed">{t('elapsed')}<ElapsedText sinceMs={room.sessionStartMs} /></span> : null}
          <LevelMeter levelDb={live.levelDb} atMs={live.levelAtMs} audible={audible} />
          <div className="tile-acts">
            <Button size="small" type={audible ? 'default' : 'text'} onClick={onMute} aria-pressed={audible} data-testid="tile-mute">{t(audible ? 'heard' : 'muted')}</Button>
            <Button size="small" type={solo ? 'default' : 'text'} onClick={onSolo} aria-pressed={solo}>{t('soloed')}</Button>
          </div>
          <div className="tile-leads">
            <p className="tile-count" data-testid="tile-flag-count" data-count={open.length}>{open.length > 0 ? t('leads', { n: open.length }) : t('noLeads')}</p>
            {open.slice(0, 6).map((flag) => (
              <button key={flag.id} type="button" className="tile-lead" onClick={(event) => { event.stopPropagation(); openAt(flag.startMs); }}>
                <SeverityMark severity={flag.severity} size={11} />
                <TimeText atMs={flag.startMs} />
                <span>{categories(flag.category)}</span>
                <span className="tile-quote">{flag.quote}</span>
              </button>
            ))}
          </div>
          <ol className="tile-heard" aria-hidden="true">
            {recent.map((each) => <li key={each.id}><TimeText atMs={each.startMs} /> {each.text}</li>)}
          </ol>
        </div>
      </div>
      <p className="tile-caption" title={caption?.text}>{caption ? <MarkedText text={caption.text} marks={marks} /> : <span className="faint">{room.state === 'live' ? t('waiting') : ''}</span>}</p>
      <TenMinuteStrip room={room} flags={flags} gaps={live.gaps} storedToMs={live.storedToMs ?? room.lastSegmentMs} onOpen={openAt} />
    </article>
  );
}
