import { z } from 'zod';
import { Fault } from './faults.ts';
import { WallMs } from './time.ts';

/** A supervised child process. */
export const ChildStatus = z.object({
  name: z.enum(['recorder', 'decode', 'ocr', 'speech', 'demo']),
  state: z.enum(['starting', 'running', 'backing-off', 'stopped']),
  pid: z.number().int().nullable(),
  restarts: z.number().int(),
  lastFault: Fault.nullable(),
});
export type ChildStatus = z.infer<typeof ChildStatus>;

/** A model pack and whether it can be used. */
export const ModelStatus = z.object({
  id: z.string(),
  task: z.enum(['vad', 'ocr', 'speech', 'screen', 'image']),
  name: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
  licence: z.string(),
  source: z.string(),
  installed: z.boolean(),
  /** Says in Chinese what is wrong or how to install it; empty when in use. */
  note: z.string(),
});
export type ModelStatus = z.infer<typeof ModelStatus>;

/** How far a lane is behind the newest stored segment. */
export const LaneStatus = z.object({ lane: z.enum(['decode', 'ocr', 'speech', 'screen']), waiting: z.number().int(), failed: z.number().int(), lagMs: z.number() });
export type LaneStatus = z.infer<typeof LaneStatus>;

/** The facts of the bar and of the settings screen. */
export const Status = z.object({
  version: z.string(),
  startedAtMs: WallMs,
  recordingRooms: z.number().int(),
  disk: z.object({ path: z.string(), freeBytes: z.number(), totalBytes: z.number(), gate: z.enum(['open', 'full', 'read-only', 'gone', 'slow']), sinceMs: WallMs }),
  clock: z.object({ offsetMs: z.number().nullable(), source: z.string(), ok: z.boolean(), uncertaintyMs: z.number().nullable().default(null), sinceMs: WallMs.default(0) }),
  children: z.array(ChildStatus),
  lanes: z.array(LaneStatus),
  models: z.array(ModelStatus),
  versions: z.record(z.string(), z.string()),
  log: z.object({ leaves: z.number().int(), head: z.string() }),
  rulePack: z.object({ version: z.string(), hash: z.string(), terms: z.number().int() }),
  shell: z.string(),
});
export type Status = z.infer<typeof Status>;
