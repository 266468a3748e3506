import { BitReader } from './bit-reader.ts';

/** What a sequence parameter set says of the picture. */
export type PictureFormat = { codec: string; width: number; height: number };

const maxSide = 16_384;
const chromaProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134]);

function toFormat(codec: string, width: number, height: number, reader: BitReader): PictureFormat | null {
  return !reader.isOver && width > 0 && height > 0 && width <= maxSide && height <= maxSide ? { codec, width, height } : null;
}

/** Reads an H.264 sequence parameter set (with its one-byte NAL header); null when it is none. ITU-T H.264 7.3.2.1.1. */
export function readAvcSps(nal: Buffer): PictureFormat | null {
  if (nal.length < 4 || ((nal[0] as number) & 0x1f) !== 7) return null;
  const codec = `avc1.${nal.toString('hex', 1, 4)}`;
  const reader = new BitReader(nal.subarray(4));
  const profile = nal[1] as number;
  reader.ue();
  let chroma = 1;
  if (chromaProfiles.has(profile)) {
    chroma = reader.ue();
    if (chroma === 3) reader.skip(1);
    reader.ue();
    reader.ue();
    reader.skip(1);
    if (reader.bits(1) === 1) for (let i = 0; i < (chroma === 3 ? 12 : 8); i += 1) if (reader.bits(1) === 1) skipScaling(reader, i < 6 ? 16 : 64);
  }
  reader.ue();
  const orderType = reader.ue();
  if (orderType === 0) reader.ue();
  else if (orderType === 1) {
    reader.skip(1);
    reader.se();
    reader.se();
    const cycle = Math.min(255, reader.ue());
    for (let i = 0; i < cycle; i += 1) reader.se();
  }
  reader.ue();
  reader.skip(1);
  const widthBlocks = reader.ue() + 1;
  const heightUnits = reader.ue() + 1;
  const framesOnly = reader.bits(1);
  if (framesOnly === 0) reader.skip(1);
  reader.skip(1);
  const crop = reader.bits(1) === 1 ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()] as const : [0, 0, 0, 0] as const;
  const unitX = chroma === 0 || chroma === 3 ? 1 : 2;
  const unitY = (chroma === 1 ? 2 : 1) * (2 - framesOnly);
  return toFormat(codec, widthBlocks * 16 - (crop[0] + crop[1]) * unitX, heightUnits * 16 * (2 - framesOnly) - (crop[2] + crop[3]) * unitY, reader);
}

function skipScaling(reader: BitReader, size: number): void {
  for (let i = 0, last = 8, next = 8; i < size; i += 1) {
    if (next !== 0) next = (last + reader.se() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

/** Reads an H.265 sequence parameter set (with its two-byte NAL header); null when it is none. ITU-T H.265 7.3.2.2.1. */
export function readHevcSps(nal: Buffer): PictureFormat | null {
  if (nal.length < 15 || (((nal[0] as number) >> 1) & 0x3f) !== 33) return null;
  const reader = new BitReader(nal.subarray(2));
  reader.skip(4);
  const subLayers = reader.bits(3);
  reader.skip(1);
  const space = reader.bits(2);
  const tier = reader.bits(1);
  const profile = reader.bits(5);
  const compatibility = reader.bits(32);
  const constraints = Array.from({ length: 6 }, () => reader.bits(8));
  const level = reader.bits(8);
  const present = Array.from({ length: subLayers }, () => [reader.bits(1), reader.bits(1)] as const);
  if (subLayers > 0) reader.skip(2 * (8 - subLayers));
  for (const [hasProfile, hasLevel] of present) reader.skip((hasProfile === 1 ? 88 : 0) + (hasLevel === 1 ? 8 : 0));
  reader.ue();
  const chroma = reader.ue();
  if (chroma === 3) reader.skip(1);
  let width = reader.ue();
  let height = reader.ue();
  if (reader.bits(1) === 1) {
    const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
    const unitY = chroma === 1 ? 2 : 1;
    width -= (reader.ue() + reader.ue()) * unitX;
    height -= (reader.ue() + reader.ue()) * unitY;
  }
  while (constraints.length > 1 && constraints.at(-1) === 0) constraints.pop();
  const codec = ['hvc1', `${['', 'A', 'B', 'C'][space] ?? ''}${profile}`, reverseBits(compatibility).toString(16).toUpperCase(), `${tier === 1 ? 'H' : 'L'}${level}`, ...constraints.map((byte) => byte.toString(16).toUpperCase())].join('.');
  return toFormat(codec, width, height, reader);
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let i = 0; i < 32; i += 1) reversed = reversed * 2 + (Math.floor(value / 2 ** i) % 2);
  return reversed;
}

/** Reads the picture format out of an avcC record; null when it is none. ISO/IEC 14496-15 5.3.3.1. */
export function readAvcConfig(config: Buffer): PictureFormat | null {
  if (config.length < 8 || config[0] !== 1 || ((config[5] as number) & 0x1f) === 0) return null;
  const length = config.readUInt16BE(6);
  return 8 + length > config.length ? null : readAvcSps(config.subarray(8, 8 + length));
}

/** Reads the picture format out of an hvcC record; null when it is none. ISO/IEC 14496-15 8.3.3.1. */
export function readHevcConfig(config: Buffer): PictureFormat | null {
  if (config.length < 23) return null;
  let at = 23;
  for (let arrays = config[22] as number; arrays > 0 && at + 3 <= config.length; arrays -= 1) {
    const type = (config[at] as number) & 0x3f;
    const count = config.readUInt16BE(at + 1);
    at += 3;
    for (let i = 0; i < count && at + 2 <= config.length; i += 1) {
      const length = config.readUInt16BE(at);
      if (at + 2 + length > config.length) return null;
      if (type === 33) return readHevcSps(config.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return null;
}

/** What an AudioSpecificConfig says of the sound. */
export type SoundFormat = { codec: string; sampleRate: number; channels: number };

const sampleRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

/** Reads an AudioSpecificConfig; null when it is none. ISO/IEC 14496-3 1.6.2.1. */
export function readAudioConfig(config: Buffer): SoundFormat | null {
  if (config.length < 2) return null;
  const object = (config[0] as number) >> 3;
  const rateIndex = (((config[0] as number) & 7) << 1) | ((config[1] as number) >> 7);
  const channels = ((config[1] as number) >> 3) & 0xf;
  const sampleRate = sampleRates[rateIndex];
  return object === 0 || sampleRate === undefined || channels === 0 ? null : { codec: `mp4a.40.${object}`, sampleRate, channels: channels === 7 ? 8 : channels };
}
