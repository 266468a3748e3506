import type { WallMs, WaveformPart } from '../../../electron/contract/index.ts';

/** Length of one cell of the finest level in milliseconds: the engine keeps one peak per 50 ms. */
export const CELL_MS = 50;
/** Cells per chunk; a power of two so that every level divides evenly. */
export const CHUNK_CELLS = 4096;
/** Length of a chunk in milliseconds (204.8 s). */
export const CHUNK_MS = CELL_MS * CHUNK_CELLS;

const LEVELS = Math.log2(CHUNK_CELLS) + 1;

/** Least and greatest peak (0…255) over one stretch; null where there is no sound. */
export type PeakRange = { readonly min: number; readonly max: number };

/** Levels lie one after the other: level 0 at 0, level 1 at 4096, … A cell with min > max is empty. */
type Chunk = { readonly min: Uint8Array; readonly max: Uint8Array };

/** Peaks of sound on a grid of wall time with coarser levels above it, so that a pixel column costs a constant at any zoom. */
export class WaveformPyramid {
  readonly #chunks = new Map<number, Chunk>();

  /** How many chunks are held; each takes 16 KiB. */
  get chunkCount(): number {
    return this.#chunks.size;
  }

  /** Adds one stretch; what lies there already is overwritten. Malformed base64 is refused with false. */
  add(part: WaveformPart): boolean {
    const peaks = decodePeaks(part.peaks);
    if (peaks === null || peaks.length === 0 || !(part.durationMs > 0)) return false;
    const firstCell = Math.round(part.startMs / CELL_MS);
    const lastCell = Math.max(firstCell, Math.round((part.startMs + part.durationMs) / CELL_MS) - 1);
    const cells = lastCell - firstCell + 1;
    for (let cell = firstCell; cell <= lastCell;) {
      const chunkIndex = Math.floor(cell / CHUNK_CELLS);
      const chunk = this.#chunkAt(chunkIndex);
      const from = cell - chunkIndex * CHUNK_CELLS;
      const to = Math.min(CHUNK_CELLS - 1, lastCell - chunkIndex * CHUNK_CELLS);
      for (let i = from; i <= to; i++) {
        const at = i + chunkIndex * CHUNK_CELLS - firstCell;
        const range = readBuckets(peaks, (at * peaks.length) / cells, ((at + 1) * peaks.length) / cells);
        chunk.min[i] = range.min;
        chunk.max[i] = range.max;
      }
      raiseLevels(chunk, from, to);
      cell = (chunkIndex + 1) * CHUNK_CELLS;
    }
    return true;
  }

  /** Gives the peaks of a stretch from the coarsest level that still resolves it; null where nothing is known. */
  read(fromMs: WallMs, toMs: WallMs): PeakRange | null {
    const level = Math.min(LEVELS - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, (toMs - fromMs) / CELL_MS)))));
    const cellMs = CELL_MS * 2 ** level;
    const first = Math.floor(fromMs / cellMs);
    const last = Math.max(first, Math.ceil(toMs / cellMs) - 1);
    const perChunk = CHUNK_CELLS >> level;
    const base = levelOffset(level);
    let min = 255;
    let max = -1;
    for (let i = first; i <= last; i++) {
      const chunkIndex = Math.floor(i / perChunk);
      const chunk = this.#chunks.get(chunkIndex);
      if (chunk === undefined) continue;
      const at = base + i - chunkIndex * perChunk;
      const low = chunk.min[at]!;
      const high = chunk.max[at]!;
      if (low > high) continue;
      if (low < min) min = low;
      if (high > max) max = high;
    }
    return max < 0 ? null : { min, max };
  }

  /** Forgets the chunks that lie wholly within a stretch. */
  drop(fromMs: WallMs, toMs: WallMs): void {
    for (const index of this.#chunks.keys()) {
      if (index * CHUNK_MS >= fromMs && (index + 1) * CHUNK_MS <= toMs) this.#chunks.delete(index);
    }
  }

  #chunkAt(index: number): Chunk {
    let chunk = this.#chunks.get(index);
    if (chunk === undefined) {
      chunk = { min: new Uint8Array(CHUNK_CELLS * 2).fill(255), max: new Uint8Array(CHUNK_CELLS * 2) };
      this.#chunks.set(index, chunk);
    }
    return chunk;
  }
}

/** Decodes base64 peaks; null when the text is not base64. */
export function decodePeaks(base64: string): Uint8Array | null {
  try {
    const binary = atob(base64);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  } catch {
    return null;
  }
}

function levelOffset(level: number): number {
  return CHUNK_CELLS * 2 - (CHUNK_CELLS * 2) / 2 ** level;
}

function readBuckets(peaks: Uint8Array, from: number, to: number): PeakRange {
  const first = Math.min(peaks.length - 1, Math.floor(from + 1e-9));
  const last = Math.min(peaks.length - 1, Math.max(first, Math.ceil(to - 1e-9) - 1));
  let min = 255;
  let max = 0;
  for (let i = first; i <= last; i++) {
    const value = peaks[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** Recomputes only what lies above the changed cells. */
function raiseLevels(chunk: Chunk, fromCell: number, toCell: number): void {
  let from = fromCell;
  let to = toCell;
  for (let level = 1; level < LEVELS; level++) {
    const below = levelOffset(level - 1);
    const here = levelOffset(level);
    from >>= 1;
    to >>= 1;
    for (let i = from; i <= to; i++) {
      const left = below + i * 2;
      chunk.min[here + i] = Math.min(chunk.min[left]!, chunk.min[left + 1]!);
      chunk.max[here + i] = Math.max(chunk.max[left]!, chunk.max[left + 1]!);
    }
  }
}
