import type { Flag, FlagId, Observation, Severity, WallMs } from '../../../electron/contract/index.ts';

/** A lane that the transcript shows. */
export type TranscriptLane = 'speech' | 'ocr' | 'chat';

/** A piece of a line: plain, or words that a flag rests on; `unsure` where the recogniser guessed rather than heard. */
export type TextPart = { readonly text: string; readonly severity: Severity | null; readonly flagId: FlagId | null; readonly unsure?: boolean };

/** One line of the transcript: an observation with its flagged words marked; the same banner read again is one line with a longer extent. */
export type TranscriptLine = {
  readonly key: string;
  readonly lane: TranscriptLane;
  readonly startMs: WallMs;
  readonly endMs: WallMs;
  readonly speaker: string;
  readonly text: string;
  readonly parts: readonly TextPart[];
  readonly severity: Severity | null;
  /** What heard or read it, and how sure it was on the whole, 0…1. */
  readonly engine: string;
  readonly confidence: number;
};

const RANK: Record<Severity, number> = { veto: 0, high: 1, medium: 2, low: 3 };
/** The same banner seen again within this time belongs to the same line. */
const BANNER_JOIN_MS = 20_000;

type Mark = { start: number; end: number; severity: Severity; flagId: FlagId };

/** Collects what flags mark in each observation; dismissed flags mark nothing. */
export function collectMarks(flags: readonly Flag[]): Map<number, Mark[]> {
  const marks = new Map<number, Mark[]>();
  for (const flag of flags) {
    if (flag.state === 'dismissed') continue;
    for (const source of flag.sources) {
      const list = marks.get(source.observationId) ?? [];
      for (const span of source.spans) list.push({ start: span.start, end: span.end, severity: flag.severity, flagId: flag.id });
      marks.set(source.observationId, list);
    }
  }
  return marks;
}

/** Splits a text at its marks; where marks overlap the gravest wins, and marks outside the text are cut to it. */
export function splitText(text: string, marks: readonly Mark[]): TextPart[] {
  const edges = new Set([0, text.length]);
  for (const mark of marks) {
    edges.add(Math.min(text.length, Math.max(0, mark.start)));
    edges.add(Math.min(text.length, Math.max(0, mark.end)));
  }
  const sorted = [...edges].sort((a, b) => a - b);
  const parts: TextPart[] = [];
  for (let i = 1; i < sorted.length; i++) {
    const [from, to] = [sorted[i - 1]!, sorted[i]!];
    const covering = marks.filter((mark) => mark.start <= from && mark.end >= to);
    const gravest = covering.reduce<Mark | null>((best, mark) => (best === null || RANK[mark.severity] < RANK[best.severity] ? mark : best), null);
    parts.push({ text: text.slice(from, to), severity: gravest?.severity ?? null, flagId: gravest?.flagId ?? null });
  }
  return parts;
}

/** Below this a word is shown as unsure. */
const UNSURE = 0.4;

/** Splits parts further where the words of a speech line change between sure and unsure. */
export function shadeUnsure(parts: readonly TextPart[], { text, words }: Pick<Observation, 'text' | 'words'>): TextPart[] {
  if (words === undefined || words.map((word) => word.text).join('') !== text) return [...parts];
  const unsureAt = words.flatMap((word) => Array.from({ length: word.text.length }, () => word.confidence < UNSURE));
  const shaded: TextPart[] = [];
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.text.length;) {
      const unsure = unsureAt[at + from] === true;
      let to = from + 1;
      while (to < part.text.length && (unsureAt[at + to] === true) === unsure) to += 1;
      shaded.push({ ...part, text: part.text.slice(from, to), ...(unsure ? { unsure } : {}) });
      from = to;
    }
    at += part.text.length;
  }
  return shaded;
}

/** Builds the transcript: lanes merged in time order, repeated banners joined, flagged words marked. */
export function buildLines(observations: readonly Observation[], flags: readonly Flag[]): TranscriptLine[] {
  const marks = collectMarks(flags);
  const lines: TranscriptLine[] = [];
  const banners = new Map<string, number>();
  const sorted = observations.filter((item) => item.lane !== 'image' && item.text.trim() !== '').sort((a, b) => a.startMs - b.startMs || a.id - b.id);
  for (const item of sorted) {
    const lane = item.lane as TranscriptLane;
    if (lane === 'ocr') {
      const at = banners.get(item.text);
      const earlier = at === undefined ? undefined : lines[at];
      if (at !== undefined && earlier !== undefined && item.startMs - earlier.endMs <= BANNER_JOIN_MS) {
        lines[at] = joinBanner(earlier, item, marks.get(item.id) ?? []);
        continue;
      }
      banners.set(item.text, lines.length);
    }
    const own = marks.get(item.id) ?? [];
    lines.push({
      key: `${lane}-${item.id}`, lane, startMs: item.startMs, endMs: item.endMs, speaker: item.speaker ?? '', text: item.text,
      parts: shadeUnsure(splitText(item.text, own), item), severity: gravestOf(own), engine: item.engine, confidence: item.confidence,
    });
  }
  return lines;
}

/** Finds the line that an instant belongs to: the last that has begun; −1 before the first. */
export function currentLineIndex(lines: readonly TranscriptLine[], wallMs: WallMs): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.startMs <= wallMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Keeps the lines of the chosen lanes that hold every word of the search; letter case is ignored. */
export function filterLines(lines: readonly TranscriptLine[], lanes: ReadonlySet<TranscriptLane>, search: string): TranscriptLine[] {
  const words = search.trim().toLowerCase().split(/\s+/).filter((word) => word !== '');
  return lines.filter((line) => {
    if (!lanes.has(line.lane)) return false;
    const text = `${line.speaker} ${line.text}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function gravestOf(marks: readonly Mark[]): Severity | null {
  return marks.reduce<Severity | null>((best, mark) => (best === null || RANK[mark.severity] < RANK[best] ? mark.severity : best), null);
}

function joinBanner(line: TranscriptLine, item: Observation, marks: readonly Mark[]): TranscriptLine {
  const endMs = Math.max(line.endMs, item.endMs);
  return line.severity === null && marks.length > 0 ? { ...line, endMs, parts: splitText(item.text, marks), severity: gravestOf(marks) } : { ...line, endMs };
}
