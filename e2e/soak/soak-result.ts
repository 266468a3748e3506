/** What a soak found: whether everything held, and the lines that say so, fit for docs/benchmarks.md. */
export type SoakResult = { held: boolean; lines: string[] };

/** A long proof that a person starts by name. */
export type Soak = { name: string; about: string; run: (args: string[]) => Promise<SoakResult> };

/** Value at a share (0…1) of sorted numbers; NaN when there are none. */
export function toPercentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Random numbers in [0, 1) that repeat for the same seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
