/** A track as its parameter sets describe it; times are in units of `timescale` per second. */
export type TrackFormat =
  | { kind: 'video'; codec: 'avc' | 'hevc'; config: Buffer; width: number; height: number; timescale: number }
  | { kind: 'audio'; config: Buffer; sampleRate: number; channels: number; timescale: number };

/** One sample: a picture or a sound frame. */
export type Sample = { data: Buffer; duration: number; compositionOffset: number; isKey: boolean };

/** A track's samples of one media segment, from `decodeTime` on. */
export type TrackRun = { trackId: number; decodeTime: number; samples: Sample[] };

function box(type: string, ...parts: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 8), 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}

function fullBox(type: string, version: number, flags: number, ...parts: Buffer[]): Buffer {
  return box(type, u32((version << 24) | flags), ...parts);
}

function u32(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32BE(value >>> 0, index * 4));
  return buffer;
}

function u16(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => buffer.writeUInt16BE(value & 0xffff, index * 2));
  return buffer;
}

const matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const empty = (count: number): Buffer => Buffer.alloc(count);

/** Writes the init section (ftyp and moov) of tracks 1, 2, … ISO/IEC 14496-12. */
export function makeInitSegment(tracks: readonly TrackFormat[]): Buffer {
  const mvhd = fullBox('mvhd', 0, 0, u32(0, 0, 1000, 0, 0x10000), u16(0x100, 0), empty(8), matrix, empty(24), u32(tracks.length + 1));
  const mvex = box('mvex', ...tracks.map((_track, index) => fullBox('trex', 0, 0, u32(index + 1, 1, 0, 0, 0))));
  return Buffer.concat([box('ftyp', Buffer.from('iso5'), u32(512), Buffer.from('iso5iso6mp41')), box('moov', mvhd, ...tracks.map((track, index) => makeTrack(track, index + 1)), mvex)]);
}

function makeTrack(track: TrackFormat, id: number): Buffer {
  const isVideo = track.kind === 'video';
  const size = isVideo ? u32(track.width << 16, track.height << 16) : u32(0, 0);
  const tkhd = fullBox('tkhd', 0, 3, u32(0, 0, id, 0, 0), empty(8), u16(0, 0, isVideo ? 0 : 0x100, 0), matrix, size);
  const mdhd = fullBox('mdhd', 0, 0, u32(0, 0, track.timescale, 0), u16(0x55c4, 0));
  const hdlr = fullBox('hdlr', 0, 0, u32(0), Buffer.from(isVideo ? 'vide' : 'soun'), empty(12), Buffer.from(isVideo ? 'Video\0' : 'Sound\0'));
  const header = isVideo ? fullBox('vmhd', 0, 1, empty(8)) : fullBox('smhd', 0, 0, empty(4));
  const dinf = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
  const nothing = u32(0);
  const stbl = box('stbl', fullBox('stsd', 0, 0, u32(1), makeEntry(track)), fullBox('stts', 0, 0, nothing), fullBox('stsc', 0, 0, nothing), fullBox('stsz', 0, 0, u32(0, 0)), fullBox('stco', 0, 0, nothing));
  return box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', header, dinf, stbl)));
}

function makeEntry(track: TrackFormat): Buffer {
  if (track.kind === 'video') {
    const fields = Buffer.concat([empty(6), u16(1), empty(16), u16(track.width, track.height), u32(0x480000, 0x480000, 0), u16(1), empty(32), u16(24, 0xffff)]);
    return track.codec === 'avc' ? box('avc1', fields, box('avcC', track.config)) : box('hvc1', fields, box('hvcC', track.config));
  }
  const fields = Buffer.concat([empty(6), u16(1), empty(8), u16(track.channels, 16, 0, 0), u32(track.sampleRate * 65_536)]);
  const specific = descriptor(5, track.config);
  const decoder = descriptor(4, Buffer.concat([Buffer.from([0x40, 0x15, 0, 0, 0]), u32(0, 0), specific]));
  return box('mp4a', fields, fullBox('esds', 0, 0, descriptor(3, Buffer.concat([u16(0), Buffer.from([0]), decoder, descriptor(6, Buffer.from([2]))]))));
}

function descriptor(tag: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, 0x80 | ((body.length >> 21) & 0x7f), 0x80 | ((body.length >> 14) & 0x7f), 0x80 | ((body.length >> 7) & 0x7f), body.length & 0x7f]), body]);
}

/** Writes one media segment (styp, moof, mdat) over runs of samples. */
export function makeMediaSegment(sequence: number, runs: readonly TrackRun[]): Buffer {
  const measured = makeMoof(sequence, runs, 0).length;
  const data = runs.flatMap((run) => run.samples.map((sample) => sample.data));
  return Buffer.concat([box('styp', Buffer.from('msdh'), u32(0), Buffer.from('msdhmsix')), makeMoof(sequence, runs, measured + 8), box('mdat', ...data)]);
}

function makeMoof(sequence: number, runs: readonly TrackRun[], dataOffset: number): Buffer {
  let offset = dataOffset;
  const fragments = runs.map((run) => {
    const samples = u32(...run.samples.flatMap((sample) => [sample.duration, sample.data.length, sample.isKey ? 0x2000000 : 0x1010000, sample.compositionOffset]));
    const trun = fullBox('trun', 1, 0xf01, u32(run.samples.length, offset), samples);
    offset += run.samples.reduce((sum, sample) => sum + sample.data.length, 0);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(Math.max(0, Math.round(run.decodeTime))));
    return box('traf', fullBox('tfhd', 0, 0x20000, u32(run.trackId)), fullBox('tfdt', 1, 0, time), trun);
  });
  return box('moof', fullBox('mfhd', 0, 0, u32(sequence)), ...fragments);
}
