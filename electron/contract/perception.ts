import { z } from 'zod';
import { Fault } from './faults.ts';
import { SpokenSyllable, SpokenWord } from './flags.ts';
import { Container, Encryption } from './rooms.ts';
import { WallMs } from './time.ts';

/** A stored file as a perception child opens it: what is encrypted is decrypted in memory, FLV is put together with its headers. */
export const StoredMedia = z.object({ container: Container, file: z.string(), initFile: z.string().nullable(), encryption: Encryption.nullable().default(null) });
export type StoredMedia = z.infer<typeof StoredMedia>;

/** What the engine asks a perception child to do. One request at a time per child; times are wall-clock. */
export const PerceptionRequest = z.discriminatedUnion('type', [
  /** Decode one stored segment. `streamKey` names a run of segments over which decoder, VAD and resampler are kept; a new key or `discontinuity` starts afresh. */
  z.object({
    type: z.literal('decode'), id: z.number().int(), streamKey: z.string(), discontinuity: z.boolean(),
    ...StoredMedia.shape,
    startMs: WallMs, durationMs: z.number(),
    /** Folder for stills and utterances, made if absent; names are unique within it. */
    outDir: z.string(),
    /** Write each utterance as 16 kHz mono WAV for the speech lane. */
    keepUtterances: z.boolean(),
    /** Close what is still open (last utterance); sent with the last segment. */
    flush: z.boolean(),
  }),
  z.object({ type: z.literal('ocr'), id: z.number().int(), streamKey: z.string(), file: z.string(), atMs: WallMs }),
  z.object({ type: z.literal('speech'), id: z.number().int(), file: z.string(), startMs: WallMs, endMs: WallMs }),
  /** Cut [fromMs, toMs) out of consecutive segments without re-encoding, from the key frame at or before fromMs. */
  z.object({
    type: z.literal('clip'), id: z.number().int(), outFile: z.string(), fromMs: WallMs, toMs: WallMs,
    segments: z.array(StoredMedia.extend({ startMs: WallMs, durationMs: z.number(), discontinuity: z.boolean() })),
    /** Sound that is kept apart from the picture. */
    sound: z.array(StoredMedia.extend({ startMs: WallMs })).optional(),
  }),
  /** Decode stills out of segments at the given instants, as JPEG. */
  z.object({
    type: z.literal('frames'), id: z.number().int(), outDir: z.string(),
    frames: z.array(StoredMedia.extend({ atMs: WallMs, name: z.string(), startMs: WallMs })),
  }),
  /** Pack a whole file into fMP4 pieces of about `pieceMs` in `outDir` (emptied first), without re-encoding. */
  z.object({ type: z.literal('split'), id: z.number().int(), file: z.string(), outDir: z.string(), pieceMs: z.number() }),
  /** Make the form of a stored file that a browser plays (decrypted; FLV as fMP4, its init section in `outInit`); `transcode`: as H.264 in a transport stream, for looking only. */
  z.object({ type: z.literal('view'), id: z.number().int(), ...StoredMedia.shape, outFile: z.string(), outInit: z.string(), transcode: z.boolean().default(false) }),
  /** Look at a file: is there something that decodes? */
  z.object({ type: z.literal('probe'), id: z.number().int(), file: z.string(), initFile: z.string().nullable() }),
]);
export type PerceptionRequest = z.infer<typeof PerceptionRequest>;

/** A still that decode wrote: file names are below outDir. `changed` says that its picture differs from the still before it, so it is worth reading. */
export const DecodedStill = z.object({ atMs: WallMs, file: z.string(), thumbFile: z.string(), width: z.number().int(), height: z.number().int(), changed: z.boolean() });
export type DecodedStill = z.infer<typeof DecodedStill>;

/** A stretch of speech that ended, padded 300–400 ms, at most 30 s; file is a WAV below outDir, null when not kept. */
export const Utterance = z.object({ startMs: WallMs, endMs: WallMs, file: z.string().nullable() });
export type Utterance = z.infer<typeof Utterance>;

/** Text read in a frame: lines joined by region; box as fractions of the frame [x, y, width, height]. */
export const ReadText = z.object({ text: z.string(), confidence: z.number(), box: z.tuple([z.number(), z.number(), z.number(), z.number()]) });
export type ReadText = z.infer<typeof ReadText>;

/** What a perception child answers. */
export const PerceptionReply = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('decoded'), id: z.number().int(),
    videoFrames: z.number().int(), audioMs: z.number(),
    width: z.number().int().nullable(), height: z.number().int().nullable(), videoCodec: z.string().nullable(), audioCodec: z.string().nullable(),
    /** Base64, one peak byte per 50 ms of sound; null where there is none. */
    peaks: z.string().nullable(),
    levelDb: z.number().nullable(),
    /** Speech so far as [startMs, endMs], cut at this segment's borders. */
    speech: z.array(z.tuple([z.number(), z.number()])),
    stills: z.array(DecodedStill), utterances: z.array(Utterance),
    /** Captions inside the pictures (CEA-608, service CC1) that left the screen. */
    captions: z.array(z.object({ startMs: WallMs, endMs: WallMs, text: z.string() })).default([]),
  }),
  z.object({ type: z.literal('read'), id: z.number().int(), engine: z.string(), texts: z.array(ReadText) }),
  /** Times of words and syllables are on the wall clock. */
  z.object({
    type: z.literal('heard'), id: z.number().int(), engine: z.string(), text: z.string(), confidence: z.number(),
    words: z.array(SpokenWord), syllables: z.array(SpokenSyllable),
  }),
  z.object({ type: z.literal('clipped'), id: z.number().int(), firstFrameMs: WallMs, durationMs: z.number(), bytes: z.number().int() }),
  z.object({ type: z.literal('framed'), id: z.number().int(), files: z.array(z.object({ name: z.string(), atMs: WallMs, fault: Fault.nullable() })) }),
  z.object({
    type: z.literal('probed'), id: z.number().int(), videoCodec: z.string().nullable(), audioCodec: z.string().nullable(),
    width: z.number().int().nullable(), height: z.number().int().nullable(), durationMs: z.number(), decodes: z.boolean(),
  }),
  z.object({ type: z.literal('split'), id: z.number().int(), initFile: z.string(), pieces: z.array(z.object({ file: z.string(), durationMs: z.number() })) }),
  z.object({ type: z.literal('viewed'), id: z.number().int(), bytes: z.number().int() }),
  z.object({ type: z.literal('failed'), id: z.number().int(), fault: Fault }),
  /** Sent once when the child is ready; a lane without a model says so here. */
  z.object({ type: z.literal('ready'), fault: Fault.nullable(), versions: z.record(z.string(), z.string()) }),
]);
export type PerceptionReply = z.infer<typeof PerceptionReply>;
