import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode, Ref } from 'react';
import type { Flag, WallMs } from '../../../electron/contract/index.ts';
import type { FollowMode } from './follow-mode.ts';
import type { HitTarget } from './hit-target.ts';
import { fontFamily } from '../../ui/theme.ts';
import type { ThemeColours } from '../../ui/theme.ts';
import { useTheme } from '../../ui/theme-context.tsx';
import { makeTimelineColors } from './timeline-colors.ts';
import { TimelineController } from './timeline-controller.ts';
import type { TimelineView } from './timeline-controller.ts';
import type { TimelineData } from './timeline-data.ts';
import type { MarkedRange, TimelineLabels } from './timeline-frame.ts';
import { attachInput } from './timeline-input.ts';
import type { TimeLimits } from './time-scale.ts';
import './timeline.css';

/** What a parent may do to the timeline from outside, such as by key. */
export type TimelineHandle = Pick<TimelineController, 'zoom' | 'pan' | 'fit' | 'noteCause' | 'reveal' | 'drawNow'>;

/** A gap or an event in words, for those who cannot see the canvas. */
export type TimelineMark = { readonly key: string; readonly kind: 'gap' | 'event'; readonly atMs: WallMs; readonly words: string };

/** The timeline's inputs; callbacks may change from render to render. */
export type TimelineProps = {
  readonly ref?: Ref<TimelineHandle>;
  readonly data: TimelineData;
  readonly limits: TimeLimits;
  readonly liveMs: WallMs | null;
  readonly range: MarkedRange;
  readonly flags: readonly Flag[];
  readonly marks: readonly TimelineMark[];
  readonly selectedFlagId: string | null;
  readonly labels: TimelineLabels;
  readonly ariaLabel: string;
  readonly readPlayheadMs: () => WallMs | null;
  readonly thumbUrl: (path: string) => string;
  readonly describeFlag: (flag: Flag) => string;
  readonly renderTip: (target: HitTarget) => ReactNode;
  readonly onSeek: (wallMs: WallMs) => void;
  readonly onPickFlag: (flag: Flag) => void;
  readonly onRange: (range: MarkedRange) => void;
  readonly onVisible: (fromMs: WallMs, toMs: WallMs) => void;
  readonly onFollow?: (mode: FollowMode) => void;
};

type Tip = { readonly target: HitTarget; readonly x: number; readonly y: number };

/** The timeline: a canvas with its tooltip, and the same flags, gaps and events as a list for those who cannot see it. */
export function Timeline(props: TimelineProps): ReactNode {
  const { data, limits, liveMs, range, selectedFlagId, labels } = props;
  const { colours } = useTheme();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const controllerRef = useRef<TimelineController | null>(null);
  const latest = useRef({ ...props, colours });
  const [tip, setTip] = useState<Tip | null>(null);
  latest.current = { ...props, colours };

  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null) return;
    const first = latest.current;
    const view = readView(first);
    const controller = new TimelineController(canvas, data, view, {
      readPlayheadMs: () => latest.current.readPlayheadMs(),
      thumbUrl: (path) => latest.current.thumbUrl(path),
      onVisible: (fromMs, toMs) => latest.current.onVisible(fromMs, toMs),
      onFollow: (mode) => latest.current.onFollow?.(mode),
    });
    controllerRef.current = controller;
    const detach = attachInput(canvas, controller, {
      onSeek: (wallMs) => latest.current.onSeek(wallMs),
      onPick: (target) => (target.kind === 'flags' ? latest.current.onPickFlag(target.lead) : latest.current.onSeek(target.atMs)),
      onHover: (target, x, y) => setTip(target === null || target.kind === 'axis' ? null : { target, x, y }),
      onRange: (inMs, outMs) => latest.current.onRange({ inMs, outMs }),
    });
    return () => {
      detach();
      controller.dispose();
      controllerRef.current = null;
    };
  }, [data]);

  useLayoutEffect(() => {
    controllerRef.current?.setView(readView(latest.current));
  }, [limits, liveMs, range, selectedFlagId, labels, colours]);

  // Web fonts arrive after the first picture; the canvas does not know by itself.
  useEffect(() => {
    void document.fonts.ready.then(() => controllerRef.current?.invalidate());
  }, []);

  useImperativeHandle(props.ref, () => ({
    zoom: (factor, px) => controllerRef.current?.zoom(factor, px),
    pan: (px) => controllerRef.current?.pan(px),
    fit: () => controllerRef.current?.fit(),
    noteCause: (cause) => controllerRef.current?.noteCause(cause),
    reveal: (wallMs) => controllerRef.current?.reveal(wallMs),
    drawNow: () => controllerRef.current?.drawNow() ?? 0,
  }), []);

  return (
    <div className="timeline" data-testid="timeline" tabIndex={0} role="group" aria-label={props.ariaLabel}>
      <canvas ref={canvasRef} className="timeline-canvas" aria-hidden="true" />
      {tip !== null && <TimelineTip tip={tip}>{props.renderTip(tip.target)}</TimelineTip>}
      <ul className="timeline-text">
        {props.flags.map((flag) => (
          <li key={flag.id}>
            <button type="button" tabIndex={-1} onClick={() => props.onPickFlag(flag)}>{props.describeFlag(flag)}</button>
          </li>
        ))}
        {props.marks.map((mark) => (
          <li key={mark.key}>
            <button type="button" tabIndex={-1} data-mark={mark.kind} data-at={Math.round(mark.atMs)} onClick={() => props.onSeek(mark.atMs)}>{mark.words}</button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function TimelineTip({ tip, children }: { readonly tip: Tip; readonly children: ReactNode }): ReactNode {
  const boxRef = useRef<HTMLDivElement>(null);
  const [left, setLeft] = useState(tip.x);
  useLayoutEffect(() => {
    const box = boxRef.current;
    const outer = box?.parentElement?.clientWidth ?? 0;
    if (box !== null) setLeft(Math.max(4, Math.min(outer - box.offsetWidth - 4, tip.x + 12)));
  }, [tip]);
  return <div ref={boxRef} className="timeline-tip" role="tooltip" style={{ left }}>{children}</div>;
}

function readView({ limits, liveMs, range, selectedFlagId, labels, colours }: TimelineProps & { colours: ThemeColours }): TimelineView {
  return { limits, liveMs, range, selectedFlagId, labels, colors: makeTimelineColors(colours), font: fontFamily };
}
