import { readFileSync, readdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import { SegmentRecord } from '../../electron/contract/recording.ts';
import type { ServedSegment } from '../origin/test-origin.ts';

/** What lies in a library's session folders for one room, read without the engine. */
export function readStoredSegments(libraryDir: string, roomId: string): SegmentRecord[] {
  const roomDir = path.join(libraryDir, 'rooms', roomId);
  if (!existsSync(roomDir)) return [];
  return readdirSync(roomDir).sort().flatMap((session) => {
    const file = path.join(roomDir, session, 'segments.jsonl');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => SegmentRecord.parse(JSON.parse(line))).filter((record) => existsSync(path.join(roomDir, session, record.file)));
  });
}

/** Compares what was served whole with what was stored: by media sequence and content, each exactly once. */
export function compareWithServed(stored: readonly SegmentRecord[], served: readonly ServedSegment[], untilMs: number): { lost: string[]; doubled: string[]; foreign: string[] } {
  const keyOf = (item: { mediaSequence: number; sha256: string }): string => `${item.mediaSequence}:${item.sha256.slice(0, 12)}`;
  const storedKeys = stored.filter((record) => record.kind === 'media').map(keyOf);
  const servedKeys = new Set(served.map(keyOf));
  return {
    lost: [...new Set(served.filter((item) => item.atMs < untilMs).map(keyOf))].filter((key) => !storedKeys.includes(key)),
    doubled: storedKeys.filter((key, index) => storedKeys.indexOf(key) !== index),
    foreign: storedKeys.filter((key) => !servedKeys.has(key)),
  };
}
