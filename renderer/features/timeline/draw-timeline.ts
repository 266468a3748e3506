import { drawChat, drawNote, drawPictures, drawSound, drawTexts } from './draw-lanes.ts';
import { drawEvents } from './draw-events.ts';
import { drawFlags } from './draw-flags.ts';
import { laneBox } from './lane-layout.ts';
import { isSoundGap } from './timeline-data.ts';
import type { TimelineFrame } from './timeline-frame.ts';
import { endMs, formatMediaTime, formatWallTime, planTicks, toPx } from './time-scale.ts';

/** Draws one picture of the whole timeline; the context is already scaled to CSS pixels. */
export function drawTimeline(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { scale, layout, colors } = frame;
  const right = layout.gutterPx + scale.widthPx;
  context.fillStyle = colors.background;
  context.fillRect(0, 0, right, layout.height);
  context.save();
  context.beginPath();
  context.rect(layout.gutterPx, 0, scale.widthPx, layout.height);
  context.clip();
  context.translate(layout.gutterPx, 0);
  drawGround(context, frame);
  drawPictures(context, frame);
  drawSound(context, frame);
  drawTexts(context, frame, 'speech', frame.data.lanes.speech);
  if (frame.labels.speechNote !== '' && frame.data.lanes.speech.items.length === 0) drawNote(context, frame, laneBox(layout, 'speech'), frame.labels.speechNote);
  drawTexts(context, frame, 'ocr', frame.data.lanes.ocr);
  drawChat(context, frame);
  drawFlags(context, frame);
  drawGaps(context, frame);
  drawEvents(context, frame);
  drawRange(context, frame);
  drawLive(context, frame);
  drawHover(context, frame);
  drawPlayhead(context, frame);
  context.restore();
  drawGutter(context, frame);
}

function drawGround(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { scale, layout, colors } = frame;
  const from = Math.max(0, toPx(scale, frame.sessionStartMs));
  context.fillStyle = colors.lane;
  if (from < scale.widthPx) context.fillRect(from, layout.axis.height, scale.widthPx - from, layout.height);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.font = `11px ${frame.font}`;
  for (const tick of planTicks(scale)) {
    const x = Math.round(toPx(scale, tick.atMs)) + 0.5;
    context.fillStyle = colors.line;
    context.fillRect(x, tick.major ? 8 : 16, 1, tick.major ? layout.height : 6);
    if (!tick.major) continue;
    context.fillStyle = colors.weak;
    context.fillText(tick.label, x + 4, 10);
  }
  context.fillStyle = colors.line;
  for (const lane of layout.lanes) context.fillRect(0, lane.y, scale.widthPx, 1);
}

let hatch: { readonly color: string; readonly pattern: CanvasPattern } | null = null;

function hatchPattern(context: CanvasRenderingContext2D, color: string): CanvasPattern | string {
  if (hatch?.color === color) return hatch.pattern;
  const tile = document.createElement('canvas');
  tile.width = 8;
  tile.height = 8;
  const pen = tile.getContext('2d');
  if (pen === null) return color;
  pen.strokeStyle = color;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift - 1, 9);
    pen.lineTo(shift + 9, -1);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, 'repeat');
  if (pattern === null) return color;
  hatch = { color, pattern };
  return pattern;
}

function drawGaps(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { scale, layout, colors } = frame;
  const lane = laneBox(layout, 'gaps');
  for (const gap of frame.data.gaps.query(scale.fromMs, endMs(scale))) {
    const x = toPx(scale, gap.startMs);
    const width = Math.max(2, toPx(scale, gap.endMs) - x);
    const pattern = hatchPattern(context, colors.hatch);
    context.save();
    context.translate(x, 0);
    context.fillStyle = pattern;
    const sound = isSoundGap(gap.gap) ? laneBox(layout, 'sound') : null;
    context.fillRect(0, sound?.y ?? layout.axis.height, width, sound?.height ?? layout.height - layout.axis.height);
    context.restore();
    context.fillStyle = colors.weak;
    // Where only sound is missing the bar is half as high.
    const barPx = Math.max(2, lane.height - 8);
    context.fillRect(x, sound === null ? lane.y + 4 : lane.y + 4 + barPx / 2, width, sound === null ? barPx : barPx / 2);
  }
}

function drawRange(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { scale, layout, colors, range } = frame;
  const marks = [range.inMs, range.outMs].map((at) => (at === null ? null : toPx(scale, at)));
  const [inPx, outPx] = [marks[0] ?? null, marks[1] ?? null];
  if (inPx !== null && outPx !== null) {
    context.fillStyle = colors.range;
    context.fillRect(inPx, 0, outPx - inPx, layout.height);
  }
  context.fillStyle = colors.text;
  for (const [x, direction] of [[inPx, 1], [outPx, -1]] as const) {
    if (x === null) continue;
    context.fillRect(x - 0.5, 0, 1.5, layout.height);
    context.fillRect(direction > 0 ? x : x - 5, 0, 5, 2);
    context.fillRect(direction > 0 ? x : x - 5, layout.height - 2, 5, 2);
  }
}

function drawLive(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  if (frame.liveMs === null) return;
  const { scale, layout, colors } = frame;
  const x = toPx(scale, frame.liveMs);
  if (x < -60 || x > scale.widthPx + 2) return;
  context.fillStyle = colors.background;
  context.fillRect(x + 1, layout.axis.height, scale.widthPx, layout.height);
  context.setLineDash([3, 3]);
  context.strokeStyle = colors.weak;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, layout.height);
  context.stroke();
  context.setLineDash([]);
  context.font = `600 10px ${frame.font}`;
  context.textBaseline = 'middle';
  context.fillStyle = colors.weak;
  context.fillText(frame.labels.live, x + 5, layout.axis.height + 10);
}

function drawHover(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  if (frame.hoverPx === null) return;
  context.fillStyle = frame.colors.weak;
  context.globalAlpha = 0.6;
  context.fillRect(Math.round(frame.hoverPx), frame.layout.axis.height, 1, frame.layout.height);
  context.globalAlpha = 1;
}

function drawPlayhead(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  if (frame.playheadMs === null) return;
  const { scale, layout, colors } = frame;
  const x = toPx(scale, frame.playheadMs);
  if (x < -1 || x > scale.widthPx + 1) return;
  context.fillStyle = colors.playhead;
  context.fillRect(x - 0.75, 0, 1.5, layout.height);
  const text = `${formatWallTime(frame.playheadMs)}  ${formatMediaTime(frame.playheadMs - frame.sessionStartMs)}`;
  context.font = `600 11px ${frame.font}`;
  const width = context.measureText(text).width + 12;
  const left = Math.min(scale.widthPx - width, Math.max(0, x - width / 2));
  context.beginPath();
  context.roundRect(left, 1, width, 17, 3);
  context.fill();
  context.fillStyle = colors.background;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(text, left + 6, 10);
}

function drawGutter(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { layout, colors } = frame;
  context.fillStyle = colors.background;
  context.fillRect(0, 0, layout.gutterPx, layout.height);
  context.fillStyle = colors.line;
  context.fillRect(layout.gutterPx - 1, 0, 1, layout.height);
  context.font = `12px ${frame.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const lane of layout.lanes) {
    context.fillStyle = colors.line;
    context.fillRect(0, lane.y, layout.gutterPx, 1);
    context.fillStyle = colors.weak;
    context.fillText(frame.labels.lanes[lane.id], 10, lane.y + lane.height / 2 + 0.5, layout.gutterPx - 12);
  }
}
