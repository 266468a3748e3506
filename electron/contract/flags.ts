import { z } from 'zod';
import { FlagId, RoomId, SessionId } from './ids.ts';
import { WallMs } from './time.ts';

/** The seven kinds of violation that the standard's monitoring scope names, in its order. */
export const Category = z.enum(['identity', 'mismatch', 'exaggerated', 'counterfeit', 'fake-orders', 'vulgar', 'after-sales']);
export type Category = z.infer<typeof Category>;

/** How grave a lead is; `veto` bars the room from rating. */
export const Severity = z.enum(['veto', 'high', 'medium', 'low']);
export type Severity = z.infer<typeof Severity>;

/** Where something was perceived. */
export const Lane = z.enum(['speech', 'ocr', 'image', 'chat', 'caption']);
export type Lane = z.infer<typeof Lane>;

/** An article of law that a flag offends; gist is our own short wording. */
export const Basis = z.object({ law: z.string(), article: z.string(), gist: z.string().optional() });
export type Basis = z.infer<typeof Basis>;

/** UTF-16 offsets [start, end) into the observation's text, with the text itself. */
export const Span = z.object({ start: z.number().int(), end: z.number().int(), text: z.string() });
export type Span = z.infer<typeof Span>;

/** What screening finds in one text: spans that offend one subtype. */
export const Hit = z.object({
  category: Category,
  subtype: z.string(),
  severity: Severity,
  score: z.number().min(0).max(1),
  spans: z.array(Span),
  by: z.enum(['keyword', 'model', 'both']),
  basis: z.array(Basis),
  explanation: z.string(),
});
export type Hit = z.infer<typeof Hit>;

/** One character or word as it was heard, with the recogniser's confidence 0…1. */
export const SpokenWord = z.object({ text: z.string(), startMs: WallMs, endMs: WallMs, confidence: z.number() });
export type SpokenWord = z.infer<typeof SpokenWord>;

/** What may have been said at one instant: syllables without tone, each with its probability, the most probable first. */
export const SpokenSyllable = z.object({ atMs: WallMs, best: z.array(z.object({ syllable: z.string(), probability: z.number() })) });
export type SpokenSyllable = z.infer<typeof SpokenSyllable>;

/** What perception saw or heard between two instants; `speaker` is a chat user's name. */
export const Observation = z.object({
  id: z.number().int(),
  roomId: RoomId,
  sessionId: SessionId,
  lane: Lane,
  startMs: WallMs,
  endMs: WallMs,
  text: z.string(),
  confidence: z.number(),
  engine: z.string(),
  speaker: z.string().optional(),
  /** OCR: box as fractions of the frame [x, y, width, height]. */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  /** Speech: the words with their times, where the recogniser gives any. */
  words: z.array(SpokenWord).optional(),
  /** Speech: how it sounded, so that it can be matched by sound where the characters are wrong. */
  syllables: z.array(SpokenSyllable).optional(),
});
export type Observation = z.infer<typeof Observation>;

/** One source of a flag: the observation and the spans in its text. */
export const FlagSource = z.object({ observationId: z.number().int(), lane: Lane, text: z.string(), spans: z.array(Span), startMs: WallMs, endMs: WallMs });
export type FlagSource = z.infer<typeof FlagSource>;

/** What an inspector has said of a flag. */
export const FlagState = z.enum(['open', 'confirmed', 'dismissed']);
export type FlagState = z.infer<typeof FlagState>;

/** Why a flag was dismissed. */
export const DismissReason = z.enum(['lawful', 'misheard', 'context', 'duplicate', 'other']);
export type DismissReason = z.infer<typeof DismissReason>;

/** A flag 疑似线索: a lead with a basis, never a verdict; becomes a finding once confirmed. */
export const Flag = z.object({
  id: FlagId,
  roomId: RoomId,
  sessionId: SessionId,
  startMs: WallMs,
  endMs: WallMs,
  category: Category,
  subtype: z.string(),
  subtypeName: z.string(),
  severity: Severity,
  score: z.number(),
  quote: z.string(),
  sources: z.array(FlagSource),
  basis: z.array(Basis),
  explanation: z.string(),
  /** SHA-256 of the rule pack that made it. */
  rulePackHash: z.string(),
  state: FlagState,
  reason: DismissReason.nullable(),
  note: z.string(),
  reviewedBy: z.string().nullable(),
  reviewedAtMs: WallMs.nullable(),
  /** Packages that already hold it. */
  exportedTo: z.array(z.string()),
  /** Path of the still nearest its start, to be fetched under the window's base URL; null when there is none. */
  stillPath: z.string().nullable(),
  createdAtMs: WallMs,
});
export type Flag = z.infer<typeof Flag>;
