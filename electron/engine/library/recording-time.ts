import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Where an imported recording's start on the wall clock was taken from. */
export type StartSource = 'user' | 'file-name' | 'creation-time' | 'modified-time';

const pattern = /(?<!\d)(20\d{2})[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])日?[-_ T]{1,2}([01]\d|2[0-3])[-_:.时]?([0-5]\d)[-_:.分]?([0-5]\d)(?:[-_.](\d{3})(?!\d))?/;

/** Finds a local date and time in a file's name as recorders write it (20241123-193000, 2024-11-23 19-30-00 …); null when there is none. */
export function parseRecordingTime(name: string): number | null {
  const match = pattern.exec(name);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, millisecond] = match.map(Number) as [number, number, number, number, number, number, number, number];
  const date = new Date(year, month - 1, day, hour, minute, second, Number.isNaN(millisecond) ? 0 : millisecond);
  return date.getMonth() === month - 1 ? date.getTime() : null; // 31 February is no date
}

const mp4EpochMs = Date.UTC(1904, 0, 1);

/** Reads an MP4's creation time from its movie header (ISO 14496-12 § 8.2.2); null when it is no MP4 or says nothing. */
export function readCreationMs(path: string): number | null {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(16);
    const end = fstatSync(file).size;
    const walk = (from: number, to: number, name: string): { at: number; end: number } | null => {
      for (let at = from, count = 0; at + 8 <= to && count < 10_000; count += 1) {
        if (readSync(file, head, 0, 16, at) < 8) return null;
        let size = head.readUInt32BE(0);
        let header = 8;
        if (size === 1) {
          size = Number(head.readBigUInt64BE(8));
          header = 16;
        } else if (size === 0) size = to - at;
        if (size < header) return null;
        if (head.toString('latin1', 4, 8) === name) return { at: at + header, end: Math.min(at + size, to) };
        at += size;
      }
      return null;
    };
    const moov = walk(0, end, 'moov');
    const mvhd = moov === null ? null : walk(moov.at, moov.end, 'mvhd');
    if (mvhd === null) return null;
    const body = Buffer.alloc(16);
    if (readSync(file, body, 0, 16, mvhd.at) < 16) return null;
    const seconds = body[0] === 1 ? Number(body.readBigUInt64BE(4)) : body.readUInt32BE(4);
    return seconds === 0 ? null : mp4EpochMs + seconds * 1000;
  } finally {
    closeSync(file);
  }
}
