import type { Observation } from '../../contract/flags.ts';
import type { ReadText } from '../../contract/perception.ts';

/** On-screen text that was still there at the last reading of its stream. */
export type ShownText = { observationId: number; text: string; endMs: number };

/** What one reading of the picture changes: texts that go on, and texts that are new. */
export type ScreenTextChange = { lasting: ShownText[]; appeared: ReadText[] };

const sameRatio = 0.25;

/** Compares what is read now with what was shown before, so that a banner becomes one observation with a start and an end. Pure. */
export function compareScreenText(shown: readonly ShownText[], read: readonly ReadText[]): ScreenTextChange {
  const left = [...shown];
  const change: ScreenTextChange = { lasting: [], appeared: [] };
  for (const text of read) {
    const index = left.findIndex((item) => isSameText(item.text, text.text));
    if (index === -1) change.appeared.push(text);
    else change.lasting.push(...left.splice(index, 1));
  }
  return change;
}

/** Whether two readings are the same text up to a misread character or two. */
export function isSameText(a: string, b: string): boolean {
  if (a === b) return true;
  const longest = Math.max(a.length, b.length);
  if (longest < 4 || Math.abs(a.length - b.length) > longest * sameRatio) return false;
  return editDistance(a, b) <= longest * sameRatio;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      row[j] = Math.min((previous[j] as number) + 1, (row[j - 1] as number) + 1, (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}

/** Makes the observation of a text that has just appeared; it lasts until a reading without it, at least two seconds. */
export function toScreenObservation(read: ReadText, where: Pick<Observation, 'roomId' | 'sessionId'>, atMs: number, engine: string): Omit<Observation, 'id'> {
  return { ...where, lane: 'ocr', startMs: atMs, endMs: atMs + 2000, text: read.text, confidence: read.confidence, engine, box: read.box };
}
