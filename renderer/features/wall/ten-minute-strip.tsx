import type { MouseEvent, ReactElement } from 'react';
import type { Flag, Gap, Room } from '../../../electron/contract/index.ts';
import { liveWindowMs } from '../../state/live-store.ts';
import { categoryText } from '../../ui/common-text.ts';
import { formatClock } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { SeverityMark } from '../../ui/severity-mark.tsx';
import { useNow } from '../../ui/use-now.ts';
import { wallText } from './wall-text.ts';

/** The last ten minutes as a thin strip: what is recorded, what is missing, where the leads are; a click goes there. */
export function TenMinuteStrip({ room, flags, gaps, storedToMs, onOpen }: { room: Room; flags: readonly Flag[]; gaps: readonly Gap[]; storedToMs: number | null; onOpen: (atMs: number) => void }): ReactElement {
  const t = useText(wallText);
  const categories = useText(categoryText);
  const now = useNow();
  const fromMs = now - liveWindowMs;
  const place = (ms: number): string => `${(Math.max(0, Math.min(1, (ms - fromMs) / liveWindowMs)) * 100).toFixed(2)}%`;
  const span = (a: number, b: number): { left: string; width: string } => ({ left: place(a), width: `calc(${place(b)} - ${place(a)})` });
  const go = (event: MouseEvent<HTMLDivElement>): void => {
    event.stopPropagation();
    const box = event.currentTarget.getBoundingClientRect();
    onOpen(fromMs + ((event.clientX - box.left) / box.width) * liveWindowMs);
  };
  return (
    <div className="ten-strip" title={t('tenMinutes')} onClick={go} data-testid="ten-strip">
      {room.sessionStartMs !== null && storedToMs !== null ? <span className="strip-stored" style={span(Math.max(fromMs, room.sessionStartMs), Math.min(now, storedToMs))} /> : null}
      {gaps.filter((gap) => gap.toMs > fromMs).map((gap) => <span key={gap.fromMs} className="strip-gap" style={span(gap.fromMs, gap.toMs)} />)}
      {flags.filter((flag) => flag.endMs > fromMs && flag.state !== 'dismissed').map((flag) => (
        <button
          key={flag.id} type="button" className="strip-flag" style={{ left: place(flag.startMs) }} data-testid="strip-flag"
          title={t('goThere', { time: formatClock(flag.startMs), name: categories(flag.category), quote: flag.quote })}
          onClick={(event) => { event.stopPropagation(); onOpen(flag.startMs); }}
        ><SeverityMark severity={flag.severity} size={10} /></button>
      ))}
    </div>
  );
}
