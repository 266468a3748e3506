import { readAudioConfig, readAvcConfig, readHevcConfig } from './sps-reader.ts';

/** A box: where its contents begin and end in the buffer that was read; `end` may lie beyond a buffer that was cut. */
export type Mp4Box = { type: string; start: number; end: number };

/** A track as an init section describes it. */
export type Mp4Track = { trackId: number; kind: 'video' | 'audio' | 'other'; timescale: number; codec: string | null; width: number | null; height: number | null;
  /** Contents of avcC, hvcC, or the AudioSpecificConfig; empty where there is none. */
  config: Buffer };

const maxBoxes = 1024;

/** Lists the boxes between two offsets (ISO/IEC 14496-12, 4.2); stops at the first that cannot be. Never throws. */
export function listBoxes(bytes: Buffer, start = 0, end = bytes.length): Mp4Box[] {
  const boxes: Mp4Box[] = [];
  for (let at = start; at + 8 <= Math.min(end, bytes.length) && boxes.length < maxBoxes; ) {
    let size = bytes.readUInt32BE(at);
    let header = 8;
    if (size === 1) {
      if (at + 16 > bytes.length) break;
      const large = bytes.readBigUInt64BE(at + 8);
      if (large > BigInt(Number.MAX_SAFE_INTEGER)) break;
      size = Number(large);
      header = 16;
    } else if (size === 0) size = end - at;
    if (size < header || (at + size > end && end !== bytes.length)) break;
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), start: at + header, end: at + size });
    at += size;
  }
  return boxes;
}

/** The first box under a path of types; null where there is none. */
export function findBox(bytes: Buffer, path: readonly string[], within?: Mp4Box): Mp4Box | null {
  let box: Mp4Box | null = within ?? { type: '', start: 0, end: bytes.length };
  for (const type of path) {
    const found: Mp4Box | undefined = listBoxes(bytes, box.start, Math.min(box.end, bytes.length)).find((child) => child.type === type);
    if (found === undefined) return null;
    box = found;
  }
  return box;
}

/** Reads the tracks of an init section (moov); null when the bytes hold none. Never throws. */
export function readTracks(bytes: Buffer): Mp4Track[] | null {
  const moov = findBox(bytes, ['moov']);
  if (moov === null) return null;
  const tracks = listBoxes(bytes, moov.start, Math.min(moov.end, bytes.length)).filter((box) => box.type === 'trak').flatMap((trak) => readTrack(bytes, trak) ?? []);
  return tracks.length === 0 ? null : tracks;
}

function readTrack(bytes: Buffer, trak: Mp4Box): Mp4Track | null {
  const tkhd = findBox(bytes, ['tkhd'], trak);
  const mdhd = findBox(bytes, ['mdia', 'mdhd'], trak);
  const hdlr = findBox(bytes, ['mdia', 'hdlr'], trak);
  const stsd = findBox(bytes, ['mdia', 'minf', 'stbl', 'stsd'], trak);
  const trackId = readVersioned(bytes, tkhd, 12, 20);
  const timescale = readVersioned(bytes, mdhd, 12, 20);
  if (trackId === null || timescale === null || timescale === 0) return null;
  const handler = hdlr !== null && hdlr.start + 12 <= bytes.length ? bytes.toString('latin1', hdlr.start + 8, hdlr.start + 12) : '';
  const kind = handler === 'vide' ? 'video' : handler === 'soun' ? 'audio' : 'other';
  const entry = stsd === null ? undefined : listBoxes(bytes, stsd.start + 8, Math.min(stsd.end, bytes.length))[0];
  return { trackId, kind, timescale, ...readEntry(bytes, kind, entry) };
}

/** A 32-bit field whose place depends on the version of its full box. */
function readVersioned(bytes: Buffer, box: Mp4Box | null, offset: number, offset64: number): number | null {
  if (box === null || box.start >= bytes.length) return null;
  const at = box.start + (bytes[box.start] === 1 ? offset64 : offset);
  return at + 4 <= Math.min(box.end, bytes.length) ? bytes.readUInt32BE(at) : null;
}

function readEntry(bytes: Buffer, kind: Mp4Track['kind'], entry: Mp4Box | undefined): Pick<Mp4Track, 'codec' | 'width' | 'height' | 'config'> {
  const none = { codec: entry?.type ?? null, width: null, height: null, config: Buffer.alloc(0) };
  if (entry === undefined || kind === 'other') return none;
  const head = kind === 'video' ? 78 : 28;
  const children = listBoxes(bytes, entry.start + head, Math.min(entry.end, bytes.length));
  const take = (type: string): Buffer | null => {
    const box = children.find((child) => child.type === type);
    return box === undefined || box.end > bytes.length ? null : bytes.subarray(box.start, box.end);
  };
  if (kind === 'audio') {
    const config = readEsConfig(take('esds'));
    return config === null ? none : { codec: readAudioConfig(config)?.codec ?? entry.type, width: null, height: null, config: Buffer.from(config) };
  }
  const avc = take('avcC');
  const config = avc ?? take('hvcC');
  const format = config === null ? null : avc !== null ? readAvcConfig(config) : readHevcConfig(config);
  const size = entry.start + 28 <= bytes.length ? { width: bytes.readUInt16BE(entry.start + 24), height: bytes.readUInt16BE(entry.start + 26) } : { width: null, height: null };
  return { codec: format?.codec ?? entry.type, width: format?.width ?? size.width, height: format?.height ?? size.height, config: config === null ? Buffer.alloc(0) : Buffer.from(config) };
}

/** The AudioSpecificConfig in an esds box (ISO/IEC 14496-1, 7.2.6): descriptors 3 → 4 → 5. */
function readEsConfig(esds: Buffer | null): Buffer | null {
  if (esds === null) return null;
  let at = 4;
  for (let depth = 0; depth < 8 && at < esds.length; depth += 1) {
    const tag = esds[at++];
    let length = 0;
    for (let i = 0; i < 4 && at < esds.length; i += 1) {
      const byte = esds[at++] as number;
      length = (length << 7) | (byte & 0x7f);
      if ((byte & 0x80) === 0) break;
    }
    if (tag === 5) return length > 0 && at + length <= esds.length ? esds.subarray(at, at + length) : null;
    if (tag === 3) {
      const flags = esds[at + 2] ?? 0;
      at += 3 + ((flags & 0x80) !== 0 ? 2 : 0) + ((flags & 0x20) !== 0 ? 2 : 0);
      if ((flags & 0x40) !== 0) at += 1 + (esds[at] ?? 0);
    } else if (tag === 4) at += 13;
    else at += length;
  }
  return null;
}

/** Decode time of each track's first sample in the fragments at the beginning of `bytes` (moof/traf/tfdt), on the track's own time scale; the first fragment of a track counts. Never throws. */
export function readFragmentStarts(bytes: Buffer): { trackId: number; decodeTime: number }[] {
  const starts: { trackId: number; decodeTime: number }[] = [];
  for (const moof of listBoxes(bytes)) {
    if (moof.type !== 'moof') continue;
    for (const traf of listBoxes(bytes, moof.start, Math.min(moof.end, bytes.length))) {
      if (traf.type !== 'traf') continue;
      const tfhd = findBox(bytes, ['tfhd'], traf);
      const tfdt = findBox(bytes, ['tfdt'], traf);
      if (tfhd === null || tfdt === null || tfhd.start + 8 > bytes.length || tfdt.start + 8 > bytes.length) continue;
      const trackId = bytes.readUInt32BE(tfhd.start + 4);
      const isLong = bytes[tfdt.start] === 1;
      if (isLong && tfdt.start + 12 > bytes.length) continue;
      const decodeTime = isLong ? Number(bytes.readBigUInt64BE(tfdt.start + 4)) : bytes.readUInt32BE(tfdt.start + 4);
      if (!starts.some((start) => start.trackId === trackId)) starts.push({ trackId, decodeTime });
    }
  }
  return starts;
}
