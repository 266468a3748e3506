import type { Observation } from '../../../electron/contract/index.ts';
import { laneBox } from './lane-layout.ts';
import type { LaneBox } from './lane-layout.ts';
import { lowerBound } from './span-index.ts';
import type { SpanIndex, Spanned } from './span-index.ts';
import type { TimelineFrame } from './timeline-frame.ts';
import { chooseStepMs, endMs, toPx } from './time-scale.ts';

const TEXT_MIN_PX = 34;
const DOT_BIN_PX = 4;

/** Draws thumbnails side by side, one per slot of a fixed grid of wall time, so that panning never swaps them. */
export function drawPictures(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { scale, data } = frame;
  const lane = laneBox(frame.layout, 'picture');
  const items = data.stills.items;
  if (items.length === 0) return;
  const [first] = data.stills.find(scale.fromMs, endMs(scale));
  const sample = (items[first] ?? items[0]!).still;
  const height = lane.height - 4;
  const width = Math.max(8, Math.round((height * sample.width) / sample.height));
  const slotMs = chooseStepMs(scale.msPerPx, width + 1);
  for (let slot = Math.floor(scale.fromMs / slotMs); slot * slotMs < endMs(scale); slot++) {
    const item = items[lowerBound(items, slot * slotMs)];
    if (item === undefined || item.startMs >= (slot + 1) * slotMs) continue;
    const x = toPx(scale, slot * slotMs);
    const image = frame.thumbs.get(item.still.thumbPath);
    if (image === null) {
      context.fillStyle = frame.colors.line;
      context.fillRect(x, lane.y + 2, width, height);
    } else context.drawImage(image, x, lane.y + 2, width, height);
  }
  frame.thumbs.settle();
}

/** Draws the waveform mirrored about the row's middle, one column per pixel, over shaded speech. */
export function drawSound(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { scale, data, colors } = frame;
  const lane = laneBox(frame.layout, 'sound');
  context.fillStyle = colors.voiced;
  eachRun(frame, data.voiced, 1, (x, width) => context.fillRect(x, lane.y + 1, width, lane.height - 2));
  const middle = lane.y + lane.height / 2;
  const half = (lane.height - 4) / 2;
  context.fillStyle = colors.wave;
  context.beginPath();
  // Columns stand on a grid of wall time, so that the shape does not shimmer while panning.
  const firstColumn = Math.floor(scale.fromMs / scale.msPerPx);
  for (let column = firstColumn; column <= firstColumn + scale.widthPx; column++) {
    const range = data.waveform.read(column * scale.msPerPx, (column + 1) * scale.msPerPx);
    if (range === null) continue;
    const reach = Math.max(0.5, (range.max / 255) * half);
    context.rect(column - scale.fromMs / scale.msPerPx, middle - reach, 1, reach * 2);
  }
  context.fill();
}

/** Draws a row of texts as bars, the text inside where it is long enough. */
export function drawTexts(context: CanvasRenderingContext2D, frame: TimelineFrame, id: 'speech' | 'ocr', index: SpanIndex<Observation>): void {
  const { scale, colors } = frame;
  const lane = laneBox(frame.layout, id);
  const height = lane.height - 6;
  context.fillStyle = colors.bar;
  eachRun(frame, index, 2, (x, width) => context.fillRect(x, lane.y + 3, Math.max(1.5, width - 1), height));
  const [from, to] = index.find(scale.fromMs, endMs(scale));
  // Where even the average bar is too short for text, looking at each one would cost thousands of measurements a frame.
  if (to - from > scale.widthPx / 4) return;
  context.font = `${Math.min(12, height)}px ${frame.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = colors.barText;
  for (let i = from; i < to; i++) {
    const item = index.items[i]!;
    const x = Math.max(0, toPx(scale, item.startMs));
    const next = index.items[i + 1];
    const right = Math.min(scale.widthPx, toPx(scale, item.endMs), next === undefined ? Infinity : toPx(scale, next.startMs));
    if (right - x >= TEXT_MIN_PX) fillClipped(context, item.text, x + 4, lane.y + lane.height / 2 + 0.5, right - x - 6);
  }
}

/** Draws chat: dots where messages are sparse, columns where many fall together, and the text itself where there is room. */
export function drawChat(context: CanvasRenderingContext2D, frame: TimelineFrame): void {
  const { scale, data, colors } = frame;
  const lane = laneBox(frame.layout, 'chat');
  const items = data.lanes.chat.items;
  const bottom = lane.y + lane.height - 3;
  const binMs = DOT_BIN_PX * scale.msPerPx;
  const visibleTo = lowerBound(items, endMs(scale));
  context.font = `11px ${frame.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (let i = lowerBound(items, scale.fromMs - binMs); i < visibleTo;) {
    const bin = Math.floor(items[i]!.startMs / binMs);
    const first = i;
    while (i < visibleTo && items[i]!.startMs < (bin + 1) * binMs) i++;
    const x = ((bin * binMs) - scale.fromMs) / scale.msPerPx;
    const count = i - first;
    const height = Math.min(lane.height - 5, 3 + 3 * Math.log2(count));
    context.fillStyle = colors.wave;
    context.fillRect(x, bottom - height, 3, height);
    const next = items[i];
    const room = next === undefined ? 160 : toPx(scale, next.startMs) - x - 8;
    if (count === 1 && room >= TEXT_MIN_PX) {
      context.fillStyle = colors.weak;
      fillClipped(context, items[first]!.text, x + 6, lane.y + lane.height / 2, Math.min(room, 160));
    }
  }
}

/** Calls back for each drawn run of a row, joining what lies closer than `joinPx`. */
function eachRun(frame: TimelineFrame, index: Pick<SpanIndex<Spanned>, 'find' | 'items'>, joinPx: number, draw: (x: number, width: number) => void): void {
  const { scale } = frame;
  const [from, to] = index.find(scale.fromMs, endMs(scale));
  const items = index.items;
  // Only what is shorter than a few pixels is joined: zoomed in, two sentences stay two bars.
  const joinBelowMs = 6 * scale.msPerPx;
  let runFrom = NaN;
  let runTo = NaN;
  let joinable = false;
  for (let i = from; i < to; i++) {
    const item = items[i]!;
    const x = toPx(scale, item.startMs);
    const right = Math.max(x + 1, toPx(scale, item.endMs));
    const short = item.endMs - item.startMs < joinBelowMs;
    if (x <= runTo + joinPx && (joinable || short)) {
      runTo = Math.max(runTo, right);
      joinable = true;
      continue;
    }
    if (runTo > 0) draw(Math.max(-2, runFrom), runTo - Math.max(-2, runFrom));
    [runFrom, runTo, joinable] = [x, right, short];
  }
  if (runTo > 0) draw(Math.max(-2, runFrom), runTo - Math.max(-2, runFrom));
}

/** Cuts a text to a width by an estimate per character: exact measuring of every label would cost the frame. */
function fillClipped(context: CanvasRenderingContext2D, text: string, x: number, y: number, widthPx: number): void {
  const size = parseFloat(context.font.match(/([\d.]+)px/)?.[1] ?? '11');
  let used = 0;
  let length = 0;
  for (const char of text) {
    used += char.charCodeAt(0) > 0x2e7f ? size : size * 0.58;
    if (used > widthPx) break;
    length += char.length;
  }
  if (length > 0) context.fillText(length < text.length ? `${text.slice(0, Math.max(1, length - 1))}…` : text, x, y);
}

/** Writes a quiet note into a row, from the session's start or the left edge. */
export function drawNote(context: CanvasRenderingContext2D, frame: TimelineFrame, lane: LaneBox, text: string): void {
  context.font = `11px ${frame.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = frame.colors.weak;
  context.fillText(text, Math.max(0, toPx(frame.scale, frame.sessionStartMs)) + 6, lane.y + lane.height / 2 + 0.5);
}
