import { z } from 'zod';
import { Fault } from './faults.ts';
import { RoomId, SessionId } from './ids.ts';
import { WallMs } from './time.ts';

/** What a person enters to watch a room. */
export const RoomInput = z.object({
  name: z.string().trim().min(1).max(80),
  url: z.string().trim().min(1).max(4096),
  /** Chat beside the stream: an HTTP address that streams one JSON message a line, or null. */
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
  kind: z.enum(['media', 'init']),
  container: z.enum(['ts', 'fmp4', 'aac']),
  /** Path below the session's folder. */
  file: z.string(),
  /** The init section this segment needs, as a file below the session's folder. */
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

/** One line of a room test: what was tried and what came of it. */
export const TestStep = z.object({ name: z.enum(['resolve', 'connect', 'playlist', 'segment', 'decode', 'clock']), ok: z.boolean(), detail: z.string(), fault: Fault.nullable() });
export type TestStep = z.infer<typeof TestStep>;

/** The result of testing an address before it is added. */
export const RoomTest = z.object({
  ok: z.boolean(),
  steps: z.array(TestStep),
  variants: z.array(z.object({ width: z.number().nullable(), height: z.number().nullable(), bandwidth: z.number().nullable() })),
  gbPerDay: z.number().nullable(),
});
export type RoomTest = z.infer<typeof RoomTest>;
