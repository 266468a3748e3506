import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Basis, Category, FaultError, Severity, makeFault } from '../../contract/index.ts';

const Id = z.string().regex(/^[a-z0-9-]{2,40}$/);
const Phrase = z.string().min(1).max(40);

/** A subtype of one of the seven categories: what a hit is called, how grave it is, what it offends. */
export const RuleSubtype = z.object({
  id: Id,
  category: Category,
  nameZh: z.string().min(1),
  nameEn: z.string().min(1),
  severity: Severity,
  basis: z.array(Basis).min(1),
  /** Ids of the standard's clauses that it falls under. */
  specItems: z.array(z.string()),
  /** One Chinese sentence; `{quote}` stands for the words found. */
  explanationZh: z.string().includes('{quote}'),
  /** Whether a viewer's own message counts; most offences can only be the host's. */
  viewer: z.boolean().default(false),
  /** Words near a hit that show the lawful case (a report number, a label that says so). */
  exceptions: z.array(Phrase).default([]),
});
export type RuleSubtype = z.infer<typeof RuleSubtype>;

/** Fixed wordings; weight is the chance that one alone is a lead. Under 0.5 a second cue must stand near. */
export const TermRule = z.object({
  kind: z.literal('terms'),
  subtype: Id,
  weight: z.number().min(0.05).max(0.99),
  terms: z.array(Phrase).min(1),
});

/** Words in order, each at most `gap` characters after the one before; `@name` stands for a word class, `#` for a number. */
export const SequenceRule = z.object({
  kind: z.literal('sequence'),
  subtype: Id,
  weight: z.number().min(0.05).max(0.99),
  gap: z.number().int().min(0).max(16),
  parts: z.array(z.array(Phrase).min(1)).min(2).max(5),
});

/** A rule that can make a hit. */
export const Rule = z.discriminatedUnion('kind', [TermRule, SequenceRule]);
export type Rule = z.infer<typeof Rule>;

/** A sentence with the categories that must be found in it; empty = nothing may be found. */
export const RuleCase = z.object({
  text: z.string(),
  channel: z.enum(['speech', 'ocr', 'chat', 'text']).default('speech'),
  expect: z.array(Category),
});
export type RuleCase = z.infer<typeof RuleCase>;

/** Words that change what a hit near them means. */
export const ContextCues = z.object({
  /** Denial that must stand directly before the words (不、没、别). */
  negationNear: z.array(Phrase),
  /** Denial that may stand a few characters before them. */
  negation: z.array(Phrase),
  /** Wordings that look like a denial or a warning and are none (不要犹豫). */
  idioms: z.array(Phrase),
  /** Prohibition in the same clause. */
  prohibition: z.array(Phrase),
  /** Warning that holds for the rest of the sentence. */
  warning: z.array(Phrase),
  /** Law or platform rule that is being quoted. */
  rule: z.array(Phrase),
  /** What follows and takes the words back (都是骗人的). */
  denial: z.array(Phrase),
  /** A turn after which the excuse no longer holds (但、其实). */
  turn: z.array(Phrase),
  questionBefore: z.array(Phrase),
  questionAfter: z.array(Phrase),
  /** Limits honestly stated, which excuse claims of effect only. */
  honest: z.array(Phrase),
});
export type ContextCues = z.infer<typeof ContextCues>;

/** A rule pack as it lies on disk: data only, so that an office can change it without a new program. */
export const RulePack = z.object({
  version: z.string().min(1),
  subtypes: z.array(RuleSubtype).min(1),
  vocab: z.record(z.string().regex(/^[a-z-]+$/), z.array(Phrase).min(1)).default({}),
  rules: z.array(Rule).min(1),
  /** Phrases inside which nothing matches. */
  allowList: z.array(Phrase).default([]),
  /** Single characters and emoji by what they stand for; an empty string drops them. */
  characters: z.record(z.string(), z.string()).default({}),
  /** Traditional characters and, at the same place, their simplified forms. */
  traditional: z.object({ from: z.string(), to: z.string() }).default({ from: '', to: '' }),
  /** Disguised wordings and what they stand for. */
  rewrites: z.array(z.object({ form: Phrase, means: Phrase })).default([]),
  context: ContextCues,
  cases: z.array(RuleCase).default([]),
}).superRefine((pack, ctx) => {
  const known = new Set(pack.subtypes.map((s) => s.id));
  if (known.size !== pack.subtypes.length) ctx.addIssue({ code: 'custom', message: 'a subtype id appears twice' });
  if ([...pack.traditional.from].length !== [...pack.traditional.to].length) ctx.addIssue({ code: 'custom', message: 'traditional.from and traditional.to differ in length' });
  pack.rules.forEach((rule, index) => {
    if (!known.has(rule.subtype)) ctx.addIssue({ code: 'custom', path: ['rules', index], message: `unknown subtype ${rule.subtype}` });
    if (rule.kind !== 'sequence') return;
    for (const word of rule.parts.flat()) {
      if (word.startsWith('@') && !(word.slice(1) in pack.vocab)) ctx.addIssue({ code: 'custom', path: ['rules', index], message: `unknown word class ${word}` });
    }
  });
});
export type RulePack = z.infer<typeof RulePack>;

/** A rule pack with the SHA-256 of the bytes it came from. */
export type LoadedRulePack = RulePack & { hash: string };

/** Reads and checks a rule pack; throws a FaultError that says what is wrong and where. */
export function loadRulePack(file: string): LoadedRulePack {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new FaultError(makeFault('model-missing', file, 'the rule pack cannot be read', { cause }));
  }
  let data: unknown;
  try {
    data = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new FaultError(makeFault('model-invalid', file, 'the rule pack is not JSON', { cause }));
  }
  const parsed = RulePack.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new FaultError(makeFault('model-invalid', file, `the rule pack does not hold: ${issue?.path.join('.') || '(top)'}: ${issue?.message ?? 'unknown'}`));
  }
  return { ...parsed.data, hash: createHash('sha256').update(bytes).digest('hex') };
}

/** Counts the wordings of a pack: fixed terms plus the words of its sequences. */
export function countTerms(pack: RulePack): number {
  const words = new Set<string>();
  for (const rule of pack.rules) for (const word of rule.kind === 'terms' ? rule.terms : rule.parts.flat()) words.add(word);
  return words.size;
}
