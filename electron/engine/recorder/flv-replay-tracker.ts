import { hash } from 'node:crypto';
import type { FlvUnit } from '../container/flv-reader.ts';

const keptTags = 8192;
const sampledBytes = 64;

/** Knows the frames of the connection before, so that what a server sends again after a reconnection is recognised by its content. */
export class FlvReplayTracker {
  #before = new Set<string>();
  #now = new Set<string>();

  /** A new connection begins: what came so far is what may be sent again. */
  turn(): void {
    for (const mark of this.#now) this.#before.add(mark);
    trim(this.#before);
    this.#now = new Set();
  }

  /** Takes a frame; says whether an earlier connection brought the very same one. */
  take(unit: FlvUnit): boolean {
    const mark = toMark(unit);
    this.#now.add(mark);
    if (this.#now.size > 2 * keptTags) trim(this.#now);
    return this.#before.has(mark);
  }

  /** Another broadcast begins: nothing of the last one counts any more. */
  clear(): void {
    this.#before.clear();
    this.#now.clear();
  }
}

/** Kind, time, length and both ends of a frame: enough to know it among the few thousand that are kept, without hashing every byte twice. */
function toMark({ bytes, kind, timestampMs }: FlvUnit): string {
  const sample = bytes.length <= 2 * sampledBytes ? bytes : Buffer.concat([bytes.subarray(0, sampledBytes), bytes.subarray(-sampledBytes)]);
  return `${kind[0] ?? ''}${timestampMs}.${bytes.length}.${hash('md5', sample, 'base64url')}`;
}

function trim(marks: Set<string>): void {
  for (const mark of marks) {
    if (marks.size <= keptTags) return;
    marks.delete(mark);
  }
}
