/** A wording found in a text: which one, and where, as [start, end). */
export type Occurrence = { pattern: number; start: number; end: number };

/** A one-pass automaton over fixed wordings. */
export type Automaton = { patterns: readonly string[]; find: (text: string) => Occurrence[] };

const isLatin = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 97 && code <= 122);

/**
 * Builds an Aho-Corasick automaton (CACM 18(6), 1975) over distinct wordings; finds every occurrence in one pass, in order of their ends.
 * A wording that begins or ends in a Latin letter or digit counts only at a word's border.
 */
export function createAutomaton(patterns: readonly string[]): Automaton {
  const next: Map<number, number>[] = [new Map()];
  const ends: number[][] = [[]];
  patterns.forEach((pattern, index) => {
    let node = 0;
    for (let i = 0; i < pattern.length; i++) {
      const code = pattern.charCodeAt(i);
      let child = next[node]!.get(code);
      if (child === undefined) {
        child = next.length;
        next.push(new Map());
        ends.push([]);
        next[node]!.set(code, child);
      }
      node = child;
    }
    if (node !== 0) ends[node]!.push(index);
  });
  const fail = new Int32Array(next.length);
  // The nearest shorter suffix that ends a wording, so that listing costs only what is found.
  const shorter = new Int32Array(next.length);
  const queue = [...next[0]!.values()];
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!;
    for (const [code, child] of next[node]!) {
      let back = fail[node]!;
      while (back !== 0 && !next[back]!.has(code)) back = fail[back]!;
      fail[child] = next[back]!.get(code) ?? 0;
      queue.push(child);
    }
    const back = fail[node]!;
    shorter[node] = ends[back]!.length > 0 ? back : shorter[back]!;
  }
  const find = (text: string): Occurrence[] => {
    const found: Occurrence[] = [];
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      let step = next[node]!.get(code);
      while (step === undefined && node !== 0) {
        node = fail[node]!;
        step = next[node]!.get(code);
      }
      node = step ?? 0;
      for (let at = node; at !== 0; at = shorter[at]!) {
        for (const pattern of ends[at]!) {
          const end = i + 1;
          const start = end - patterns[pattern]!.length;
          const cutBefore = start > 0 && isLatin(text.charCodeAt(start)) && isLatin(text.charCodeAt(start - 1));
          const cutAfter = end < text.length && isLatin(code) && isLatin(text.charCodeAt(end));
          if (!cutBefore && !cutAfter) found.push({ pattern, start, end });
        }
      }
    }
    return found;
  };
  return { patterns, find };
}

/** Answers whether a range lies inside one of the given ranges; `strictly` asks for a longer one. Linear to build, constant to ask. */
export function createCover(ranges: readonly { start: number; end: number }[], length: number): (start: number, end: number, strictly?: boolean) => boolean {
  const endAt = new Int32Array(length + 1);
  for (const { start, end } of ranges) if (end > endAt[start]!) endAt[start] = end;
  const reach = new Int32Array(length + 1);
  for (let i = 0, max = 0; i <= length; i++) reach[i] = max = Math.max(max, endAt[i]!);
  return (start, end, strictly = false) => (strictly ? (start > 0 && reach[start - 1]! >= end) || endAt[start]! > end : reach[start]! >= end);
}

/** Gives the places of a list that touch [from, to]; costs what it gives, not what the list holds. */
export type PlaceIndex<T> = (from: number, to: number) => T[];

/** Indexes places by where they end; no place may be longer than 64 characters. */
export function indexPlaces<T extends { start: number; end: number }>(places: readonly T[]): PlaceIndex<T> {
  const sorted = [...places].sort((a, b) => a.end - b.end);
  return (from, to) => {
    let low = 0;
    for (let high = sorted.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (sorted[middle]!.end < from) low = middle + 1;
      else high = middle;
    }
    const found: T[] = [];
    for (let i = low; i < sorted.length && sorted[i]!.end <= to + 64; i++) if (sorted[i]!.start <= to) found.push(sorted[i]!);
    return found;
  };
}

/** A sequence to look for: per part the word classes are resolved by the caller into part occurrences. */
export type SequenceSpec = { gap: number; parts: number };

/** One part of one sequence seen in the text. */
export type PartOccurrence = { sequence: number; part: number; start: number; end: number };

const RING = 8;

/**
 * Joins part occurrences (in order of their ends) into whole sequences. `mayBridge` says whether the text between two parts may be skipped.
 * Each part keeps its last eight places only, so the work stays linear in the number of occurrences.
 */
export function joinSequences(specs: readonly SequenceSpec[], occurrences: readonly PartOccurrence[], mayBridge: (from: number, to: number) => boolean): { sequence: number; start: number; end: number }[] {
  const states = new Map<number, { start: number; end: number }[]>();
  const whole: { sequence: number; start: number; end: number }[] = [];
  for (const { sequence, part, start, end } of occurrences) {
    const spec = specs[sequence]!;
    let origin = start;
    if (part > 0) {
      const before = states.get(sequence * 8 + part - 1);
      const link = before?.findLast((place) => place.end <= start && start - place.end <= spec.gap && mayBridge(place.end, start));
      if (link === undefined) continue;
      origin = link.start;
    }
    if (part === spec.parts - 1) {
      whole.push({ sequence, start: origin, end });
      continue;
    }
    const key = sequence * 8 + part;
    const ring = states.get(key);
    if (ring === undefined) states.set(key, [{ start: origin, end }]);
    else {
      ring.push({ start: origin, end });
      if (ring.length > RING) ring.shift();
    }
  }
  return whole;
}
