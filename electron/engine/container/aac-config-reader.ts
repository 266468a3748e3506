import { BitReader } from './bit-reader.ts';

/** What an AudioSpecificConfig says: RFC 6381 name, rate in hertz, channels (0 where they are described elsewhere). */
export type AacConfig = { codec: string; sampleRate: number; channels: number };

const sampleRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];
const channelCounts = [0, 1, 2, 3, 4, 5, 6, 8];

/** Reads an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1); null where it is too short or says nothing known. */
export function readAacConfig(config: Buffer): AacConfig | null {
  const bits = new BitReader(config);
  const objectType = takeObjectType(bits);
  const rateIndex = bits.take(4);
  const sampleRate = rateIndex === 15 ? bits.take(24) : sampleRates[rateIndex];
  const channels = channelCounts[bits.take(4)];
  if (bits.overrun || objectType === 0 || sampleRate === undefined || sampleRate === 0 || channels === undefined) return null;
  return { codec: `mp4a.40.${objectType}`, sampleRate, channels };
}

function takeObjectType(bits: BitReader): number {
  const type = bits.take(5);
  return type === 31 ? 32 + bits.take(6) : type;
}
