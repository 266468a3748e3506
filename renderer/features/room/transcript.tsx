import { Button, Input } from 'antd';
import type { InputRef } from 'antd';
import { memo, useDeferredValue, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactElement, Ref } from 'react';
import { useStore } from 'zustand';
import type { FlagId, WallMs } from '../../../electron/contract/index.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatClock } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import type { TimelineData } from '../timeline/index.ts';
import type { PlayheadStore } from './playhead-store.ts';
import { roomText } from './room-text.ts';
import { buildLines, currentLineIndex, filterLines } from './transcript-lines.ts';
import type { TranscriptLane, TranscriptLine } from './transcript-lines.ts';

/** What the transcript shows and may ask for. */
export type TranscriptProps = {
  readonly data: TimelineData;
  readonly playhead: PlayheadStore;
  readonly loading: boolean;
  readonly speechMissing: boolean;
  readonly searchRef: Ref<InputRef>;
  readonly onSeek: (wallMs: WallMs) => void;
  readonly onFlag: (id: FlagId) => void;
};

const LANES: readonly TranscriptLane[] = ['speech', 'ocr', 'chat'];
/** Lines in the page at once: a day has tens of thousands, of which a person sees thirty. */
const BEFORE = 90;
const AFTER = 60;
const EXTEND = 60;

/** What was said, shown and typed, in one column in step with the player. */
export function Transcript({ data, playhead, loading, speechMissing, searchRef, onSeek, onFlag }: TranscriptProps): ReactElement {
  const t = useText(roomText);
  const version = useSyncExternalStore(data.subscribe, () => data.version);
  const [lanes, setLanes] = useState<ReadonlySet<TranscriptLane>>(new Set(LANES));
  const [search, setSearch] = useState('');
  const [pinned, setPinned] = useState<{ from: number; to: number } | null>(null);
  const boxRef = useRef<HTMLDivElement>(null);
  const settingScroll = useRef(false);
  const wanted = useDeferredValue(search);
  const all = useMemo(() => buildLines(LANES.flatMap((lane) => data.lanes[lane].items), data.flags), [data, version]);
  const lines = useMemo(() => filterLines(all, lanes, wanted), [all, lanes, wanted]);
  const current = useStore(playhead, (s) => (s.wallMs === null ? -1 : currentLineIndex(lines, s.wallMs)));
  const from = Math.max(0, pinned?.from ?? current - BEFORE);
  const to = Math.min(lines.length, pinned?.to ?? Math.max(0, current) + AFTER);
  const shown = lines.slice(from, to);
  const currentKey = lines[current]?.key ?? null;

  useLayoutEffect(() => {
    if (pinned !== null) return;
    const box = boxRef.current;
    const line = box?.querySelector<HTMLElement>('[data-current="true"]');
    if (!box || !line) return;
    const top = Math.max(0, line.offsetTop - box.clientHeight * 0.6);
    if (Math.abs(top - box.scrollTop) < 1) return;
    settingScroll.current = true;
    box.scrollTop = top;
  }, [currentKey, pinned, lines]);

  const pin = (): void => {
    if (pinned === null) setPinned({ from, to });
  };
  const onScroll = (): void => {
    const box = boxRef.current;
    if (!box) return;
    if (settingScroll.current) {
      settingScroll.current = false;
      return;
    }
    if (pinned === null) return;
    if (box.scrollTop < 80 && pinned.from > 0) setPinned({ from: Math.max(0, pinned.from - EXTEND), to: pinned.to });
    else if (box.scrollTop + box.clientHeight > box.scrollHeight - 80 && pinned.to < lines.length) setPinned({ from: pinned.from, to: pinned.to + EXTEND });
  };
  const toggleLane = (lane: TranscriptLane): void => {
    const next = new Set(lanes);
    if (!next.delete(lane)) next.add(lane);
    setLanes(next);
    setPinned(null);
  };

  return (
    <section className="transcript" data-testid="transcript" aria-label={t('transcript')}>
      <header className="transcript-head">
        {LANES.map((lane) => (
          <button key={lane} type="button" className="lane-toggle" aria-pressed={lanes.has(lane)} onClick={() => toggleLane(lane)}>
            <LaneSign lane={lane} />{t(`lane_${lane}`)}
          </button>
        ))}
        <Input ref={searchRef} size="small" allowClear className="transcript-search" placeholder={`${t('search')} (/)`} value={search} onChange={(event) => { setSearch(event.target.value); setPinned(null); }} onKeyDown={(event) => { if (event.key === 'Escape') event.currentTarget.blur(); }} />
      </header>
      {speechMissing && lanes.has('speech') && <p className="transcript-note">{t('noSpeechModel')}</p>}
      <div ref={boxRef} className="transcript-lines" onScroll={onScroll} onWheel={pin} onPointerDown={(event) => { if (event.target === event.currentTarget) pin(); }}>
        {shown.length === 0
          ? <EmptyState title={lines.length === 0 && all.length > 0 ? t('noMatch') : loading ? '…' : t('noLines')} />
          : shown.map((line) => <Line key={line.key} line={line} current={line.key === currentKey} onSeek={onSeek} onFlag={onFlag} />)}
      </div>
      {pinned !== null && <Button size="small" className="transcript-follow" onClick={() => setPinned(null)}>{t('followAgain')}</Button>}
    </section>
  );
}

type LineProps = { readonly line: TranscriptLine; readonly current: boolean; readonly onSeek: (wallMs: WallMs) => void; readonly onFlag: (id: FlagId) => void };

const Line = memo(function Line({ line, current, onSeek, onFlag }: LineProps): ReactElement {
  const flagId = line.parts.find((part) => part.flagId !== null)?.flagId ?? null;
  const open = (): void => (flagId === null ? onSeek(line.startMs) : onFlag(flagId));
  const t = useText(roomText);
  const made = line.lane === 'chat' ? undefined : t('heardBy', { engine: line.engine, percent: Math.round(line.confidence * 100) });
  return (
    <button type="button" className={`transcript-line lane-${line.lane}`} data-testid="transcript-line" data-lane={line.lane} data-current={current} title={made} onClick={open}>
      <time className="tabular">{formatClock(line.startMs)}</time>
      <LaneSign lane={line.lane} />
      <span className="transcript-words">
        {line.speaker !== '' && <span className="transcript-speaker">{line.speaker}</span>}
        {line.parts.map((part, i) => {
          const text = part.unsure === true ? <span key={i} className="unsure">{part.text}</span> : part.text;
          return part.severity === null ? text : <mark key={i} className={`marked severity-${part.severity}`}>{text}</mark>;
        })}
      </span>
    </button>
  );
});

const SIGNS: Record<TranscriptLane, string> = {
  speech: 'M6 1 Q8 1 8 3 V6 Q8 8 6 8 Q4 8 4 6 V3 Q4 1 6 1 Z M2.5 6 Q2.5 9.5 6 9.5 Q9.5 9.5 9.5 6 M6 9.5 V11.5',
  ocr: 'M1 2.5 V1 H2.5 M9.5 1 H11 V2.5 M11 9.5 V11 H9.5 M2.5 11 H1 V9.5 M3.5 4 H8.5 M6 4 V9',
  chat: 'M1 2 H11 V8.5 H6 L3.5 11 V8.5 H1 Z',
};

function LaneSign({ lane }: { readonly lane: TranscriptLane }): ReactElement {
  const t = useText(roomText);
  return <svg className="lane-sign" width="12" height="12" viewBox="0 0 12 12" fill="none" stroke="currentColor" role="img" aria-label={t(`lane_${lane}`)}><path d={SIGNS[lane]} /></svg>;
}
