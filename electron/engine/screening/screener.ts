import { type Hit, type Span } from '../../contract/index.ts';
import { type Cue, type CueKind, createContextJudge } from './context.ts';
import { createAutomaton, createCover, indexPlaces, joinSequences, type PartOccurrence, type SequenceSpec } from './matcher.ts';
import { createNormalizer, type NormalizedText } from './normalizer.ts';
import type { RulePack, RuleSubtype } from './rule-pack.ts';

/** Where a text came from; a viewer's message (chat) is not the host's claim. */
export type Channel = 'speech' | 'ocr' | 'chat' | 'text';

/** Finds in a text what a rule pack names; pure and quick enough to sit in the way of every segment. */
export type Screener = {
  /** Hits in order of their place; minScore 0.5 is the pack's own threshold, a lower one also shows lone weak cues. */
  screen: (text: string, channel: Channel, minScore?: number) => Hit[];
  /** The Chinese name of a subtype; the id itself when unknown. */
  subtypeName: (id: string) => string;
};

/** Score below which a hit is not a lead. */
export const DEFAULT_MIN_SCORE = 0.5;
/** How far apart two cues may stand, in characters, to support one another. */
const SUPPORT_REACH = 24;
const MAX_SUPPORT = 4;
const EXCEPTION_REACH = 40;
const MAX_TEXT = 20_000;

type Role =
  | { kind: 'term'; rule: number }
  | { kind: 'part'; sequence: number; part: number }
  | { kind: 'allow' }
  | { kind: 'cue'; cue: CueKind }
  | { kind: 'exception'; subtype: string };
type Match = { subtype: RuleSubtype; weight: number; words: string; start: number; end: number };

export { loadRulePack } from './rule-pack.ts';

const NUMBER = /[零一二两三四五六七八九十百千万亿半0-9.]+/g;

/** Compiles a rule pack into a screener. */
export function createScreener(pack: RulePack): Screener {
  const normalize = createNormalizer(pack);
  const subtypes = new Map(pack.subtypes.map((s) => [s.id, s]));
  const roles = new Map<string, Role[]>();
  const add = (word: string, role: Role): void => {
    const text = normalize(word).text;
    if (text === '') return;
    const known = roles.get(text);
    if (known === undefined) roles.set(text, [role]);
    else known.push(role);
  };
  const sequences: (SequenceSpec & { rule: number })[] = [];
  const numberParts: { sequence: number; part: number }[] = [];
  pack.rules.forEach((rule, index) => {
    if (rule.kind === 'terms') {
      for (const term of rule.terms) add(term, { kind: 'term', rule: index });
      return;
    }
    const sequence = sequences.push({ rule: index, gap: rule.gap, parts: rule.parts.length }) - 1;
    rule.parts.forEach((words, part) => {
      for (const word of words.flatMap((w) => (w.startsWith('@') ? pack.vocab[w.slice(1)]! : [w]))) {
        if (word === '#') numberParts.push({ sequence, part });
        else add(word, { kind: 'part', sequence, part });
      }
    });
  });
  for (const phrase of pack.allowList) add(phrase, { kind: 'allow' });
  for (const [cue, words] of Object.entries(pack.context) as [CueKind, string[]][]) for (const word of words) add(word, { kind: 'cue', cue });
  for (const subtype of pack.subtypes) for (const phrase of subtype.exceptions) add(phrase, { kind: 'exception', subtype: subtype.id });
  const automaton = createAutomaton([...roles.keys()]);
  const roleLists = [...roles.values()];

  const findMatches = (text: string): Match[] => {
    const terms: { rule: number; start: number; end: number }[] = [];
    const parts: PartOccurrence[] = [];
    const cues: Cue[] = [];
    const allowed: { start: number; end: number }[] = [];
    const exceptions: { subtype: string; start: number; end: number }[] = [];
    for (const { pattern, start, end } of automaton.find(text)) {
      for (const role of roleLists[pattern]!) {
        if (role.kind === 'term') terms.push({ rule: role.rule, start, end });
        else if (role.kind === 'part') parts.push({ sequence: role.sequence, part: role.part, start, end });
        else if (role.kind === 'cue') cues.push({ kind: role.cue, start, end });
        else if (role.kind === 'allow') allowed.push({ start, end });
        else exceptions.push({ subtype: role.subtype, start, end });
      }
    }
    if (terms.length === 0 && parts.length === 0) return [];
    const isAllowed = createCover(allowed, text.length);
    const candidates = terms.filter((t) => !isAllowed(t.start, t.end));
    const isInsideLonger = createCover(candidates, text.length);
    const matches: Match[] = [];
    const keep = (ruleIndex: number, start: number, end: number): void => {
      const rule = pack.rules[ruleIndex]!;
      matches.push({ subtype: subtypes.get(rule.subtype)!, weight: rule.weight, words: text.slice(start, end), start, end });
    };
    for (const t of candidates) if (!isInsideLonger(t.start, t.end, true)) keep(t.rule, t.start, t.end);
    if (parts.length > 0) {
      const heard = parts.filter((p) => !isAllowed(p.start, p.end));
      if (numberParts.length > 0) {
        for (const m of text.matchAll(NUMBER)) for (const p of numberParts) heard.push({ ...p, start: m.index, end: m.index + m[0].length });
        heard.sort((a, b) => a.end - b.end || a.start - b.start);
      }
      for (const s of joinSequences(sequences, heard, (from, to) => !/[。？]/.test(text.slice(from, to)))) keep(sequences[s.sequence]!.rule, s.start, s.end);
    }
    if (matches.length === 0) return matches;
    const judge = createContextJudge(text, cues);
    const exceptionsNear = indexPlaces(exceptions);
    const isExcepted = (m: Match): boolean => exceptionsNear(m.start - EXCEPTION_REACH, m.end + EXCEPTION_REACH).some((e) => e.subtype === m.subtype.id && Math.max(e.start - m.end, m.start - e.end) <= EXCEPTION_REACH && !(e.start >= m.start && e.end <= m.end));
    return matches.filter((m) => !isExcepted(m) && judge(m.start, m.end, m.subtype.category) === null);
  };

  return {
    subtypeName: (id) => subtypes.get(id)?.nameZh ?? id,
    screen: (text, channel, minScore = DEFAULT_MIN_SCORE) => {
      const given = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
      const normalized = normalize(given, channel === 'ocr');
      const matches = findMatches(normalized.text).filter((m) => channel !== 'chat' || m.subtype.viewer);
      return matches.length === 0 ? [] : toHits(matches, normalized, given, minScore);
    },
  };
}

/** Groups matches by subtype; cues of the same category that stand near support one another. */
function toHits(matches: Match[], normalized: NormalizedText, text: string, minScore: number): Hit[] {
  const groups = new Map<string, Match[]>();
  for (const match of matches) {
    const group = groups.get(match.subtype.id);
    if (group === undefined) groups.set(match.subtype.id, [match]);
    else group.push(match);
  }
  const hits: Hit[] = [];
  const near = indexPlaces(matches);
  for (const group of groups.values()) {
    const subtype = group[0]!.subtype;
    const scored = group.map((m) => ({ match: m, score: supportedScore(m, near(m.start - SUPPORT_REACH, m.end + SUPPORT_REACH)) })).filter((s) => s.score >= minScore);
    if (scored.length === 0) continue;
    const spans = mergeSpans(scored.map(({ match }) => ({ start: normalized.starts[match.start]!, end: normalized.ends[match.end - 1]! })), text);
    const quote = [...new Set(spans.map((s) => s.text))].join('」「');
    hits.push({
      category: subtype.category, subtype: subtype.id, severity: subtype.severity,
      score: Math.round(Math.max(...scored.map((s) => s.score)) * 1000) / 1000,
      spans, by: 'keyword', basis: subtype.basis, explanation: subtype.explanationZh.replace('{quote}', () => quote),
    });
  }
  return hits.sort((a, b) => a.spans[0]!.start - b.spans[0]!.start);
}

function supportedScore(match: Match, all: readonly Match[]): number {
  let miss = 1 - match.weight;
  const seen = new Set([match.words]);
  for (const other of all) {
    if (other === match || other.subtype.category !== match.subtype.category || seen.has(other.words)) continue;
    const distance = Math.max(other.start - match.end, match.start - other.end);
    if (distance < 0 || distance > SUPPORT_REACH) continue;
    seen.add(other.words);
    miss *= 1 - other.weight;
    if (seen.size > MAX_SUPPORT) break;
  }
  return 1 - miss;
}

function mergeSpans(ranges: { start: number; end: number }[], text: string): Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const range of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push({ ...range });
  }
  return merged.map(({ start, end }) => ({ start, end, text: text.slice(start, end) }));
}
