import { readFlvAudio, readFlvVideo, type FlvAudio, type FlvVideo } from './flv-packet-reader.ts';

export type { FlvAudio, FlvVideo } from './flv-packet-reader.ts';

/** One piece of an FLV stream, in order and without holes: put together, their bytes are the stream. */
export type FlvUnit = {
  kind: 'header' | 'video' | 'audio' | 'script' | 'other';
  /** Milliseconds on the stream's own axis, unsigned 32 bits; 0 for the header. */
  timestampMs: number;
  /** Offset of the first byte from the start of the stream. */
  offset: number;
  /** The whole piece as received: for a tag with its 11-byte head and the 4 bytes of its size behind it. */
  bytes: Buffer;
  video?: FlvVideo;
  audio?: FlvAudio;
};

/** Longest tag that is taken, in bytes; a 4K key frame is below 4 MiB. */
export const maxTagBytes = 16 << 20;
const maxHeaderBytes = 1 << 10;
const tagHead = 11;
const sizeBytes = 4;

/** Cuts an FLV stream into its pieces as it arrives; memory is bounded by the longest tag. Never throws: what is no FLV sets `broken`. */
export class FlvReader {
  #chunks: Buffer[] = [];
  #held = 0;
  #offset = 0;
  #needed = 9;
  #inTags = false;
  #broken: string | null = null;
  #wrongSizes = 0;

  /** How many tags were followed by a size that is not theirs; they are taken all the same, as received. */
  get wrongSizes(): number {
    return this.#wrongSizes;
  }

  /** Why the stream cannot be read any further; null while it can. */
  get broken(): string | null {
    return this.#broken;
  }

  /** Bytes that were received and belong to a piece that is not whole. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Takes what arrived and returns the pieces that are whole now. */
  push(chunk: Buffer): FlvUnit[] {
    const units: FlvUnit[] = [];
    if (this.#broken !== null) return units;
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#needed) return units;
    const buffer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    let at = 0;
    while (this.#broken === null) {
      const length = this.#measure(buffer, at);
      if (length === null || at + length > buffer.length) break;
      const bytes = buffer.subarray(at, at + length);
      units.push(isHeader(bytes, 0) ? { kind: 'header', timestampMs: 0, offset: this.#offset, bytes } : toTag(bytes, this.#offset));
      this.#inTags = true;
      this.#offset += length;
      at += length;
    }
    const rest = buffer.subarray(at);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    return units;
  }

  /** Length of the piece that begins at `at`; null when that is not known yet. Sets `#needed` to what must be there before it is worth looking again. */
  #measure(buffer: Buffer, at: number): number | null {
    const left = buffer.length - at;
    // An encoder that starts again behind the same connection sends its header in the middle of the stream; no tag begins with these three bytes.
    if (!this.#inTags || (left >= 9 && isHeader(buffer, at))) {
      this.#needed = 9;
      if (left < 9) return null;
      if (!isHeader(buffer, at)) return this.#breakOff('does not begin like FLV');
      const header = buffer.readUInt32BE(at + 5);
      if (header < 9 || header > maxHeaderBytes) return this.#breakOff(`header of ${header} bytes`);
      this.#needed = header + sizeBytes;
      return this.#needed;
    }
    this.#needed = tagHead;
    if (left < tagHead) return null;
    const type = (buffer[at] as number) & 0x1f;
    const length = tagHead + buffer.readUIntBE(at + 1, 3) + sizeBytes;
    if (length > maxTagBytes) return this.#breakOff(`tag of ${length} bytes`);
    this.#needed = length;
    if (left < length) {
      // A type that does not exist means that the place of this tag is wrong: do not wait for megabytes of it.
      return type === 8 || type === 9 || type === 18 ? null : this.#breakOff(`tag of type ${type}`);
    }
    const isSized = buffer.readUInt32BE(at + length - sizeBytes) === length - sizeBytes;
    if (isSized) return length;
    if (type !== 8 && type !== 9 && type !== 18) return this.#breakOff(`tag of type ${type}`);
    this.#wrongSizes += 1;
    return length;
  }

  #breakOff(why: string): null {
    this.#broken = why;
    return null;
  }
}

function isHeader(buffer: Buffer, at: number): boolean {
  return buffer[at] === 0x46 && buffer[at + 1] === 0x4c && buffer[at + 2] === 0x56;
}

function toTag(bytes: Buffer, offset: number): FlvUnit {
  const type = (bytes[0] as number) & 0x1f;
  const timestampMs = (bytes.readUIntBE(4, 3) | ((bytes[7] as number) << 24)) >>> 0;
  const data = bytes.subarray(tagHead, bytes.length - sizeBytes);
  const base = { timestampMs, offset, bytes };
  if (type === 9 && data.length > 0) return { kind: 'video', ...base, video: readFlvVideo(data) };
  if (type === 8 && data.length > 0) return { kind: 'audio', ...base, audio: readFlvAudio(data) };
  return { kind: type === 18 ? 'script' : type === 9 ? 'video' : type === 8 ? 'audio' : 'other', ...base };
}
