/** The rows of the timeline from top to bottom. */
export const LANE_IDS = ['picture', 'sound', 'speech', 'ocr', 'chat', 'flags', 'events', 'gaps'] as const;
/** A row of the timeline. */
export type LaneId = (typeof LANE_IDS)[number];

/** Where a row lies, in CSS pixels from the top of the canvas. */
export type LaneBox = { readonly id: LaneId; readonly y: number; readonly height: number };

/** Where everything lies on a canvas of one height. */
export type LaneLayout = {
  readonly axis: { readonly y: number; readonly height: number };
  readonly lanes: readonly LaneBox[];
  /** Width of the column with the row names, left of the time area. */
  readonly gutterPx: number;
  readonly height: number;
};

/** Width of the column with the row names in CSS pixels. */
export const GUTTER_PX = 48;
/** Height of the time axis in CSS pixels. */
export const AXIS_PX = 22;

const BASE_PX: Record<LaneId, number> = { picture: 38, sound: 38, speech: 18, ocr: 18, chat: 16, flags: 38, events: 14, gaps: 14 };
/** Only these rows gain from more room: pictures get larger, the waveform finer, text taller. */
const GROWTH: Record<LaneId, number> = { picture: 5, sound: 4, speech: 1, ocr: 1, chat: 1, flags: 1, events: 0, gaps: 0 };
const MAX_PX: Record<LaneId, number> = { picture: 112, sound: 96, speech: 24, ocr: 24, chat: 24, flags: 48, events: 16, gaps: 14 };

/** The height at which every row has its base height. */
export const BASE_HEIGHT_PX = AXIS_PX + LANE_IDS.reduce((sum, id) => sum + BASE_PX[id], 0);

/** Divides a canvas height among the axis and the rows; below the base height all rows shrink alike, above it pictures and sound grow first. */
export function layoutLanes(height: number): LaneLayout {
  const sizes = height >= BASE_HEIGHT_PX ? growLanes(height - BASE_HEIGHT_PX) : shrinkLanes(height);
  const lanes: LaneBox[] = [];
  let y = AXIS_PX;
  for (const id of LANE_IDS) {
    lanes.push({ id, y, height: sizes[id] });
    y += sizes[id];
  }
  return { axis: { y: 0, height: AXIS_PX }, lanes, gutterPx: GUTTER_PX, height };
}

/** Finds the row under a y, null on the axis and below the last row. */
export function laneAt(layout: LaneLayout, y: number): LaneBox | null {
  return layout.lanes.find((lane) => y >= lane.y && y < lane.y + lane.height) ?? null;
}

/** Gives one row's box. */
export function laneBox(layout: LaneLayout, id: LaneId): LaneBox {
  const found = layout.lanes.find((lane) => lane.id === id);
  if (found === undefined) throw new Error(`no lane ${id}`);
  return found;
}

function growLanes(extraPx: number): Record<LaneId, number> {
  const sizes = { ...BASE_PX };
  let left = Math.floor(extraPx);
  while (left > 0) {
    let given = 0;
    for (const id of LANE_IDS) {
      const share = Math.min(GROWTH[id], MAX_PX[id] - sizes[id], left);
      sizes[id] += share;
      left -= share;
      given += share;
    }
    if (given === 0) break;
  }
  return sizes;
}

function shrinkLanes(height: number): Record<LaneId, number> {
  const factor = Math.max(0, height - AXIS_PX) / (BASE_HEIGHT_PX - AXIS_PX);
  const sizes = { ...BASE_PX };
  for (const id of LANE_IDS) sizes[id] = Math.floor(BASE_PX[id] * factor);
  return sizes;
}
