/** What a picture tag holds. Payload is what the decoder gets: parameter sets (avcC, hvcC) or length-prefixed NAL units. */
export type FlvVideo = { codec: 'avc' | 'hevc' | 'av1' | 'other'; frame: 'key' | 'inter' | 'other'; packet: 'config' | 'frames' | 'end' | 'other'; compositionMs: number; payload: Buffer };
/** What a sound tag holds; payload is an AudioSpecificConfig or a raw frame. */
export type FlvAudio = { codec: 'aac' | 'mp3' | 'other'; packet: 'config' | 'frames'; payload: Buffer };

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
      units.push(this.#inTags ? toTag(bytes, this.#offset) : { kind: 'header', timestampMs: 0, offset: this.#offset, bytes });
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
    if (!this.#inTags) {
      this.#needed = 9;
      if (left < 9) return null;
      if (buffer.toString('latin1', at, at + 3) !== 'FLV') return this.#breakOff('does not begin like FLV');
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
    if (!isSized && type !== 8 && type !== 9 && type !== 18) return this.#breakOff(`tag of type ${type}`);
    return length;
  }

  #breakOff(why: string): null {
    this.#broken = why;
    return null;
  }
}

function toTag(bytes: Buffer, offset: number): FlvUnit {
  const type = (bytes[0] as number) & 0x1f;
  const timestampMs = (bytes.readUIntBE(4, 3) | ((bytes[7] as number) << 24)) >>> 0;
  const data = bytes.subarray(tagHead, bytes.length - sizeBytes);
  const base = { timestampMs, offset, bytes };
  if (type === 9 && data.length > 0) return { kind: 'video', ...base, video: toVideo(data) };
  if (type === 8 && data.length > 0) return { kind: 'audio', ...base, audio: toAudio(data) };
  return { kind: type === 18 ? 'script' : type === 9 ? 'video' : type === 8 ? 'audio' : 'other', ...base };
}

const fourCodes: Record<string, FlvVideo['codec']> = { avc1: 'avc', hvc1: 'hevc', hev1: 'hevc', av01: 'av1' };
const none = Buffer.alloc(0);

function toVideo(data: Buffer): FlvVideo {
  const first = data[0] as number;
  const isExtended = (first & 0x80) !== 0;
  const frameType = (first >> 4) & 7;
  const frame = frameType === 1 || frameType === 4 ? 'key' : frameType === 2 || frameType === 3 ? 'inter' : 'other';
  const packetNumber = isExtended ? first & 0xf : data[1] ?? 2;
  // Codec id 12 is HEVC as Chinese networks write it; others use the extended header with a four-letter code.
  const codec = isExtended ? fourCodes[data.toString('latin1', 1, 5)] ?? 'other' : ({ 7: 'avc', 12: 'hevc', 13: 'av1' } as const)[first & 0xf] ?? 'other';
  if (codec === 'other') return { codec, frame, packet: 'other', compositionMs: 0, payload: data.subarray(1) };
  const isFramesX = isExtended && packetNumber === 3;
  const packet = packetNumber === 0 ? 'config' : packetNumber === 1 || isFramesX ? 'frames' : packetNumber === 2 ? 'end' : 'other';
  const hasComposition = isExtended ? packetNumber === 1 && codec !== 'av1' : true;
  const from = isExtended ? (hasComposition ? 8 : 5) : 5;
  if (data.length < from) return { codec, frame, packet: 'other', compositionMs: 0, payload: none };
  return { codec, frame, packet, compositionMs: hasComposition && packet === 'frames' ? data.readIntBE(from - 3, 3) : 0, payload: data.subarray(from) };
}

function toAudio(data: Buffer): FlvAudio {
  const first = data[0] as number;
  const format = first >> 4;
  if (format === 10) return { codec: 'aac', packet: data[1] === 0 ? 'config' : 'frames', payload: data.subarray(2) };
  if (format === 9 && data.toString('latin1', 1, 5) === 'mp4a') return { codec: 'aac', packet: (first & 0xf) === 0 ? 'config' : 'frames', payload: data.subarray(5) };
  return { codec: format === 2 ? 'mp3' : 'other', packet: 'frames', payload: data.subarray(1) };
}
