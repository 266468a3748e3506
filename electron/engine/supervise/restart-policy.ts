/**
 * How long to wait before the next start of a child that has died `crashesInRow` times before this one:
 * doubling from `minMs` up to `maxMs`, spread downwards by a quarter so that children that died together do not start together.
 * `chance` is in 0…1.
 */
export function planBackoffMs(crashesInRow: number, minMs: number, maxMs: number, chance: number): number {
  const fullMs = Math.min(maxMs, minMs * 2 ** Math.min(crashesInRow, 30));
  return Math.round(fullMs * (1 - 0.25 * chance));
}
