import type { WallMs } from '../../../electron/contract/index.ts';

/** Length of a block in milliseconds: three chunks of the waveform (204.8 s each), so that dropping a block frees whole chunks. */
export const BLOCK_MS = 614_400;
/** Blocks kept at most: over 17 hours. */
export const MAX_BLOCKS = 104;

/** Gives the numbers of the blocks that a stretch touches, within the limits, those nearest its middle first. */
export function planBlocks(fromMs: WallMs, toMs: WallMs, limits: { fromMs: WallMs; toMs: WallMs }): number[] {
  const from = Math.max(fromMs, limits.fromMs);
  const to = Math.min(toMs, limits.toMs);
  if (to <= from) return [];
  const blocks: number[] = [];
  for (let block = Math.floor(from / BLOCK_MS); block * BLOCK_MS < to; block++) blocks.push(block);
  const middle = (fromMs + toMs) / 2 / BLOCK_MS - 0.5;
  return blocks.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle)).slice(0, MAX_BLOCKS);
}

/** Names the blocks to forget so that at most `max` stay: the least recently seen first, never one in view. `seen` is in order of last view. */
export function planEviction(seen: readonly number[], visible: ReadonlySet<number>, max: number = MAX_BLOCKS): number[] {
  const surplus = seen.length - max;
  return surplus <= 0 ? [] : seen.filter((block) => !visible.has(block)).slice(0, surplus);
}
