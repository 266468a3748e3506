import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FlvReader, type FlvUnit } from '../../electron/engine/container/flv-reader.ts';

/** A short FLV file that can be played for ever: headers, and frames with their times from 0 on. */
export type FlvLoop = { headers: Buffer[]; frames: { timeMs: number; isKey: boolean; bytes: Buffer }[]; lengthMs: number };

/** Reads one of the files below `flv/`; `legacyHevc` writes H.265 as codec id 12. */
export function loadFlvLoop(name: 'avc' | 'hevc', legacyHevc = false): FlvLoop {
  const units = new FlvReader().push(readFileSync(path.join(import.meta.dirname, 'flv', `${name}.flv`)));
  const toBytes = (unit: FlvUnit): Buffer => (legacyHevc && unit.video !== undefined ? toLegacyHevc(unit) : unit.bytes);
  const isFrame = (unit: FlvUnit): boolean => unit.video?.packet === 'frames' || unit.audio?.packet === 'frames';
  const isHeader = (unit: FlvUnit): boolean => unit.kind === 'header' || unit.kind === 'script' || unit.video?.packet === 'config' || unit.audio?.packet === 'config';
  const frames = units.filter(isFrame).map((unit) => ({ timeMs: unit.timestampMs, isKey: unit.video?.frame === 'key', bytes: toBytes(unit) }));
  // The loop's length is a whole number of its key-frame distances, so that the next round goes on without a jump.
  const keys = frames.filter((frame) => frame.isKey).map((frame) => frame.timeMs);
  const distanceMs = (keys[1] as number) - (keys[0] as number);
  return { headers: units.filter(isHeader).map(toBytes), frames: frames.filter((frame) => frame.timeMs < keys.length * distanceMs), lengthMs: keys.length * distanceMs };
}

/** A tag with another time; the rest stays as it is. */
export function retime(tag: Buffer, timeMs: number): Buffer {
  const copy = Buffer.from(tag);
  copy.writeUIntBE(timeMs & 0xffffff, 4, 3);
  copy[7] = (timeMs >>> 24) & 0xff;
  return copy;
}

/** Builds a tag from its parts. */
export function makeTag(type: number, timeMs: number, data: Buffer): Buffer {
  const tag = Buffer.alloc(11 + data.length + 4);
  tag[0] = type;
  tag.writeUIntBE(data.length, 1, 3);
  data.copy(tag, 11);
  tag.writeUInt32BE(11 + data.length, 11 + data.length);
  return retime(tag, timeMs);
}

function toLegacyHevc({ video, timestampMs }: FlvUnit): Buffer {
  const head = Buffer.alloc(5);
  head[0] = ((video?.frame === 'key' ? 1 : 2) << 4) | 12;
  head[1] = video?.packet === 'config' ? 0 : 1;
  head.writeIntBE(video?.compositionMs ?? 0, 2, 3);
  return makeTag(9, timestampMs, Buffer.concat([head, video?.payload ?? Buffer.alloc(0)]));
}
