import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sessionFiles } from './session-files.ts';

/** What stays in a deleted session's folder, so that an index built anew from the files knows. */
export const DeletionMarker = z.object({ deletedAt: z.string(), deletedBy: z.string(), reason: z.string(), scheduledAt: z.string() });
export type DeletionMarker = z.infer<typeof DeletionMarker>;

const markerName = 'deleted.json';
const keptNames = new Set<string>([...Object.values(sessionFiles), markerName]);

/** Reads a session folder's deletion marker; null where the session is kept. */
export function readDeletionMarker(dir: string): DeletionMarker | null {
  const file = join(dir, markerName);
  if (!existsSync(file)) return null;
  try {
    return DeletionMarker.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null; // a marker that nobody can read deletes nothing
  }
}

/** Marks a session's folder as deleted, then removes its media; the lists of hashes, gaps and events stay. Can be repeated after a crash. Returns the files removed. */
export async function removeSessionMedia(dir: string, marker: DeletionMarker): Promise<number> {
  if (!existsSync(dir)) return 0;
  if (readDeletionMarker(dir) === null) {
    const part = join(dir, `${markerName}.part`);
    const file = await open(part, 'w');
    await file.writeFile(JSON.stringify(marker));
    await file.sync();
    await file.close();
    await rename(part, join(dir, markerName));
  }
  let removed = 0;
  for (const name of readdirSync(dir)) {
    if (keptNames.has(name)) continue;
    await rm(join(dir, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}
