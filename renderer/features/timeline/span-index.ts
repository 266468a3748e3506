import type { WallMs } from '../../../electron/contract/index.ts';

/** Anything that lasts from one instant to another. */
export type Spanned = { readonly startMs: WallMs; readonly endMs: WallMs };

/** Items in time order, one per key, found by stretch in logarithmic time. */
export class SpanIndex<T extends Spanned> {
  #items: T[] = [];
  readonly #keys = new Set<string | number>();
  readonly #keyOf: (item: T) => string | number;
  #longestMs = 0;

  constructor(keyOf: (item: T) => string | number) {
    this.#keyOf = keyOf;
  }

  /** All items, earliest start first. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** Adds items; one with a known key replaces the older one. */
  add(items: readonly T[]): void {
    if (items.length === 0) return;
    const replaced = new Set<string | number>();
    for (const item of items) {
      const key = this.#keyOf(item);
      if (this.#keys.has(key)) replaced.add(key);
      this.#keys.add(key);
      this.#longestMs = Math.max(this.#longestMs, item.endMs - item.startMs);
    }
    if (replaced.size > 0) this.#items = this.#items.filter((item) => !replaced.has(this.#keyOf(item)));
    const fresh = [...new Map(items.map((item) => [this.#keyOf(item), item])).values()].sort((a, b) => a.startMs - b.startMs);
    const last = this.#items.at(-1);
    if (last === undefined || last.startMs <= fresh[0]!.startMs) {
      this.#items.push(...fresh);
      return;
    }
    this.#items = [...this.#items, ...fresh].sort((a, b) => a.startMs - b.startMs);
  }

  /** Gives the indexes [from, to) among which every item touching the stretch lies; some at the front may end before it. */
  find(fromMs: WallMs, toMs: WallMs): [from: number, to: number] {
    return [lowerBound(this.#items, fromMs - this.#longestMs), lowerBound(this.#items, toMs)];
  }

  /** Gives the items that touch [fromMs, toMs). */
  query(fromMs: WallMs, toMs: WallMs): T[] {
    const [from, to] = this.find(fromMs, toMs);
    return this.#items.slice(from, to).filter((item) => item.endMs > fromMs || item.startMs >= fromMs);
  }

  /** Gives the last item that starts at or before an instant. */
  lastBefore(wallMs: WallMs): T | null {
    return this.#items[lowerBound(this.#items, wallMs + 0.001) - 1] ?? null;
  }

  /** Forgets the items that start in [fromMs, toMs). */
  drop(fromMs: WallMs, toMs: WallMs): void {
    const gone = this.#items.splice(lowerBound(this.#items, fromMs), lowerBound(this.#items, toMs) - lowerBound(this.#items, fromMs));
    for (const item of gone) this.#keys.delete(this.#keyOf(item));
  }
}

/** Gives the first index whose item starts at or after an instant. */
export function lowerBound(items: readonly Spanned[], wallMs: WallMs): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.startMs < wallMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
