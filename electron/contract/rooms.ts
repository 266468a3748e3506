import { z } from 'zod';
import { Fault } from './faults.ts';
import { RoomId, SessionId } from './ids.ts';
import { WallMs } from './time.ts';

/** How a room's address is to be read; `auto` finds out by scheme and by what the server sends. */
export const SourceKind = z.enum(['auto', 'hls', 'flv', 'rtmp', 'page']);
export type SourceKind = z.infer<typeof SourceKind>;

/** How a file's media is packed: what its first bytes say, never its name. */
export const Container = z.enum(['ts', 'fmp4', 'aac', 'flv', 'vtt', 'file']);
export type Container = z.infer<typeof Container>;

/** The decoder's configuration as the stream's own headers give it; a change of `configHash` splits. */
export const DecoderConfig = z.object({
  /** First 16 hex digits of the SHA-256 over the parameter sets. */
  configHash: z.string(),
  /** RFC 6381 names, such as avc1.64001f or hvc1.1.6.L93; null where the headers do not say. */
  videoCodec: z.string().nullable(), audioCodec: z.string().nullable(),
  width: z.number().int().nullable(), height: z.number().int().nullable(),
});
export type DecoderConfig = z.infer<typeof DecoderConfig>;

/** How a segment is encrypted as received: AES-128 in CBC over the whole file; key and IV in hex. `keyHex` is null while the key could not be had. */
export const Encryption = z.object({ method: z.enum(['AES-128', 'SAMPLE-AES', 'other']), keyUri: z.string(), keyHex: z.string().nullable(), ivHex: z.string() });
export type Encryption = z.infer<typeof Encryption>;

/** A range of bytes [from, to], inclusive. */
export const StoredRange = z.object({ from: z.number().int(), to: z.number().int() });
export type StoredRange = z.infer<typeof StoredRange>;

/** What a person enters to watch a room. */
export const RoomInput = z.object({
  name: z.string().trim().min(1).max(80),
  url: z.string().trim().min(1).max(4096),
  sourceKind: SourceKind.default('auto'),
  /** Whether private, loopback and link-local addresses may be visited; null = only if the address entered is itself one. */
  allowPrivate: z.boolean().nullable().default(null),
  /** Chat beside the stream: http(s) that streams one JSON message a line, ws(s) that sends one a frame, or null. */
  chatUrl: z.string().trim().max(4096).nullable().default(null),
  platform: z.string().trim().max(40).default(''),
  host: z.string().trim().max(80).default(''),
  note: z.string().max(2000).default(''),
});
export type RoomInput = z.infer<typeof RoomInput>;

/** The six states of liveness that a person sees, and `stopped` for a room nobody asked to record. */
export const RoomState = z.enum(['stopped', 'connecting', 'live', 'stalled', 'offline', 'address-expired', 'disk-gate', 'clock-wrong']);
export type RoomState = z.infer<typeof RoomState>;

/** A room with its live state. */
export const Room = RoomInput.extend({
  id: RoomId,
  demo: z.boolean(),
  enabled: z.boolean(),
  state: RoomState,
  stateSinceMs: WallMs,
  stateFault: Fault.nullable(),
  sessionId: SessionId.nullable(),
  sessionStartMs: WallMs.nullable(),
  lastSegmentMs: WallMs.nullable(),
  bitrateBps: z.number().nullable(),
  createdAtMs: WallMs,
  /** Flags of the last ten minutes that are still open, for the tile's pulse. */
  openFlags: z.number().int(),
  vetoFlags: z.number().int(),
});
export type Room = z.infer<typeof Room>;

/** A session: one broadcast of one room. */
export const Session = z.object({
  id: SessionId,
  roomId: RoomId,
  startMs: WallMs,
  endMs: WallMs.nullable(),
  segments: z.number().int(),
  bytes: z.number().int(),
  mediaMs: z.number(),
});
export type Session = z.infer<typeof Session>;

/** A stored file of a session. */
export const Segment = z.object({
  roomId: RoomId,
  sessionId: SessionId,
  /** Position in the session, from 0, without holes; init sections have their own entry. */
  seq: z.number().int(),
  /** `audio` is sound that its source keeps apart from the picture; `media` has all that the source puts into one file. */
  kind: z.enum(['media', 'init', 'caption', 'audio']),
  container: Container,
  /** Path below the session's folder. */
  file: z.string(),
  /** The init section this segment needs (fMP4: EXT-X-MAP; FLV: header, metadata and sequence headers in force), as a file below the session's folder. */
  initFile: z.string().nullable(),
  sha256: z.string(),
  bytes: z.number().int(),
  startMs: WallMs,
  durationMs: z.number(),
  mediaSequence: z.number().int(),
  discontinuity: z.boolean(),
  uri: z.string(),
  arrivedAtMs: WallMs,
  monotonicMs: z.number(),
  clockOffsetMs: z.number().nullable(),
  /** The container's own timestamp of the first sample, in milliseconds; null where the headers do not say. */
  mediaStartMs: z.number().nullable().default(null),
  encryption: Encryption.nullable().default(null),
  byteRange: StoredRange.nullable().default(null),
  decoder: DecoderConfig.nullable().default(null),
});
export type Segment = z.infer<typeof Segment>;

/** Footage that could not be had, with the reason: a stored fact. */
export const Gap = z.object({
  roomId: RoomId,
  sessionId: SessionId,
  fromMs: WallMs,
  toMs: WallMs,
  reason: Fault,
});
export type Gap = z.infer<typeof Gap>;

/** What happened to a session beside its footage: every split, reconnect, address renewal and clock step, with its reason. */
export const SessionEventKind = z.enum([
  'opened', 'resumed', 'closed', 'split', 'reconnected', 'address-renewed', 'variant-changed', 'sequence-reset', 'clock-step', 'clock-measured',
  'timestamp-jump', 'headers-repeated', 'data-replayed', 'headers-changed', 'key-changed', 'disk-gate', 'resolver', 'preflight', 'imported', 'note',
]);
export type SessionEventKind = z.infer<typeof SessionEventKind>;

/** An event of a session; `detail` holds plain facts (from, to, stepMs, command …), `reason` the fault behind it, if there was one. */
export const SessionEvent = z.object({
  roomId: RoomId, sessionId: SessionId, atMs: WallMs, kind: SessionEventKind, reason: Fault.nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type SessionEvent = z.infer<typeof SessionEvent>;

/** One line of a room test: what was tried and what came of it. */
export const TestStep = z.object({ name: z.enum(['resolve', 'connect', 'playlist', 'segment', 'decode', 'clock', 'disk']), ok: z.boolean(), detail: z.string(), fault: Fault.nullable() });
export type TestStep = z.infer<typeof TestStep>;

/** The result of testing an address before it is added. */
export const RoomTest = z.object({
  ok: z.boolean(),
  steps: z.array(TestStep),
  variants: z.array(z.object({ width: z.number().nullable(), height: z.number().nullable(), bandwidth: z.number().nullable() })),
  gbPerDay: z.number().nullable(),
  /** What the address turned out to be; null when that was not found out. */
  sourceKind: SourceKind.nullable().default(null),
  bitrateBps: z.number().nullable().default(null),
  /** RFC 6381 codec names. */
  codecs: z.string().nullable().default(null),
  /** Server clock minus ours in milliseconds, and how it was measured. */
  clockOffsetMs: z.number().nullable().default(null),
  clockSource: z.string().default(''),
});
export type RoomTest = z.infer<typeof RoomTest>;
