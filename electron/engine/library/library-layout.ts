import { createHash } from 'node:crypto';
import { join, resolve, sep } from 'node:path';
import type { RoomId, SessionId } from '../../contract/ids.ts';
import { RoomId as RoomIdSchema } from '../../contract/ids.ts';
import { readRecordingsRoot } from './recordings-root.ts';

/** Where everything of one library lies; `root` is the folder a person chose. */
export type LibraryLayout = {
  root: string; database: string; rooms: string; derived: string; packages: string; keys: string; scratch: string; models: string;
};

/** The layout below a root; recordings may have been moved elsewhere. */
export function toLayout(root: string): LibraryLayout {
  const top = resolve(root);
  return {
    root: top, database: join(top, 'zhibojian.db'), rooms: readRecordingsRoot(top) ?? join(top, 'rooms'), derived: join(top, 'derived'), packages: join(top, 'packages'),
    keys: join(top, 'keys'), scratch: join(top, 'scratch'), models: join(top, 'models'),
  };
}

/** The folder of one session's files. */
export function toSessionDir(layout: LibraryLayout, roomId: RoomId, sessionId: SessionId): string {
  return join(layout.rooms, roomId, sessionId);
}

/** Joins a path from outside below a folder; null when it would leave it. */
export function joinBelow(folder: string, path: string): string | null {
  if (path.includes('\0')) return null;
  const joined = resolve(folder, path);
  return joined.startsWith(resolve(folder) + sep) ? joined : null;
}

/** A room id made from its address, the same for the same address: what `record` uses for rooms that have no entry. */
export function toRoomId(url: string): RoomId {
  return RoomIdSchema.parse(`room-${createHash('sha256').update(url).digest('hex').slice(0, 12)}`);
}
