import type { WallMs } from '../../../electron/contract/index.ts';
import type { HitTarget } from './hit-target.ts';
import { AXIS_PX, GUTTER_PX } from './lane-layout.ts';
import { toMs } from './time-scale.ts';
import type { TimelineController } from './timeline-controller.ts';

/** What the pointer asks for. */
export type TimelineGestures = {
  /** A click, or a drag along the axis, at an instant. */
  readonly onSeek: (wallMs: WallMs) => void;
  /** A click on something. */
  readonly onPick: (target: HitTarget) => void;
  /** The pointer rests on something at a point of the canvas; null once it has left. */
  readonly onHover: (target: HitTarget | null, x: number, y: number) => void;
  /** A range marked by dragging with Shift held. */
  readonly onRange: (inMs: WallMs, outMs: WallMs) => void;
};

const DRAG_PX = 4;
const WHEEL_ZOOM_PER_PX = 0.0022;
const LINE_PX = 24;

type Drag = { kind: 'pan' | 'scrub' | 'range'; startX: number; lastX: number; startMs: WallMs; moved: boolean };

/** Connects wheel, drag, pinch and click on the canvas to the timeline; returns a function that disconnects them. */
export function attachInput(canvas: HTMLCanvasElement, controller: TimelineController, gestures: TimelineGestures): () => void {
  const pointers = new Map<number, number>();
  let drag: Drag | null = null;
  let pinchPx = 0;

  const point = (event: MouseEvent): { x: number; y: number } => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const timeAt = (x: number): WallMs => toMs(controller.scale, x - GUTTER_PX);

  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      controller.pan(sideways * unit);
      return;
    }
    // A pinch on a touch pad arrives as ctrl+wheel with small deltas.
    const gain = event.ctrlKey ? 4 : 1;
    controller.zoom(Math.exp(-event.deltaY * unit * WHEEL_ZOOM_PER_PX * gain), Math.max(0, point(event).x - GUTTER_PX));
  };

  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const { x, y } = point(event);
    if (x < GUTTER_PX) return;
    pointers.set(event.pointerId, x);
    canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 2) {
      drag = null;
      pinchPx = pinchDistance(pointers);
      return;
    }
    const kind = event.shiftKey ? 'range' : y < AXIS_PX ? 'scrub' : 'pan';
    drag = { kind, startX: x, lastX: x, startMs: timeAt(x), moved: false };
    if (kind === 'scrub') gestures.onSeek(timeAt(x));
  };

  const onMove = (event: PointerEvent): void => {
    const { x, y } = point(event);
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, x);
    if (pointers.size === 2) {
      const [a = 0, b = 0] = [...pointers.values()];
      const distance = pinchDistance(pointers);
      controller.zoom(distance / Math.max(8, pinchPx), (a + b) / 2 - GUTTER_PX);
      pinchPx = distance;
      return;
    }
    if (drag === null) {
      const target = controller.hover(x, y);
      canvas.style.cursor = x < GUTTER_PX ? 'default' : target?.kind === 'flags' || target?.kind === 'events' ? 'pointer' : target?.kind === 'axis' ? 'ew-resize' : 'crosshair';
      gestures.onHover(target, x, y);
      return;
    }
    if (!drag.moved && Math.abs(x - drag.startX) < DRAG_PX) return;
    drag.moved = true;
    gestures.onHover(null, x, y);
    if (drag.kind === 'pan') {
      canvas.style.cursor = 'grabbing';
      controller.pan(drag.lastX - x);
    } else if (drag.kind === 'scrub') gestures.onSeek(timeAt(x));
    else gestures.onRange(Math.min(drag.startMs, timeAt(x)), Math.max(drag.startMs, timeAt(x)));
    drag.lastX = x;
  };

  const onUp = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
    const ended = drag;
    drag = null;
    canvas.style.cursor = 'crosshair';
    if (ended === null || ended.moved || ended.kind !== 'pan' || event.type === 'pointercancel') return;
    const { x, y } = point(event);
    const target = controller.hover(x, y);
    if (target !== null) gestures.onPick(target);
  };

  const onLeave = (): void => {
    if (drag !== null) return;
    controller.leave();
    gestures.onHover(null, 0, 0);
  };

  canvas.addEventListener('wheel', onWheel, { passive: false });
  canvas.addEventListener('pointerdown', onDown);
  canvas.addEventListener('pointermove', onMove);
  canvas.addEventListener('pointerup', onUp);
  canvas.addEventListener('pointercancel', onUp);
  canvas.addEventListener('pointerleave', onLeave);
  return () => {
    canvas.removeEventListener('wheel', onWheel);
    canvas.removeEventListener('pointerdown', onDown);
    canvas.removeEventListener('pointermove', onMove);
    canvas.removeEventListener('pointerup', onUp);
    canvas.removeEventListener('pointercancel', onUp);
    canvas.removeEventListener('pointerleave', onLeave);
  };
}

function pinchDistance(pointers: ReadonlyMap<number, number>): number {
  const [a = 0, b = 0] = [...pointers.values()];
  return Math.abs(a - b);
}
