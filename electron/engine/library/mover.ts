import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RoomId, SessionId } from '../../contract/ids.ts';
import type { Segment } from '../../contract/rooms.ts';
import type { Pace } from './file-verifier.ts';
import { copyVerified } from './verified-copy.ts';

/** A file of the recordings by its path below their folder. */
export type MovedFile = { path: string; bytes: number; sha256: string | null };

/** Every file below the folder of the recordings, with the hash that the library knows for it; files still being received are left out. */
export function listRecordingFiles(roomsDir: string, listSegments: (sessionId: SessionId) => readonly Pick<Segment, 'file' | 'sha256'>[]): MovedFile[] {
  const files: MovedFile[] = [];
  if (!existsSync(roomsDir)) return files;
  for (const room of readdirSync(roomsDir, { withFileTypes: true })) {
    if (!room.isDirectory() || !RoomId.safeParse(room.name).success) continue;
    for (const session of readdirSync(join(roomsDir, room.name), { withFileTypes: true })) {
      const sessionId = SessionId.safeParse(session.name);
      if (!session.isDirectory() || !sessionId.success) continue;
      const hashes = new Map(listSegments(sessionId.data).map((segment) => [segment.file, segment.sha256]));
      for (const name of readdirSync(join(roomsDir, room.name, session.name))) {
        if (name.endsWith('.part')) continue;
        const path = join(room.name, session.name, name);
        files.push({ path, bytes: statSync(join(roomsDir, path)).size, sha256: hashes.get(name) ?? null });
      }
    }
  }
  return files;
}

/** Copies files from one folder below another, each verified; what is there and right already is kept. */
export async function copyRecordings(files: readonly MovedFile[], from: string, to: string, pace: Pace, onFile: (file: MovedFile) => void): Promise<void> {
  for (const file of files) {
    await copyVerified({ from: join(from, file.path), to: join(to, file.path), sha256: file.sha256 }, pace, () => undefined);
    onFile(file);
  }
}
