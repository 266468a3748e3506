import { z } from 'zod';
import { Fault } from './faults.ts';
import { RoomId, SessionId } from './ids.ts';
import { Session } from './rooms.ts';
import { WallMs } from './time.ts';

/** Identifies a hold 保全. */
export const HoldId = z.string().regex(/^h[0-9a-z-]{1,63}$/).brand<'HoldId'>();
export type HoldId = z.infer<typeof HoldId>;

/** Identifies a long piece of work on the library (import, export, verify, move). */
export const TaskId = z.string().regex(/^t[0-9a-z-]{1,63}$/).brand<'TaskId'>();
export type TaskId = z.infer<typeof TaskId>;

/** What an administrator sets for the whole library. */
export const LibrarySettings = z.object({
  /** Bytes in MiB that stay free on the recording disk; ZHIBOJIAN_MIN_FREE_MB overrides it. */
  minFreeMb: z.number().int().min(0).max(10_000_000).default(512),
  /** Bytes that all recordings together may take; null = no limit. */
  quotaBytes: z.number().int().positive().nullable().default(null),
  /** Bytes that one room's recordings may take, by room id. */
  roomQuotaBytes: z.record(z.string(), z.number().int().positive()).default({}),
  /** Days that a session is kept after its end; the standard says 90. */
  retentionDays: z.number().int().min(1).max(36_500).default(90),
  /** Days between scheduling a deletion and the earliest purge. */
  trashDays: z.number().int().min(1).max(365).default(7),
  /** Whether expired sessions are scheduled, and purged after the grace, without a person. */
  automaticRetention: z.boolean().default(false),
  /** Whether stored files are read and compared with their hashes in the background. */
  rehash: z.boolean().default(true),
  rehashMbPerSecond: z.number().min(0.1).max(10_000).default(8),
  /** Days after which a session is due for another check. */
  rehashEveryDays: z.number().int().min(1).max(3650).default(30),
  /** A p90 of write + fsync beyond this many milliseconds counts as a slow disk. */
  slowDiskMs: z.number().int().min(50).max(60_000).default(2000),
});
export type LibrarySettings = z.infer<typeof LibrarySettings>;

/** A hold 保全: keeps a session, or a range of a room, from retention and deletion until it is released. */
export const Hold = z.object({
  id: HoldId, roomId: RoomId,
  /** The session that is held; null = the range [fromMs, toMs) of the room. */
  sessionId: SessionId.nullable(), fromMs: WallMs.nullable(), toMs: WallMs.nullable(),
  reason: z.string(), createdBy: z.string(), createdAtMs: WallMs,
  releasedBy: z.string().nullable(), releasedAtMs: WallMs.nullable(), releaseReason: z.string().nullable(),
});
export type Hold = z.infer<typeof Hold>;

/** Why a session may not be deleted; `detail` names the hold's reason, the number of leads or the package. */
export const Protection = z.object({ kind: z.enum(['hold', 'open-flag', 'finding', 'exported', 'running']), detail: z.string() });
export type Protection = z.infer<typeof Protection>;

/** Where a recording is on its way: kept, scheduled for deletion (can be undone), or deleted (its facts and hashes remain). */
export const RecordingState = z.enum(['recording', 'kept', 'scheduled', 'deleted']);
export type RecordingState = z.infer<typeof RecordingState>;

/** A session as the library screen lists it. */
export const Recording = Session.extend({
  roomName: z.string(), state: RecordingState,
  /** Brought in from files instead of recorded here. */
  imported: z.boolean(),
  protections: z.array(Protection),
  /** When retention lets it go; null while it runs. */
  expiresAtMs: WallMs.nullable(),
  scheduledAtMs: WallMs.nullable(), scheduledBy: z.string().nullable(),
  /** The earliest purge of a scheduled session. */
  purgeAfterMs: WallMs.nullable(),
  deletedAtMs: WallMs.nullable(), deletedBy: z.string().nullable(),
  /** When every file was last found to match its hash or not; null = never. */
  verifiedAtMs: WallMs.nullable(), alteredFiles: z.number().int(),
  /** Stretches that could not be had, and how long they are together. */
  gaps: z.number().int().default(0), gapMs: z.number().default(0),
});
export type Recording = z.infer<typeof Recording>;

/** What retention would do now: nothing happens until a person (or the switch) says so. */
export const RetentionPlan = z.object({
  computedAtMs: WallMs, retentionDays: z.number().int(), beforeMs: WallMs,
  /** Sessions that expire and may go. */
  expiring: z.array(Recording), expiringBytes: z.number(),
  /** Sessions that expired but are protected. */
  protected: z.array(Recording), protectedBytes: z.number(),
  /** Sessions scheduled earlier; those past their grace may be purged. */
  scheduled: z.array(Recording), scheduledBytes: z.number(), purgeable: z.array(SessionId),
});
export type RetentionPlan = z.infer<typeof RetentionPlan>;

/** A stored file that no longer matches its hash (actual null = missing). */
export const AlteredFile = z.object({ roomId: RoomId, sessionId: SessionId, seq: z.number().int(), path: z.string(), expected: z.string(), actual: z.string().nullable(), foundAtMs: WallMs });
export type AlteredFile = z.infer<typeof AlteredFile>;

/** Long work on the library with its progress (0 … 1); `result` holds plain facts once it is done. */
export const LibraryTask = z.object({
  id: TaskId, kind: z.enum(['verify', 'move', 'import', 'export']),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  title: z.string(), progress: z.number().min(0).max(1),
  doneBytes: z.number(), totalBytes: z.number(), doneItems: z.number().int(), totalItems: z.number().int(),
  fault: Fault.nullable(),
  /** Items that failed while the rest went on: import of a folder with one bad file, say. */
  problems: z.array(Fault),
  /** Plain facts: sessionId, target, altered … */
  result: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  createdAtMs: WallMs, createdBy: z.string(), endedAtMs: WallMs.nullable(),
});
export type LibraryTask = z.infer<typeof LibraryTask>;

/** The library as a whole. */
export const LibraryOverview = z.object({
  settings: LibrarySettings,
  /** The value in force, which ZHIBOJIAN_MIN_FREE_MB may override. */
  minFreeBytes: z.number(),
  /** Folder of the recordings. */
  recordingsDir: z.string(),
  sessions: z.number().int(), bytes: z.number(), scheduledBytes: z.number(), deletedSessions: z.number().int(),
  bytesByRoom: z.record(z.string(), z.number()),
  holds: z.number().int(), alteredFiles: z.number().int(),
  /** Background check: how many sessions are due, and where it is; null = it rests. */
  rehash: z.object({ due: z.number().int(), runningSessionId: SessionId.nullable(), doneBytes: z.number(), pausedBecause: z.string().nullable() }),
  /** p90 of write + fsync over the last minute; null before the first measurement. */
  writeLatencyMs: z.number().nullable(),
  /** The quota that holds recording back now; null = none. */
  quotaFault: Fault.nullable(),
  /** A verified copy elsewhere is in use and the old one may be removed: its folder. */
  oldRecordingsDir: z.string().nullable(),
});
export type LibraryOverview = z.infer<typeof LibraryOverview>;

/** Whether recordings fit where they are to go, found out before any byte is copied. */
export const TargetPreflight = z.object({
  /** The folder as it would be used: absolute. */
  target: z.string(),
  freeBytes: z.number(), totalBytes: z.number(),
  /** What would be copied. */
  neededBytes: z.number(),
  /** Why it cannot go there; null = it can. */
  fault: Fault.nullable(),
});
export type TargetPreflight = z.infer<typeof TargetPreflight>;

/** A change of some settings; `confirmShorter` says that keeping less than the 90 days of the standard is meant. */
export const LibrarySettingsChange = z.object({
  minFreeMb: LibrarySettings.shape.minFreeMb.unwrap().optional(), quotaBytes: LibrarySettings.shape.quotaBytes.unwrap().optional(), roomQuotaBytes: LibrarySettings.shape.roomQuotaBytes.unwrap().optional(),
  retentionDays: LibrarySettings.shape.retentionDays.unwrap().optional(), trashDays: LibrarySettings.shape.trashDays.unwrap().optional(), automaticRetention: z.boolean().optional(),
  rehash: z.boolean().optional(), rehashMbPerSecond: LibrarySettings.shape.rehashMbPerSecond.unwrap().optional(), rehashEveryDays: LibrarySettings.shape.rehashEveryDays.unwrap().optional(),
  slowDiskMs: LibrarySettings.shape.slowDiskMs.unwrap().optional(), confirmShorter: z.boolean().default(false),
});
export type LibrarySettingsChange = z.infer<typeof LibrarySettingsChange>;

const Empty = z.object({});
const Sessions = z.object({ sessionIds: z.array(SessionId).min(1).max(10_000) });

/** The engine's methods for the library, by name. */
export const libraryMethods = {
  'library.get': { params: Empty, result: LibraryOverview },
  'library.configure': { params: LibrarySettingsChange, result: LibraryOverview },
  'recordings.list': { params: z.object({ roomId: RoomId.nullable().default(null), limit: z.number().int().min(1).max(1000).default(200), offset: z.number().int().min(0).default(0) }), result: z.array(Recording) },
  'hold.add': { params: z.object({ roomId: RoomId, sessionId: SessionId.nullable().default(null), fromMs: WallMs.nullable().default(null), toMs: WallMs.nullable().default(null), reason: z.string().trim().min(1).max(2000) }), result: Hold },
  'hold.release': { params: z.object({ id: HoldId, reason: z.string().trim().min(1).max(2000) }), result: Hold },
  'hold.list': { params: z.object({ roomId: RoomId.nullable().default(null), released: z.boolean().default(false) }), result: z.array(Hold) },
  'retention.plan': { params: Empty, result: RetentionPlan },
  /** Step 1: schedules sessions for deletion; undone with `retention.undo` until they are purged. `early` allows sessions that retention still keeps. */
  'retention.schedule': { params: Sessions.extend({ early: z.boolean().default(false), reason: z.string().max(2000).default('') }), result: z.array(Recording) },
  'retention.undo': { params: Sessions, result: z.array(Recording) },
  /** Step 2: deletes the files of scheduled sessions whose grace is over; `confirmed` is the second explicit yes. */
  'retention.purge': { params: Sessions.extend({ confirmed: z.literal(true) }), result: z.array(Recording) },
  /** Reads every stored file of a session, or of several (neither = of all sessions), and compares it with its hash. */
  'verify.start': { params: z.object({ sessionId: SessionId.nullable().default(null), sessionIds: z.array(SessionId).max(10_000).default([]) }), result: LibraryTask },
  'verify.altered': { params: Empty, result: z.array(AlteredFile) },
  /** Looks at the folder that a move (no sessions) or an export (of these sessions) would go to: writable, apart from the library, room enough. */
  'library.preflight': { params: z.object({ target: z.string().min(1).max(4096), sessionIds: z.array(SessionId).max(10_000).default([]) }), result: TargetPreflight },
  /** Copies the recordings below another folder, verifies every file, then records there. */
  'library.move': { params: z.object({ target: z.string().min(1).max(4096) }), result: LibraryTask },
  /** After a move: removes the old copy; `confirmed` is the explicit yes. */
  'library.removeOld': { params: z.object({ confirmed: z.literal(true) }), result: LibraryOverview },
  /** Brings files and folders in, each as a session. `roomId` or `roomName` (made if absent) says where; startAtMs overrides what files say. */
  'import.start': { params: z.object({ paths: z.array(z.string().min(1).max(4096)).min(1).max(1000), roomId: RoomId.nullable().default(null), roomName: z.string().trim().max(80).default(''), startAtMs: WallMs.nullable().default(null) }), result: LibraryTask },
  'import.list': { params: Empty, result: z.array(LibraryTask) },
  'import.cancel': { params: z.object({ id: TaskId }), result: LibraryTask },
  /** Copies whole sessions with everything known of them into a folder below `target`. */
  'recordings.export': { params: Sessions.extend({ target: z.string().min(1).max(4096) }), result: LibraryTask },
  'tasks.list': { params: Empty, result: z.array(LibraryTask) },
  'tasks.cancel': { params: z.object({ id: TaskId }), result: LibraryTask },
  /** Takes a failed or cancelled move, export or import up again where it stopped. */
  'tasks.resume': { params: z.object({ id: TaskId }), result: LibraryTask },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

/** The engine's events for the library. */
export const libraryEvents = {
  /** A recording was held, released, scheduled, deleted, verified or imported. */
  recordingsChanged: z.object({ sessionIds: z.array(SessionId) }),
  holdChanged: Hold,
  libraryTaskChanged: LibraryTask,
  libraryChanged: LibraryOverview,
} as const satisfies Record<string, z.ZodType>;
