import type { Flag, FlagId, FlagSource, Hit, Observation, Severity } from '../../contract/index.ts';

/** Hits of one subtype closer than this make one review item; another subtype of the category joins only what is said or shown at the same time. */
export const MERGE_GAP_MS = 20_000;
/** The same words again within this are no new lead: banners loop. */
export const REPEAT_WINDOW_MS = 600_000;
/** A review item grows no longer than this, so that it can still be judged at a glance. */
export const MAX_FLAG_MS = 120_000;
const MAX_SOURCES = 20;
const SEVERITY_ORDER: readonly Severity[] = ['low', 'medium', 'high', 'veto'];

/** What fusion works on: one observation with its hits, and the session's flags so far. */
export type FusionInput = {
  observation: Observation;
  hits: readonly Hit[];
  /** Flags of the same session, at least of the last ten minutes and all dismissed ones. */
  recent: readonly Flag[];
  rulePackHash: string;
  nowMs: number;
  newFlagId: () => FlagId;
  /** Chinese name of a subtype; the id stands in where it is left out. */
  subtypeName?: (id: string) => string;
};

/** Joins the hits of one observation with the session's flags; returns the flags created or changed, never a reviewed one. */
export function fuseHits(input: FusionInput): Flag[] {
  const { observation, recent } = input;
  const flags = recent.filter((f) => f.roomId === observation.roomId && f.sessionId === observation.sessionId);
  const changed = new Map<FlagId, Flag>();
  for (const hits of Map.groupBy(input.hits, (h) => h.category).values()) {
    const lead = pickLead(hits);
    const quote = quoteOf(lead);
    const related = flags.map((f) => changed.get(f.id) ?? f).filter((f) => f.category === lead.category);
    const repeated = related.filter((f) => hasQuote(f, quote));
    if (repeated.some((f) => f.state === 'dismissed' || (f.state === 'confirmed' && gapMs(f, observation) <= REPEAT_WINDOW_MS))) continue;
    const known = repeated.find((f) => f.state === 'open' && gapMs(f, observation) <= REPEAT_WINDOW_MS);
    if (known !== undefined) {
      const extended = extendFlag(known, observation, hits);
      if (extended !== null) changed.set(known.id, extended);
      continue;
    }
    const near = related
      .filter((f) => f.state === 'open' && gapMs(f, observation) <= (f.subtype === lead.subtype ? MERGE_GAP_MS : 0) && Math.max(f.endMs, observation.endMs) - Math.min(f.startMs, observation.startMs) <= MAX_FLAG_MS)
      .sort((a, b) => gapMs(a, observation) - gapMs(b, observation))[0];
    const flag = near === undefined ? createFlag(input, hits, lead, quote) : mergeFlag(near, input, hits, lead, quote);
    changed.set(flag.id, flag);
  }
  return [...changed.values()];
}

function pickLead(hits: readonly Hit[]): Hit {
  return [...hits].sort((a, b) => rank(b.severity) - rank(a.severity) || b.score - a.score)[0]!;
}

const rank = (severity: Severity): number => SEVERITY_ORDER.indexOf(severity);
const quoteOf = (hit: Hit): string => hit.spans.map((s) => s.text.trim()).join(' … ');
const combine = (scores: readonly number[]): number => Math.round((1 - scores.reduce((miss, s) => miss * (1 - s), 1)) * 1000) / 1000;

/** Milliseconds between a flag and an observation; 0 where they touch or overlap. */
function gapMs(flag: Flag, observation: Observation): number {
  return Math.max(0, observation.startMs - flag.endMs, flag.startMs - observation.endMs);
}

const toKey = (quote: string): string => quote.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Whether two quotes are the same words, give or take a character misread in one reading of a banner. */
export function isSameQuote(a: string, b: string): boolean {
  const x = toKey(a);
  const y = toKey(b);
  if (x === y) return true;
  if (Math.min(x.length, y.length) < 4) return false;
  if (x.includes(y) || y.includes(x)) return true;
  const pairs = new Map<string, number>();
  for (let i = 0; i + 1 < x.length; i++) pairs.set(x.slice(i, i + 2), (pairs.get(x.slice(i, i + 2)) ?? 0) + 1);
  let shared = 0;
  for (let i = 0; i + 1 < y.length; i++) {
    const left = pairs.get(y.slice(i, i + 2)) ?? 0;
    if (left === 0) continue;
    shared += 1;
    pairs.set(y.slice(i, i + 2), left - 1);
  }
  return (2 * shared) / (x.length + y.length - 2) >= 0.75;
}

function hasQuote(flag: Flag, quote: string): boolean {
  return isSameQuote(flag.quote, quote) || flag.sources.some((s) => isSameQuote(s.spans.map((p) => p.text.trim()).join(' … '), quote));
}

function toSource(observation: Observation, hits: readonly Hit[]): FlagSource {
  const spans = hits.flatMap((h) => h.spans).sort((a, b) => a.start - b.start || b.end - a.end);
  const apart = spans.filter((s, i) => !spans.slice(0, i).some((t) => t.end > s.start));
  return { observationId: observation.id, lane: observation.lane, text: observation.text, spans: apart, startMs: observation.startMs, endMs: observation.endMs };
}

/** The same words again: nothing new to say but that they lasted, or that another lane bears them out. */
function extendFlag(flag: Flag, observation: Observation, hits: readonly Hit[]): Flag | null {
  if (gapMs(flag, observation) > MERGE_GAP_MS || flag.sources.some((s) => s.observationId === observation.id)) return null;
  const startMs = Math.min(flag.startMs, observation.startMs);
  const endMs = Math.max(flag.endMs, observation.endMs);
  const newLane = !flag.sources.some((s) => s.lane === observation.lane);
  if (!newLane && startMs === flag.startMs && endMs === flag.endMs) return null;
  if (!newLane) return { ...flag, startMs, endMs };
  return { ...flag, startMs, endMs, score: combine([flag.score, ...hits.map((h) => h.score)]), sources: addSource(flag.sources, toSource(observation, hits)) };
}

function addSource(sources: readonly FlagSource[], source: FlagSource): FlagSource[] {
  return sources.length >= MAX_SOURCES || sources.some((s) => s.observationId === source.observationId) ? [...sources] : [...sources, source];
}

function mergeBasis(...lists: Flag['basis'][]): Flag['basis'] {
  const byArticle = new Map<string, Flag['basis'][number]>();
  for (const basis of lists.flat()) if (!byArticle.has(basis.law + basis.article)) byArticle.set(basis.law + basis.article, basis);
  return [...byArticle.values()];
}

function mergeFlag(flag: Flag, input: FusionInput, hits: readonly Hit[], lead: Hit, quote: string): Flag {
  const { observation } = input;
  if (flag.sources.some((s) => s.observationId === observation.id)) return flag;
  const graver = rank(lead.severity) > rank(flag.severity);
  return {
    ...flag,
    startMs: Math.min(flag.startMs, observation.startMs),
    endMs: Math.max(flag.endMs, observation.endMs),
    score: combine([flag.score, ...hits.map((h) => h.score)]),
    sources: addSource(flag.sources, toSource(observation, hits)),
    basis: graver ? mergeBasis(lead.basis, flag.basis) : mergeBasis(flag.basis, lead.basis),
    rulePackHash: input.rulePackHash,
    ...(graver ? { severity: lead.severity, subtype: lead.subtype, subtypeName: nameOf(input, lead.subtype), quote, explanation: lead.explanation } : {}),
  };
}

const nameOf = (input: FusionInput, id: string): string => input.subtypeName?.(id) ?? id;

function createFlag(input: FusionInput, hits: readonly Hit[], lead: Hit, quote: string): Flag {
  const { observation } = input;
  return {
    id: input.newFlagId(), roomId: observation.roomId, sessionId: observation.sessionId,
    startMs: observation.startMs, endMs: observation.endMs,
    category: lead.category, subtype: lead.subtype, subtypeName: nameOf(input, lead.subtype), severity: lead.severity,
    score: combine(hits.map((h) => h.score)), quote, sources: [toSource(observation, hits)],
    basis: mergeBasis(lead.basis, ...hits.map((h) => h.basis)), explanation: lead.explanation, rulePackHash: input.rulePackHash,
    state: 'open', reason: null, note: '', reviewedBy: null, reviewedAtMs: null, exportedTo: [], stillPath: null, createdAtMs: input.nowMs,
  };
}
