import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import type { Observation } from '../../contract/flags.ts';
import type { RoomId, SessionId } from '../../contract/ids.ts';
import type { Segment } from '../../contract/rooms.ts';
import { readWebVtt } from '../container/webvtt-reader.ts';
import { mergeCues, placeCues, type TimeAnchor } from '../container/webvtt-timing.ts';
import { decryptBytes } from '../perception/stored-bytes.ts';
import type { Store } from '../store/store.ts';

/** A caption on the session's time line, however it reached us. */
export type PlacedCaption = { startMs: number; endMs: number; text: string; speaker: string | null; engine: string };

/** Footage this far around a caption file places its cues, in milliseconds. */
export const captionReachMs = 60_000;
const maxCaptionBytes = 4 << 20;
/** A cue may have begun this long before the file that repeats it. */
const lookBackMs = 120_000;
const maxKnown = 2000;

/** Footage of one session that says what its media time was when. */
export function toAnchors(segments: readonly Segment[], sessionId: SessionId): TimeAnchor[] {
  return segments.flatMap((segment) => (segment.sessionId === sessionId && segment.mediaStartMs !== null ? [{ startMs: segment.startMs, durationMs: segment.durationMs, mediaStartMs: segment.mediaStartMs }] : []));
}

/** Reads a stored caption file below the session's folder `dir` and places its cues; a fault where it is none that can be read. */
export function readCaptionFile(dir: string, segment: Pick<Segment, 'file' | 'encryption' | 'container' | 'startMs' | 'durationMs'>, anchors: readonly TimeAnchor[]): PlacedCaption[] | Fault {
  const path = join(dir, segment.file);
  if (!existsSync(path)) return makeFault('not-found', path, '字幕文件不在了');
  try {
    const bytes = readHead(path);
    const plain = segment.encryption === null ? bytes : decryptBytes(bytes, segment.encryption, path);
    const file = readWebVtt(plain.toString('utf8'));
    if (file === null) return makeFault('source-unsupported', path, '随流字幕不是 WebVTT 格式，已照收到的样子保存');
    return placeCues(file, { startMs: segment.startMs, durationMs: segment.durationMs, anchors }).map(({ by, ...cue }) => ({ ...cue, engine: by === 'media-time' ? 'webvtt' : 'webvtt-unaligned' }));
  } catch (thrown) {
    if (thrown instanceof FaultError) return thrown.fault;
    throw thrown;
  }
}

/** Stores captions that are not stored yet, and lets those go on that an earlier file began; returns the new ones. To be called inside a transaction. */
export function storeCaptions(store: Store, where: { roomId: RoomId; sessionId: SessionId; placeMs: number }, captions: readonly PlacedCaption[]): Observation[] {
  const [fromMs, toMs] = [Math.min(...captions.map((cue) => cue.startMs)) - lookBackMs, Math.max(...captions.map((cue) => cue.endMs)) + 1];
  if (captions.length === 0) return [];
  const known = store.observations.list(where.roomId, fromMs, toMs, maxKnown).filter((item) => item.lane === 'caption' && item.sessionId === where.sessionId);
  const { added, extended } = mergeCues(known, captions, where.placeMs);
  for (const { id, endMs } of extended) store.observations.extend(id, endMs);
  return added.map((cue) => store.observations.add({
    roomId: where.roomId, sessionId: where.sessionId, lane: 'caption', startMs: cue.startMs, endMs: cue.endMs, text: cue.text, confidence: 1, engine: cue.engine, ...(cue.speaker === null ? {} : { speaker: cue.speaker }),
  }));
}

function readHead(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(maxCaptionBytes);
    return buffer.subarray(0, readSync(file, buffer, 0, maxCaptionBytes, 0));
  } finally {
    closeSync(file);
  }
}
