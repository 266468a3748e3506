import type { Category } from '../../contract/index.ts';
import { type PlaceIndex, createCover, indexPlaces } from './matcher.ts';
import type { ContextCues } from './rule-pack.ts';

/** The kinds of context words, as the pack names them. */
export type CueKind = keyof ContextCues;

/** A context word seen in the text. */
export type Cue = { kind: CueKind; start: number; end: number };

/** Why words that match are no lead. */
export type Excuse = 'negated' | 'prohibited' | 'quoted-rule' | 'taken-back' | 'question' | 'honest-limit';

/** Tells for a range of a normalised text whether its context excuses it. */
export type ContextJudge = (start: number, end: number, category: Category) => Excuse | null;

const NEAR = 1;
const NEGATION_REACH = 6;
const PROHIBITION_REACH = 14;
const WARNING_REACH = 32;
const DENIAL_REACH = 12;
const QUESTION_REACH = 6;
const CLAUSE = /[，。？]/;
const SENTENCE = /[。？]/;

/** Reads the context words of one text once and answers for any range in it. */
export function createContextJudge(text: string, cues: readonly Cue[]): ContextJudge {
  const insideIdiom = createCover(cues.filter((c) => c.kind === 'idioms'), text.length);
  const real = cues.filter((c) => c.kind !== 'idioms' && !insideIdiom(c.start, c.end));
  const of = (...kinds: CueKind[]): PlaceIndex<Cue> => indexPlaces(real.filter((c) => kinds.includes(c.kind)));
  const near = of('negationNear');
  const negation = of('negation');
  const prohibition = of('prohibition', 'negation');
  const warning = of('warning');
  const rule = of('rule');
  const denial = of('denial');
  const turn = of('turn');
  const before = of('questionBefore');
  const after = of('questionAfter');
  const honest = of('honest');
  const broken = (from: number, to: number, marks: RegExp): boolean => marks.test(text.slice(from, to));
  const turned = (from: number, to: number): boolean => turn(from, to).some((c) => c.start >= from && c.end <= to);
  const precedes = (c: Cue, start: number, reach: number, marks: RegExp): boolean =>
    c.end <= start && start - c.end <= reach && !broken(c.end, start, marks) && !turned(c.end, start);

  return (start, end, category) => {
    const from = start - WARNING_REACH;
    const to = end + WARNING_REACH;
    if (near(start - NEAR, start).some((c) => precedes(c, start, NEAR, CLAUSE))) return 'negated';
    if (negation(start - NEGATION_REACH, start).some((c) => precedes(c, start, NEGATION_REACH, CLAUSE))) return 'negated';
    if (prohibition(start - PROHIBITION_REACH, start).some((c) => c.kind === 'prohibition' && precedes(c, start, PROHIBITION_REACH, CLAUSE))) return 'prohibited';
    if (warning(from, start).some((c) => precedes(c, start, WARNING_REACH, SENTENCE))) return 'prohibited';
    const forbids = rule(from, start).some((c) => precedes(c, start, WARNING_REACH, SENTENCE) && prohibition(c.end, start).some((p) => p.start >= c.end && p.end <= start));
    if (forbids) return 'quoted-rule';
    if (denial(end, end + DENIAL_REACH + 1).some((c) => c.start >= end && c.start - end <= DENIAL_REACH && !broken(end, c.start, /。/) && !turned(end, c.start))) return 'taken-back';
    if (category !== 'vulgar' && category !== 'fake-orders' && isAsked(start, end)) return 'question';
    if (category === 'exaggerated' && honest(from, to).length > 0) return 'honest-limit';
    return null;
  };

  function isAsked(start: number, end: number): boolean {
    if (before(start - QUESTION_REACH, start).some((c) => precedes(c, start, QUESTION_REACH, CLAUSE))) return true;
    if (after(end, end + QUESTION_REACH + 1).some((c) => c.start >= end && c.start - end <= QUESTION_REACH && !broken(end, c.start, /[，。]/) && !turned(end, c.start))) return true;
    const mark = text.slice(end, end + QUESTION_REACH).search(CLAUSE);
    return mark >= 0 && text[end + mark] === '？';
  }
}
