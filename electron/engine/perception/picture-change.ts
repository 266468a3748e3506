/** Columns and rows of the gray grid in which pictures are compared; a cell is about a stroke of a banner's characters. */
export const GRID = { columns: 48, rows: 84 } as const;
const REGION = { columns: 4, rows: 4 } as const;
const CELL_DIFFERENCE = 18;
const CELLS_TO_COUNT = 2;
/** A region that changed in more than this share of the last pictures is restless. */
const RESTLESS = 0.3;
const ACTIVITY_GAIN = 0.2;
/** In the demo rooms a new banner changes 41–64 quiet regions, a moving host at most 10; smaller texts are found by the reading every 10 s. */
const QUIET_REGIONS_TO_COUNT = 6;
/** Share of restless regions changing at once that makes a new scene; a host walking about changes up to a seventh. */
const SCENE_SHARE = 0.5;
const REREAD_AFTER_MS = 10_000;

/**
 * Decides whether a still is worth reading. Regions that are restless (a talking head, a video wall) do not count by
 * themselves; a quiet region that changed (a banner, a price tag) does, as does a change of scene, and restless regions are looked at every 10 s.
 */
export class PictureChange {
  #marked: Uint8Array | null = null;
  #markedAtMs = 0;
  #previous: Uint8Array | null = null;
  #activity: Float32Array | null = null;

  /** True when a quiet region changed since the picture before, the whole scene did since the last one marked, or that was long ago. */
  consider(grid: Uint8Array, atMs: number): boolean {
    const marked = this.#marked;
    const previous = this.#previous;
    this.#previous = grid;
    if (marked === null || previous === null || marked.length !== grid.length) {
      this.#mark(grid, atMs);
      return true;
    }
    const moving = compareRegions(previous, grid);
    const changed = compareRegions(marked, grid);
    const activity = (this.#activity ??= new Float32Array(moving.length));
    let quietChanges = 0;
    let changes = 0;
    for (let i = 0; i < changed.length; i += 1) {
      if (changed[i] === 1) changes += 1;
      if (moving[i] === 1 && (activity[i] ?? 0) < RESTLESS) quietChanges += 1;
      activity[i] = (activity[i] ?? 0) * (1 - ACTIVITY_GAIN) + (moving[i] ?? 0) * ACTIVITY_GAIN;
    }
    const due = changes > 0 && Math.abs(atMs - this.#markedAtMs) >= REREAD_AFTER_MS;
    if (quietChanges < QUIET_REGIONS_TO_COUNT && changes < changed.length * SCENE_SHARE && !due) return false;
    this.#mark(grid, atMs);
    return true;
  }

  #mark(grid: Uint8Array, atMs: number): void {
    this.#marked = grid;
    this.#markedAtMs = atMs;
  }
}

function compareRegions(before: Uint8Array, now: Uint8Array): Uint8Array {
  const across = GRID.columns / REGION.columns;
  const counts = new Uint8Array(across * (GRID.rows / REGION.rows));
  for (let i = 0; i < now.length; i += 1) {
    if (Math.abs((now[i] ?? 0) - (before[i] ?? 0)) < CELL_DIFFERENCE) continue;
    const x = i % GRID.columns;
    const y = (i - x) / GRID.columns;
    const region = Math.floor(y / REGION.rows) * across + Math.floor(x / REGION.columns);
    counts[region] = (counts[region] ?? 0) + 1;
  }
  return counts.map((n) => (n >= CELLS_TO_COUNT ? 1 : 0));
}
