import { readAvcSps, readHevcSps, type PictureFormat } from './sps-reader.ts';

/** What the first packets of an MPEG transport stream say: the first presentation time, and the decoder's parameter sets. Null where the bytes given do not reach that far. */
export type TsHeaders = {
  startMs: number | null;
  video: { codec: string | null; format: PictureFormat | null; sets: Buffer } | null;
  audio: { codec: string; sampleRate: number | null; channels: number | null; sets: Buffer } | null;
};

type Stream = { type: number; pid: number };

const packetBytes = 188;
const maxPackets = 4096;
const maxStreams = 32;
const maxPayloadBytes = 64 << 10;
const videoTypes: Record<number, 'avc' | 'hevc' | 'mpeg2'> = { 0x1b: 'avc', 0x24: 'hevc', 0x02: 'mpeg2' };
const audioTypes: Record<number, string> = { 0x0f: 'aac', 0x11: 'aac-latm', 0x03: 'mp3', 0x04: 'mp3', 0x81: 'ac-3', 0x87: 'ec-3' };
const sampleRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

/** Reads program tables, first timestamps and parameter sets out of the first bytes of a transport stream (ISO/IEC 13818-1); null when they are none. Never throws, work is bounded by the bytes given. */
export function readTsHeaders(head: Buffer): TsHeaders | null {
  const first = findSync(head);
  if (first === null) return null;
  let programPid: number | null = null;
  let streams = null as Stream[] | null;
  const payloads = new Map<number, { parts: Buffer[]; bytes: number; startMs: number | null; isOver: boolean }>();
  for (let at = first, count = 0; at + packetBytes <= head.length && count < maxPackets; at += packetBytes, count += 1) {
    if (head[at] !== 0x47) break;
    const isStart = ((head[at + 1] as number) & 0x40) !== 0;
    const pid = (((head[at + 1] as number) & 0x1f) << 8) | (head[at + 2] as number);
    const control = ((head[at + 3] as number) >> 4) & 3;
    if ((control & 1) === 0) continue;
    const skip = control === 3 ? 1 + (head[at + 4] as number) : 0;
    const payload = head.subarray(Math.min(at + 4 + skip, at + packetBytes), at + packetBytes);
    if (payload.length === 0) continue;
    if (pid === 0 && programPid === null && isStart) programPid = readProgramPid(payload);
    else if (pid === programPid && streams === null && isStart) streams = readStreams(payload);
    else if (streams?.some((stream) => stream.pid === pid) === true) {
      const known = payloads.get(pid);
      if (isStart) {
        if (known !== undefined) {
          known.isOver = true;
          continue;
        }
        const pes = readPesStart(payload);
        if (pes !== null) payloads.set(pid, { parts: [pes.body], bytes: pes.body.length, startMs: pes.startMs, isOver: false });
      } else if (known !== undefined && !known.isOver && known.bytes < maxPayloadBytes) {
        known.parts.push(payload);
        known.bytes += payload.length;
      }
    }
  }
  if (streams === null) return null;
  const result: TsHeaders = { startMs: null, video: null, audio: null };
  for (const { pid, type } of streams) {
    const found = payloads.get(pid);
    if (found === undefined) continue;
    if (found.startMs !== null && (result.startMs === null || found.startMs < result.startMs)) result.startMs = found.startMs;
    const video = videoTypes[type];
    const audio = audioTypes[type];
    if (video !== undefined && result.video === null) result.video = readVideo(video, Buffer.concat(found.parts));
    else if (audio !== undefined && result.audio === null) result.audio = audio === 'aac' ? readAdts(Buffer.concat(found.parts)) : { codec: audio, sampleRate: null, channels: null, sets: Buffer.from(audio) };
  }
  return result;
}

/** Reads the header of the first ADTS frame (ISO/IEC 13818-7); null when the bytes do not begin with one. */
export function readAdts(body: Buffer): TsHeaders['audio'] {
  if (body.length < 7 || body[0] !== 0xff || ((body[1] as number) & 0xf6) !== 0xf0) return null;
  const profile = ((body[2] as number) >> 6) + 1;
  const sampleRate = sampleRates[((body[2] as number) >> 2) & 0xf];
  const channels = (((body[2] as number) & 1) << 2) | ((body[3] as number) >> 6);
  if (sampleRate === undefined) return null;
  return { codec: `mp4a.40.${profile}`, sampleRate, channels, sets: Buffer.from([profile, ((body[2] as number) >> 2) & 0xf, channels]) };
}

function findSync(head: Buffer): number | null {
  for (let at = 0; at < packetBytes && at + packetBytes < head.length; at += 1) if (head[at] === 0x47 && head[at + packetBytes] === 0x47) return at;
  return head.length === packetBytes && head[0] === 0x47 ? 0 : null;
}

/** The part of a table's section after its pointer, as far as this packet holds it. */
function readSection(payload: Buffer, tableId: number): Buffer | null {
  const at = 1 + (payload[0] as number);
  if (at + 8 > payload.length || payload[at] !== tableId) return null;
  const length = (((payload[at + 1] as number) & 0xf) << 8) | (payload[at + 2] as number);
  return length < 9 ? null : payload.subarray(at + 8, Math.min(payload.length, at + 3 + length - 4));
}

function readProgramPid(payload: Buffer): number | null {
  const section = readSection(payload, 0);
  for (let at = 0; section !== null && at + 4 <= section.length; at += 4) {
    if (section.readUInt16BE(at) !== 0) return section.readUInt16BE(at + 2) & 0x1fff;
  }
  return null;
}

function readStreams(payload: Buffer): Stream[] | null {
  const section = readSection(payload, 2);
  if (section === null || section.length < 4) return null;
  const streams: Stream[] = [];
  for (let at = 4 + (section.readUInt16BE(2) & 0xfff); at + 5 <= section.length && streams.length < maxStreams; at += 5 + (section.readUInt16BE(at + 3) & 0xfff)) {
    streams.push({ type: section[at] as number, pid: section.readUInt16BE(at + 1) & 0x1fff });
  }
  return streams.length === 0 ? null : streams;
}

function readPesStart(payload: Buffer): { startMs: number | null; body: Buffer } | null {
  if (payload.length < 9 || payload.readUIntBE(0, 3) !== 1) return null;
  const hasTime = ((payload[7] as number) & 0x80) !== 0;
  const headerBytes = payload[8] as number;
  if (9 + headerBytes > payload.length) return null;
  let startMs: number | null = null;
  if (hasTime && headerBytes >= 5) {
    const high = ((payload[9] as number) >> 1) & 7;
    const ticks = high * 2 ** 30 + ((payload.readUInt16BE(10) >> 1) * 2 ** 15) + (payload.readUInt16BE(12) >> 1);
    startMs = Math.round(ticks / 90);
  }
  return { startMs, body: payload.subarray(9 + headerBytes) };
}

function readVideo(codec: 'avc' | 'hevc' | 'mpeg2', body: Buffer): TsHeaders['video'] {
  if (codec === 'mpeg2') return { codec, format: null, sets: Buffer.from(codec) };
  const isSps = (byte: number): boolean => (codec === 'avc' ? (byte & 0x1f) === 7 : ((byte >> 1) & 0x3f) === 33);
  for (let at = body.indexOf('000001', 0, 'hex'); at >= 0 && at + 4 <= body.length; ) {
    const next = body.indexOf('000001', at + 3, 'hex');
    if (isSps(body[at + 3] as number) && next > 0) {
      let end = next;
      while (end > at + 4 && body[end - 1] === 0) end -= 1;
      const sets = body.subarray(at + 3, end);
      const format = codec === 'avc' ? readAvcSps(sets) : readHevcSps(sets);
      return { codec: format?.codec ?? null, format, sets: Buffer.from(sets) };
    }
    at = next;
  }
  return null;
}
