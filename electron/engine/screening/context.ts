import type { Category } from '../../contract/index.ts';
import { createCover } from './matcher.ts';
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

/** Reads the context words of one text once and answers for any range in it. */
export function createContextJudge(text: string, cues: readonly Cue[]): ContextJudge {
  const insideIdiom = createCover(cues.filter((c) => c.kind === 'idioms'), text.length);
  const real = cues.filter((c) => c.kind !== 'idioms' && !insideIdiom(c.start, c.end));
  const of = (...kinds: CueKind[]): Cue[] => real.filter((c) => kinds.includes(c.kind));
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
  const turned = (from: number, to: number): boolean => turn.some((c) => c.start >= from && c.end <= to);
  const precedes = (c: Cue, start: number, reach: number, marks: RegExp): boolean =>
    c.end <= start && start - c.end <= reach && !broken(c.end, start, marks) && !turned(c.end, start);

  return (start, end, category) => {
    if (near.some((c) => precedes(c, start, NEAR, /[，。？]/)) || negation.some((c) => precedes(c, start, NEGATION_REACH, /[，。？]/))) return 'negated';
    if (prohibition.some((c) => precedes(c, start, PROHIBITION_REACH, /[，。？]/) && (c.kind === 'prohibition'))) return 'prohibited';
    if (warning.some((c) => precedes(c, start, WARNING_REACH, /[。？]/))) return 'prohibited';
    if (rule.some((c) => precedes(c, start, WARNING_REACH, /[。？]/) && prohibition.some((p) => p.start >= c.end && p.end <= start))) return 'quoted-rule';
    if (denial.some((c) => c.start >= end && c.start - end <= DENIAL_REACH && !broken(end, c.start, /[。]/) && !turned(end, c.start))) return 'taken-back';
    if (category !== 'vulgar' && category !== 'fake-orders') {
      if (before.some((c) => precedes(c, start, QUESTION_REACH, /[，。？]/))) return 'question';
      if (after.some((c) => c.start >= end && c.start - end <= QUESTION_REACH && !broken(end, c.start, /[，。]/) && !turned(end, c.start))) return 'question';
      const mark = text.slice(end, end + QUESTION_REACH).search(/[，。？]/);
      if (mark >= 0 && text[end + mark] === '？') return 'question';
    }
    if (category === 'exaggerated' && honest.some((c) => Math.max(c.start - end, start - c.end) <= WARNING_REACH)) return 'honest-limit';
    return null;
  };
}
