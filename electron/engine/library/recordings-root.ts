import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const Pointer = z.object({ path: z.string().min(1) });
const pointerName = 'recordings-root.json';
/** The file that marks a folder as the place of a library's recordings. */
export const recordingsMarkerName = 'zhibojian-recordings.json';

/** Where a library's recordings lie when they were moved off its own folder; null when they were not. */
export function readRecordingsRoot(root: string): string | null {
  const file = join(root, pointerName);
  if (!existsSync(file)) return null;
  const parsed = Pointer.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data.path : null;
}

/** Makes a library record below another folder from now on; the folder is marked, so that an empty mount point is not taken for it. */
export function writeRecordingsRoot(root: string, roomsDir: string): void {
  writeDurably(join(roomsDir, recordingsMarkerName), { library: resolve(root) });
  writeDurably(join(root, pointerName), { path: roomsDir });
}

/** Whether the folder of the recordings is there: always below the library's own, and only with its mark elsewhere. */
export function isRecordingsDirPresent(layout: { root: string; rooms: string }): boolean {
  return layout.rooms === join(layout.root, 'rooms') || existsSync(join(layout.rooms, recordingsMarkerName));
}

function writeDurably(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(`${path}.part`, 'w');
  writeSync(file, JSON.stringify(value));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.part`, path);
}
