import { z } from 'zod';
import { Fault } from './faults.ts';
import { FlagId, PackageId, RoomId } from './ids.ts';
import { WallMs } from './time.ts';

/** What to put into an evidence package. */
export const ExportRequest = z.object({
  roomId: RoomId,
  fromMs: WallMs,
  toMs: WallMs,
  flagIds: z.array(FlagId).default([]),
});
export type ExportRequest = z.infer<typeof ExportRequest>;

/** One check of `verify`. */
export const VerifyCheck = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
export type VerifyCheck = z.infer<typeof VerifyCheck>;

/** The answer of `verify`: ok only if every check holds. */
export const VerifyReport = z.object({ ok: z.boolean(), checks: z.array(VerifyCheck) });
export type VerifyReport = z.infer<typeof VerifyReport>;

/** An evidence package as the window lists it; progress runs from 0 to 1. */
export const EvidencePackage = z.object({
  id: PackageId,
  roomId: RoomId,
  roomName: z.string(),
  fromMs: WallMs,
  toMs: WallMs,
  flagIds: z.array(FlagId),
  state: z.enum(['queued', 'building', 'done', 'failed', 'cancelled']),
  progress: z.number().min(0).max(1),
  step: z.string(),
  fault: Fault.nullable(),
  file: z.string().nullable(),
  bytes: z.number().int().nullable(),
  sha256: z.string().nullable(),
  createdAtMs: WallMs,
  createdBy: z.string(),
  verify: VerifyReport.nullable(),
});
export type EvidencePackage = z.infer<typeof EvidencePackage>;
