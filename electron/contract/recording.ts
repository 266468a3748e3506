import { z } from 'zod';
import { Fault } from './faults.ts';
import { RoomId, SessionId } from './ids.ts';
import { Container, DecoderConfig, Encryption, RoomState, RoomTest, SessionEventKind, SourceKind, StoredRange } from './rooms.ts';
import { WallMs } from './time.ts';

/** One line of `segments.jsonl`: a file stored whole, byte for byte as received. */
export const SegmentRecord = z.object({
  seq: z.number().int(), kind: z.enum(['media', 'init', 'caption', 'audio']), container: Container,
  file: z.string(), initFile: z.string().nullable(), sha256: z.string(), bytes: z.number().int(),
  /** ISO 8601 with offset. */
  startAt: z.string(),
  /** Seconds. */
  duration: z.number(),
  discontinuity: z.boolean(), mediaSequence: z.number().int(), uri: z.string(),
  /** ISO 8601; when the last byte arrived. */
  arrivedAt: z.string(),
  monotonicMs: z.number(), clockOffsetMs: z.number().nullable(),
  /** The container's own timestamp of the first sample, in milliseconds. */
  mediaStartMs: z.number().nullable().default(null),
  encryption: Encryption.nullable().default(null), byteRange: StoredRange.nullable().default(null), decoder: DecoderConfig.nullable().default(null),
});
export type SegmentRecord = z.infer<typeof SegmentRecord>;

/** One line of `gaps.jsonl`. */
export const GapRecord = z.object({ from: z.string(), to: z.string(), reason: Fault });
export type GapRecord = z.infer<typeof GapRecord>;

/** One line of `events.jsonl`: what happened beside the footage, with its reason. */
export const EventRecord = z.object({ at: z.string(), kind: SessionEventKind, reason: Fault.nullable(), detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])) });
export type EventRecord = z.infer<typeof EventRecord>;

/** One line of `chat.jsonl`: a viewer's message as received, with when it arrived. */
export const ChatRecord = z.object({ at: z.string(), user: z.string(), text: z.string(), arrivedAt: z.string() });
export type ChatRecord = z.infer<typeof ChatRecord>;

/** Where a recording goes on after an interruption. */
export const ResumePoint = z.object({
  sessionId: SessionId,
  /** Whether a person had stopped the recording, or its process had ended: the reason of the gap, if there is one. */
  stoppedByHand: z.boolean().default(false),
  nextSeq: z.number().int(),
  /** The newest stored media segments, oldest first, at most 64: what must not be stored twice. */
  tail: z.array(z.object({ mediaSequence: z.number().int(), sha256: z.string(), uri: z.string(), startMs: WallMs, durationMs: z.number() })),
  /** The newest captions and separate sound, oldest first, at most 64: what must not be stored twice either. */
  beside: z.array(z.object({ kind: z.enum(['caption', 'audio']), mediaSequence: z.number().int(), sha256: z.string(), endMs: WallMs })).default([]),
});
export type ResumePoint = z.infer<typeof ResumePoint>;

/** Where a room's footage and chat come from, and what may be visited for it. */
export const RecordingSource = z.object({ url: z.string(), chatUrl: z.string().nullable(), sourceKind: SourceKind.default('auto'), allowPrivate: z.boolean().nullable().default(null) });
export type RecordingSource = z.infer<typeof RecordingSource>;

/** From the engine to the recorder. */
export const RecorderCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), roomId: RoomId, source: RecordingSource, dir: z.string(), resume: ResumePoint.nullable(),
    /** Stop at the end of the broadcast instead of waiting for the next one. */
    untilEnd: z.boolean() }),
  z.object({ type: z.literal('stop'), roomId: RoomId }),
  /** Close the write gate for every room with this fault (a quota reached, say), or open it again with null. */
  z.object({ type: z.literal('gate'), fault: Fault.nullable(), /** The one room that it is for; null = every room. */ roomId: RoomId.nullable().default(null) }),
  /** How much must stay free on the recording disk, in bytes. */
  z.object({ type: z.literal('disk-limits'), minFreeBytes: z.number() }),
  /** Addresses of SNTP servers to measure the clock against, `host` or `host:port`; empty = HTTP Date only. */
  z.object({ type: z.literal('clock-servers'), servers: z.array(z.string()) }),
  /** Try an address without recording it; the first segment is kept in `dir` for the decoder to look at. */
  z.object({ type: z.literal('test'), testId: z.number().int(), source: RecordingSource, dir: z.string() }),
  /** Finish what is in flight, then exit. */
  z.object({ type: z.literal('shutdown') }),
]);
export type RecorderCommand = z.infer<typeof RecorderCommand>;

/** From the recorder to the engine. `stored` only says that a session's files have grown: the files are the truth. */
export const RecorderReport = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('stored'), roomId: RoomId, sessionId: SessionId }),
  z.object({ type: z.literal('state'), roomId: RoomId, state: RoomState, fault: Fault.nullable(), sessionId: SessionId.nullable(), bitrateBps: z.number().nullable() }),
  z.object({ type: z.literal('tested'), testId: z.number().int(), test: RoomTest, file: z.string().nullable(), initFile: z.string().nullable() }),
  z.object({ type: z.literal('clock'), offsetMs: z.number(), source: z.string(), uncertaintyMs: z.number().default(500) }),
  /** The wall clock jumped against the monotonic one; noted as an event in every open session. */
  z.object({ type: z.literal('clock-step'), stepMs: z.number() }),
  z.object({ type: z.literal('stopped'), roomId: RoomId, ended: z.boolean() }),
]);
export type RecorderReport = z.infer<typeof RecorderReport>;

/** What the child that pulls RTMP says beside the bytes on its output; `code` is FFmpeg's. */
export const RtmpPullReply = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened') }),
  z.object({ type: z.literal('failed'), code: z.number().int(), message: z.string() }),
]);
export type RtmpPullReply = z.infer<typeof RtmpPullReply>;

/** One line of `capture.jsonl`: how the recorder reached the source, written at every connection. */
export const CaptureRecord = z.object({
  at: z.string(), requestedUrl: z.string(), playlistUrl: z.string(), remoteAddress: z.string().nullable(),
  statusCode: z.number().int(), headers: z.record(z.string(), z.string()),
  /** PEM certificates as the server sent them, leaf first; empty for plain HTTP. */
  tlsChain: z.array(z.string()),
  /** The playlists as received: address and text. */
  playlists: z.array(z.object({ url: z.string(), text: z.string() })),
  clockOffsetMs: z.number().nullable(),
});
export type CaptureRecord = z.infer<typeof CaptureRecord>;
