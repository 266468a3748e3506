import { laneBox } from './lane-layout.ts';
import type { TimelineFrame } from './timeline-frame.ts';
import { isTroubleEvent } from './trouble-event.ts';
import { endMs, toPx } from './time-scale.ts';

const MARK_PX = 7;

/** Draws what happened beside the footage: a hollow diamond for what is ordinary, a full one with a line through every row for trouble; marks that fall together are one. */
export function drawEvents(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { scale, layout, colors, data } = frame;
  const lane = laneBox(layout, 'events');
  const middle = lane.y + lane.height / 2;
  const half = Math.min(MARK_PX, lane.height - 4) / 2;
  const marks: { x: number; isTrouble: boolean }[] = [];
  for (const { startMs, event } of data.events.query(scale.fromMs - MARK_PX * scale.msPerPx, endMs(scale) + MARK_PX * scale.msPerPx)) {
    const x = Math.round(toPx(scale, startMs));
    const isTrouble = isTroubleEvent(event);
    const last = marks.at(-1);
    if (last !== undefined && x - last.x < MARK_PX) last.isTrouble ||= isTrouble;
    else marks.push({ x, isTrouble });
  }
  for (const { x, isTrouble } of marks) {
    if (isTrouble) {
      context.fillStyle = colors.line;
      context.fillRect(x, layout.axis.height, 1, lane.y - layout.axis.height);
    }
    context.beginPath();
    context.moveTo(x + 0.5, middle - half);
    context.lineTo(x + 0.5 + half, middle);
    context.lineTo(x + 0.5, middle + half);
    context.lineTo(x + 0.5 - half, middle);
    context.closePath();
    context.lineWidth = 1.2;
    context.strokeStyle = context.fillStyle = isTrouble ? colors.text : colors.weak;
    if (isTrouble) context.fill();
    context.stroke();
  }
}
