/** What a video tag holds; `payload` is what follows the tag's own fields: a decoder configuration record or length-prefixed NAL units. */
export type FlvVideo = {
  codec: 'avc' | 'hevc' | 'av1' | 'other'; frame: 'key' | 'inter' | 'other'; packet: 'config' | 'frames' | 'end' | 'other';
  /** Presentation minus decoding time. */
  compositionMs: number;
  payload: Buffer;
};

/** What an audio tag holds; `payload` is an AudioSpecificConfig or a frame without its header. */
export type FlvAudio = { codec: 'aac' | 'mp3' | 'other'; packet: 'config' | 'frames' | 'other'; payload: Buffer };

const videoFourCcs: Record<string, FlvVideo['codec']> = { avc1: 'avc', hvc1: 'hevc', hev1: 'hevc', av01: 'av1' };
const audioFourCcs: Record<string, FlvAudio['codec']> = { mp4a: 'aac', '.mp3': 'mp3' };
const empty = Buffer.alloc(0);

/** Reads the fields of a video tag: those of Adobe's specification, codec id 12 for HEVC as Chinese networks use it, and the extended ones of Enhanced RTMP 2. */
export function readFlvVideo(data: Buffer): FlvVideo {
  const first = data[0];
  if (first === undefined) return { codec: 'other', frame: 'other', packet: 'other', compositionMs: 0, payload: empty };
  if ((first & 0x80) !== 0) return readExtendedVideo(data);
  const codecId = first & 0x0f;
  const frame = toFrame(first >> 4);
  const codec = codecId === 7 ? 'avc' : codecId === 12 ? 'hevc' : codecId === 13 ? 'av1' : 'other';
  if (codec === 'other') return { codec, frame, packet: frame === 'other' ? 'other' : 'frames', compositionMs: 0, payload: data.subarray(1) };
  if (data.length < 5) return { codec, frame, packet: data[1] === 2 ? 'end' : 'other', compositionMs: 0, payload: empty };
  const packet = frame === 'other' ? 'other' : data[1] === 0 ? 'config' : data[1] === 1 ? 'frames' : data[1] === 2 ? 'end' : 'other';
  return { codec, frame, packet, compositionMs: packet === 'frames' ? data.readIntBE(2, 3) : 0, payload: data.subarray(5) };
}

/** Reads the fields of an audio tag, plain and extended. */
export function readFlvAudio(data: Buffer): FlvAudio {
  const first = data[0];
  if (first === undefined) return { codec: 'other', packet: 'other', payload: empty };
  const format = first >> 4;
  if (format === 9) return readExtendedAudio(data);
  if (format === 10) return { codec: 'aac', packet: data[1] === 0 ? 'config' : data[1] === 1 ? 'frames' : 'other', payload: data.subarray(2) };
  return { codec: format === 2 || format === 14 ? 'mp3' : 'other', packet: 'frames', payload: data.subarray(1) };
}

function toFrame(type: number): FlvVideo['frame'] {
  return type === 1 || type === 4 ? 'key' : type === 2 || type === 3 ? 'inter' : 'other';
}

function readExtendedVideo(data: Buffer): FlvVideo {
  const first = data[0] as number;
  const frame = toFrame((first >> 4) & 7);
  const opened = openExtended(data, 4);
  if (opened === null) return { codec: 'other', frame, packet: 'other', compositionMs: 0, payload: empty };
  const codec = videoFourCcs[opened.fourCc] ?? 'other';
  const { type, body } = opened;
  if (type === 1 && (codec === 'avc' || codec === 'hevc')) {
    if (body.length < 3) return { codec, frame, packet: 'other', compositionMs: 0, payload: empty };
    return { codec, frame, packet: 'frames', compositionMs: body.readIntBE(0, 3), payload: body.subarray(3) };
  }
  return { codec, frame, packet: type === 0 ? 'config' : type === 1 || type === 3 ? 'frames' : type === 2 ? 'end' : 'other', compositionMs: 0, payload: body };
}

function readExtendedAudio(data: Buffer): FlvAudio {
  const opened = openExtended(data, -1);
  if (opened === null) return { codec: 'other', packet: 'other', payload: empty };
  return { codec: audioFourCcs[opened.fourCc] ?? 'other', packet: opened.type === 0 ? 'config' : opened.type === 1 ? 'frames' : 'other', payload: opened.body };
}

type Extended = { type: number; fourCc: string; body: Buffer };
const modifier = 7;

/**
 * Walks the extended fields to codec and body; of several tracks the first is taken. Null where the tag ends too early or is a command.
 * `metadataType` is the packet type that carries no coded media.
 */
function openExtended(data: Buffer, metadataType: number): Extended | null {
  let type = (data[0] as number) & 0x0f;
  let at = 1;
  while (type === modifier) {
    let bytes = (data[at] ?? 0) + 1;
    at += 1;
    if (bytes === 256) {
      if (at + 2 > data.length) return null;
      bytes = data.readUInt16BE(at) + 1;
      at += 2;
    }
    at += bytes;
    if (at >= data.length) return null;
    type = (data[at] as number) & 0x0f;
    at += 1;
  }
  const isVideo = metadataType === 4;
  if (isVideo && type !== metadataType && (((data[0] as number) >> 4) & 7) === 5) return null;
  if (type !== (isVideo ? 6 : 5)) {
    if (at + 4 > data.length) return null;
    return { type, fourCc: data.toString('latin1', at, at + 4), body: data.subarray(at + 4) };
  }
  return openFirstTrack(data, at);
}

function openFirstTrack(data: Buffer, from: number): Extended | null {
  const tracks = data[from];
  if (tracks === undefined) return null;
  const isSingle = tracks >> 4 === 0;
  // With several codecs the code stands behind the track's number, else before it: either way 1 + 4 bytes.
  const fourCcAt = tracks >> 4 === 2 ? from + 2 : from + 1;
  const at = from + 6;
  const bodyAt = isSingle ? at : at + 3;
  if (bodyAt > data.length) return null;
  const end = isSingle ? data.length : Math.min(data.length, bodyAt + data.readUIntBE(at, 3));
  return { type: tracks & 0x0f, fourCc: data.toString('latin1', fourCcAt, fourCcAt + 4), body: data.subarray(bodyAt, end) };
}
