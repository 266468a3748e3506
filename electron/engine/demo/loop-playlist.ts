import { type LoopManifest, type LoopMessage, type LoopVariant, loopMs, loopSegments } from './loop-media.ts';

/** Media sequence 0 of every room is the segment that began at this instant, so that sequences go on growing over restarts. */
const sequenceZeroMs = Date.UTC(2026, 0, 1);

/** Segments listed in a live playlist. */
export const windowSegments = 6;

/** Segments still served after they left the window: a playlist's length and a segment more, as RFC 8216 §6.2.2 asks. */
export const graceSegments = windowSegments + 1;

/** Segments that are already there when an origin starts, so that a player need not wait for its first three. */
export const leadSegments = 3;

/** Runs a loop in wall-clock time; the same timing gives the same stream in every process, however often it restarts. */
export type LoopTiming = {
  /** Wall-clock instant of an origin's first start: the third segment of the loop has just ended. */
  startedAtMs: number;
  segmentMs: number;
  segments: number;
  /** Media seconds that pass in a second of the wall clock; 1 but in tests. */
  speed: number;
};

/** Times a room's loop so that it begins at its start when the origin starts. */
export function timeLoop(manifest: LoopManifest, startedAtMs: number, speed = 1): LoopTiming {
  return { startedAtMs, segmentMs: manifest.segmentMs, segments: loopSegments(manifest), speed };
}

/** Media sequence of the first segment of the first loop; nothing before it ever existed. */
export function firstSequence(timing: LoopTiming): number {
  return Math.floor((timing.startedAtMs - sequenceZeroMs) / timing.segmentMs) - leadSegments;
}

/** Media sequence of the newest complete segment. */
export function newestSequence(timing: LoopTiming, nowMs: number): number {
  const elapsedMs = (nowMs - timing.startedAtMs) * timing.speed;
  return firstSequence(timing) + leadSegments - 1 + Math.floor(elapsedMs / timing.segmentMs);
}

/** Wall-clock instant at which a segment is complete and may be fetched. */
export function completeAtMs(timing: LoopTiming, sequence: number): number {
  return timing.startedAtMs + ((sequence - firstSequence(timing) - leadSegments + 1) * timing.segmentMs) / timing.speed;
}

/** EXT-X-PROGRAM-DATE-TIME of a segment: media time, which is the wall clock at speed 1. */
export function programDateMs(timing: LoopTiming, sequence: number): number {
  return timing.startedAtMs + (sequence - firstSequence(timing) - leadSegments) * timing.segmentMs;
}

/** Which segment of the loop a sequence plays; null for one that never existed. */
export function loopIndex(timing: LoopTiming, sequence: number): number | null {
  const played = sequence - firstSequence(timing);
  return played < 0 ? null : played % timing.segments;
}

/** The sequences a playlist lists at an instant, first and last; empty (last < first) before the origin's start. */
export function planWindow(timing: LoopTiming, nowMs: number): { first: number; last: number } {
  const last = newestSequence(timing, nowMs);
  return { first: Math.max(firstSequence(timing), last - windowSegments + 1), last };
}

/** Whether a segment may be fetched at an instant: in the window or within the grace after it. */
export function isServed(timing: LoopTiming, sequence: number, nowMs: number): boolean {
  const { first, last } = planWindow(timing, nowMs);
  return sequence <= last && sequence >= first - graceSegments && loopIndex(timing, sequence) !== null;
}

/** How a playlist departs from the plain live one; the test origin's faults. sequenceShift: the sequence that an encoder which began anew calls 0. */
export type PlaylistTwist = { sequenceShift: number; ended: boolean };

/** Formats the live media playlist of one variant at an instant; segment addresses carry the sequence. */
export function formatMediaPlaylist(timing: LoopTiming, manifest: LoopManifest, variant: LoopVariant, nowMs: number, twist: PlaylistTwist = { sequenceShift: 0, ended: false }): string {
  const planned = planWindow(timing, nowMs);
  const first = Math.max(planned.first, twist.sequenceShift);
  const startsLoop = (sequence: number): boolean => loopIndex(timing, sequence) === 0;
  const loopsBefore = (sequence: number): number => Math.ceil((sequence - firstSequence(timing)) / timing.segments);
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${variant.init ? 7 : 3}`,
    `#EXT-X-TARGETDURATION:${Math.ceil(timing.segmentMs / 1000)}`,
    `#EXT-X-MEDIA-SEQUENCE:${first - twist.sequenceShift}`,
    // An origin that starts anew counts on from its own first sequence, which is beyond every count before it.
    `#EXT-X-DISCONTINUITY-SEQUENCE:${twist.sequenceShift > 0 ? loopsBefore(first) - loopsBefore(twist.sequenceShift) : firstSequence(timing) + loopsBefore(first)}`,
  ];
  for (let sequence = first; sequence <= planned.last; sequence++) {
    if (startsLoop(sequence)) lines.push('#EXT-X-DISCONTINUITY');
    if (variant.init && (sequence === first || startsLoop(sequence))) lines.push(`#EXT-X-MAP:URI="${variant.init}"`);
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(programDateMs(timing, sequence)).toISOString()}`);
    lines.push(`#EXTINF:${(timing.segmentMs / 1000).toFixed(3)},`, segmentName(manifest, sequence - twist.sequenceShift));
  }
  if (twist.ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/** Formats a master playlist over a room's variants, best first. */
export function formatMasterPlaylist(manifest: LoopManifest): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:3'];
  for (const v of manifest.variants) {
    lines.push(`#EXT-X-STREAM-INF:BANDWIDTH=${v.bandwidth},RESOLUTION=${v.width}x${v.height},FRAME-RATE=25.000,CODECS="${v.codecs}"`, `${v.name}/index.m3u8`);
  }
  return `${lines.join('\n')}\n`;
}

/** File name under which a sequence is offered. */
export function segmentName(manifest: LoopManifest, sequence: number): string {
  return `${sequence}.${manifest.container === 'ts' ? 'ts' : 'm4s'}`;
}

/** Sequence in a segment's file name; null when it is none. */
export function parseSegmentName(manifest: LoopManifest, name: string): number | null {
  const match = /^(\d{1,15})\.(ts|m4s)$/.exec(name);
  return match && (match[2] === 'ts') === (manifest.container === 'ts') ? Number(match[1]) : null;
}

/** The next chat message after an instant: when it is due on the wall clock, and what it says with its media time. */
export function nextMessage(manifest: LoopManifest, timing: LoopTiming, messages: LoopMessage[], afterMs: number): { dueMs: number; atMs: number; message: LoopMessage } | null {
  if (messages.length === 0) return null;
  const lengthMs = loopMs(manifest);
  const loopZeroMs = programDateMs(timing, firstSequence(timing));
  const mediaMs = timing.startedAtMs + (afterMs - timing.startedAtMs) * timing.speed;
  const loop = Math.max(0, Math.floor((mediaMs - loopZeroMs) / lengthMs));
  for (const candidate of [loop, loop + 1]) {
    for (const message of messages) {
      const atMs = loopZeroMs + candidate * lengthMs + message.offsetMs;
      if (atMs > mediaMs) return { dueMs: timing.startedAtMs + (atMs - timing.startedAtMs) / timing.speed, atMs, message };
    }
  }
  return null;
}
