import { MARK_PX } from './flag-items.ts';
import type { FlagItem } from './flag-items.ts';
import { markStyle, traceShape } from './flag-shapes.ts';
import { laneBox } from './lane-layout.ts';
import type { TimelineFrame } from './timeline-frame.ts';
import { endMs, toPx } from './time-scale.ts';

/** Draws the flag row: marks by category and severity, their extent below, labels and cluster counts beside. */
export function drawFlags(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { scale, flags, colors } = frame;
  const lane = laneBox(frame.layout, 'flags');
  const rowHeight = (lane.height - 4) / flags.rows;
  const toEndMs = endMs(scale) + MARK_PX * scale.msPerPx;
  context.font = `11px ${frame.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const item of flags.items) {
    const last = item.flags.at(-1)!;
    if (item.atMs > toEndMs || Math.max(last.endMs, item.atMs + 120 * scale.msPerPx) < scale.fromMs) continue;
    const x = toPx(scale, item.atMs);
    const y = lane.y + 2 + rowHeight * (item.row + 0.5);
    drawExtent(context, frame, item, lane.y + 2 + rowHeight * (item.row + 1) - 1.5);
    const selected = item.flags.some((flag) => flag.id === frame.selectedFlagId);
    drawMark(context, frame, item, x, y, Math.min(6.5, rowHeight * 0.36));
    if (selected) strokeSelection(context, colors.playhead, x, y, Math.min(MARK_PX, rowHeight) / 2);
    if (item.flags.length > 1) drawCount(context, frame, item.flags.length, x + 8, y);
    else if (item.labelled) {
      context.fillStyle = item.lead.state === 'dismissed' ? colors.weak : colors.text;
      context.fillText(frame.labels.categories[item.lead.category], x + 11, y + 0.5, 54);
    }
  }
}

function drawMark(context: CanvasRenderingContext2D, frame: TimelineFrame, item: FlagItem, x: number, y: number, radius: number): void {
  const { lead } = item;
  const dismissed = lead.state === 'dismissed';
  const style = markStyle(lead.severity);
  const color = dismissed ? frame.colors.weak : frame.colors.severity[lead.severity];
  context.lineWidth = 1.5;
  context.strokeStyle = color;
  context.fillStyle = style.filled && !dismissed ? color : frame.colors.lane;
  traceShape(context, lead.category, x, y, radius);
  context.fill();
  context.stroke();
  if (style.ringed && !dismissed) {
    context.lineWidth = 1.25;
    traceShape(context, lead.category, x, y, radius + 3);
    context.stroke();
  }
  if (dismissed) strokePath(context, color, [[x - radius, y + radius], [x + radius, y - radius]]);
  // A tick inside the mark: confirmed.
  if (lead.state === 'confirmed') strokePath(context, style.filled ? frame.colors.lane : color, [[x - 3, y], [x - 0.5, y + 2.5], [x + 3.5, y - 2.5]]);
}

function strokePath(context: CanvasRenderingContext2D, color: string, points: readonly (readonly [number, number])[]): void {
  context.strokeStyle = color;
  context.lineWidth = 1.75;
  context.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
}

function drawExtent(context: CanvasRenderingContext2D, frame: TimelineFrame, item: FlagItem, y: number): void {
  for (const flag of item.flags) {
    const from = toPx(frame.scale, flag.startMs);
    const width = (flag.endMs - flag.startMs) / frame.scale.msPerPx;
    if (width < 6) continue;
    context.fillStyle = flag.state === 'dismissed' ? frame.colors.weak : frame.colors.severity[flag.severity];
    context.fillRect(from, y, width, 2);
  }
}

function drawCount(context: CanvasRenderingContext2D, frame: TimelineFrame, count: number, x: number, y: number): void {
  context.font = `600 10px ${frame.font}`;
  const text = String(count);
  const width = context.measureText(text).width + 6;
  context.fillStyle = frame.colors.line;
  context.beginPath();
  context.roundRect(x - 2, y - 9, width, 12, 6);
  context.fill();
  context.fillStyle = frame.colors.text;
  context.fillText(text, x + 1, y - 2.5);
  context.font = `11px ${frame.font}`;
}

function strokeSelection(context: CanvasRenderingContext2D, color: string, x: number, y: number, half: number): void {
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(x - half - 1, y - half, half * 2 + 2, half * 2, 3);
  context.stroke();
}
