import { z } from 'zod';
import { EvidencePackage, ExportRequest, VerifyReport } from './evidence.ts';
import { Fault } from './faults.ts';
import { DismissReason, Flag, FlagState, Observation } from './flags.ts';
import { FlagId, PackageId, RoomId, SessionId } from './ids.ts';
import { libraryEvents, libraryMethods } from './library.ts';
import { Gap, Room, RoomInput, RoomTest, Session, SessionEvent, SourceKind } from './rooms.ts';
import { ModelStatus, Status } from './status.ts';
import { WallMs } from './time.ts';
import { Still, WaveformPart } from './timeline.ts';

const Empty = z.object({});
const RoomRange = z.object({ roomId: RoomId, fromMs: WallMs, toMs: WallMs });

/** Every method the engine answers: params and result, by name. */
export const methods = {
  'status.get': { params: Empty, result: Status },
  'models.list': { params: Empty, result: z.array(ModelStatus) },

  'rooms.list': { params: Empty, result: z.array(Room) },
  'rooms.test': { params: z.object({ url: z.string(), sourceKind: SourceKind.default('auto'), allowPrivate: z.boolean().nullable().default(null) }), result: RoomTest },
  'rooms.add': { params: RoomInput.extend({ start: z.boolean().default(true) }), result: Room },
  'rooms.update': { params: RoomInput.extend({ id: RoomId }), result: Room },
  /** Removes a room from the list; its recordings stay on disk. */
  'rooms.remove': { params: z.object({ id: RoomId }), result: Empty },
  'rooms.restore': { params: z.object({ id: RoomId }), result: Room },
  'rooms.start': { params: z.object({ id: RoomId }), result: Room },
  'rooms.stop': { params: z.object({ id: RoomId }), result: Room },
  'demo.offer': { params: Empty, result: z.object({ available: z.boolean(), running: z.boolean() }) },
  /** Starts the demo origin and adds its rooms, recording at once. */
  'demo.start': { params: Empty, result: z.array(Room) },

  'sessions.list': { params: z.object({ roomId: RoomId, limit: z.number().int().min(1).max(1000).default(50), beforeMs: WallMs.optional() }), result: z.array(Session) },
  'gaps.list': { params: RoomRange, result: z.array(Gap) },
  'events.list': { params: RoomRange, result: z.array(SessionEvent) },
  'observations.list': { params: RoomRange.extend({ limit: z.number().int().min(1).max(20_000).default(5000) }), result: z.array(Observation) },
  'waveform.list': { params: RoomRange, result: z.array(WaveformPart) },
  'stills.list': { params: RoomRange.extend({ limit: z.number().int().min(1).max(5000).default(500) }), result: z.array(Still) },

  'flags.list': {
    params: z.object({
      roomId: RoomId.optional(), fromMs: WallMs.optional(), toMs: WallMs.optional(), state: FlagState.optional(),
      limit: z.number().int().min(1).max(5000).default(200),
    }),
    result: z.array(Flag),
  },
  'flags.get': { params: z.object({ id: FlagId }), result: Flag },
  /** Sets what the inspector says of a flag; `open` takes it back. Every act is kept in the flag's history. */
  'flags.review': {
    params: z.object({ id: FlagId, state: FlagState, reason: DismissReason.nullable().default(null), note: z.string().max(2000).default('') }),
    result: Flag,
  },
  'flags.undo': { params: Empty, result: Flag.nullable() },

  'evidence.list': { params: Empty, result: z.array(EvidencePackage) },
  'evidence.export': { params: ExportRequest, result: EvidencePackage },
  'evidence.cancel': { params: z.object({ id: PackageId }), result: EvidencePackage },
  'evidence.verify': { params: z.object({ id: PackageId }), result: VerifyReport },

  ...libraryMethods,
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

/** The name of an RPC method. */
export type Method = keyof typeof methods;
/** What a caller passes to a method (defaults may be left out). */
export type Params<M extends Method> = z.input<(typeof methods)[M]['params']>;
/** What a method's handler receives, parsed. */
export type ParsedParams<M extends Method> = z.output<(typeof methods)[M]['params']>;
/** What a method returns. */
export type Result<M extends Method> = z.output<(typeof methods)[M]['result']>;

/** Every event the engine pushes. Durable ones come from the journal and can be replayed from a cursor. */
export const events = {
  roomChanged: Room,
  roomRemoved: z.object({ id: RoomId }),
  segmentCommitted: z.object({ roomId: RoomId, sessionId: SessionId, seq: z.number().int(), startMs: WallMs, durationMs: z.number() }),
  gapCommitted: Gap,
  sessionEventCommitted: SessionEvent,
  /** New observations, waveform and stills of one segment. */
  observationsCommitted: z.object({
    roomId: RoomId, sessionId: SessionId, observations: z.array(Observation), waveform: WaveformPart.nullable(), stills: z.array(Still),
    /** Root-mean-square level of the segment's sound in dBFS, −90 … 0; null where there is no sound. */
    levelDb: z.number().nullable(),
  }),
  flagsCommitted: z.object({ flags: z.array(Flag) }),
  packageChanged: EvidencePackage,
  statusChanged: Status,
  ...libraryEvents,
  /** A sentence for people that belongs to no one object: disk gate, child restarted, model missing. */
  notice: z.object({ level: z.enum(['info', 'warning', 'error']), fault: Fault, atMs: WallMs }),
} as const satisfies Record<string, z.ZodType>;

/** The name of an event. */
export type EventName = keyof typeof events;
/** What an event carries. */
export type EventData<E extends EventName> = z.output<(typeof events)[E]>;
/** Any event with its name. */
export type EngineEvent = { [E in EventName]: { event: E; data: EventData<E> } }[EventName];

/** From the window to the engine. `hello` opens the connection: cursor null = only what comes from now on. */
export const ClientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), cursor: z.number().int().nullable(), userName: z.string().max(80).default('') }),
  z.object({ type: z.literal('call'), id: z.number().int(), method: z.string(), params: z.unknown() }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

/** From the engine to the window. `cursor` is the journal position after the event (null for those not journalled). */
export const ServerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), cursor: z.number().int(), version: z.string() }),
  z.object({ type: z.literal('result'), id: z.number().int(), result: z.unknown() }),
  z.object({ type: z.literal('fault'), id: z.number().int(), fault: Fault }),
  z.object({ type: z.literal('event'), cursor: z.number().int().nullable(), event: z.string(), data: z.unknown() }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;

/**
 * Where the engine serves things, relative to the window's base URL `http://127.0.0.1:PORT/TOKEN/`.
 * Live and time-shifted playlists carry EXT-X-PROGRAM-DATE-TIME, so media time maps to wall time.
 */
export const paths = {
  socket: 'rpc',
  /** HLS playlist of the newest 30 s, for tiles. */
  livePlaylist: (roomId: string): string => `media/${roomId}/live.m3u8`,
  /** HLS playlist of a whole session (EVENT while it runs, ended once it is over). */
  sessionPlaylist: (roomId: string, sessionId: string): string => `media/${roomId}/${sessionId}/session.m3u8`,
  /** The same playlist with pictures transcoded to H.264 when they are asked for: for browsers that lack the codec. */
  transcodedPlaylist: (playlist: string): string => playlist.replace(/\.m3u8$/, '.h264.m3u8'),
  /** A stored file of a session. */
  segmentFile: (roomId: string, sessionId: string, file: string): string => `media/${roomId}/${sessionId}/${file}`,
  /** A still or thumbnail that perception derived. */
  derivedFile: (path: string): string => `derived/${path}`,
  /** A finished evidence package. */
  packageFile: (id: string): string => `packages/${id}.zip`,
  /** POST a package here to verify it; answers a VerifyReport. */
  verifyUpload: 'verify',
} as const;
