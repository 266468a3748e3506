import { z } from 'zod';

/** Identifies a room 直播间; stable for the room's whole life. */
export const RoomId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/).brand<'RoomId'>();
export type RoomId = z.infer<typeof RoomId>;

/** Identifies a session (one broadcast of one room, over however many files). */
export const SessionId = z.string().regex(/^[0-9A-Za-z-]{1,64}$/).brand<'SessionId'>();
export type SessionId = z.infer<typeof SessionId>;

/** Identifies a flag 疑似线索. */
export const FlagId = z.string().regex(/^f[0-9a-z-]{1,63}$/).brand<'FlagId'>();
export type FlagId = z.infer<typeof FlagId>;

/** Identifies an evidence package 证据包. */
export const PackageId = z.string().regex(/^p[0-9a-z-]{1,63}$/).brand<'PackageId'>();
export type PackageId = z.infer<typeof PackageId>;
