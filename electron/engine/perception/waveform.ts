/** Samples of one peak: 50 ms at 16 kHz. */
export const PEAK_SAMPLES = 800;

/** Peak of every 50 ms as one byte, 255 = full scale. */
export function measurePeaks(samples: Float32Array): Uint8Array {
  const peaks = new Uint8Array(Math.ceil(samples.length / PEAK_SAMPLES));
  for (let i = 0; i < peaks.length; i += 1) {
    let peak = 0;
    const end = Math.min(samples.length, (i + 1) * PEAK_SAMPLES);
    for (let j = i * PEAK_SAMPLES; j < end; j += 1) peak = Math.max(peak, Math.abs(samples[j] ?? 0));
    peaks[i] = Math.min(255, Math.round(peak * 255));
  }
  return peaks;
}

/** Root-mean-square level in dBFS, floored at −90; null for no samples. */
export function measureLevelDb(samples: Float32Array): number | null {
  if (samples.length === 0) return null;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / samples.length);
  return rms <= 0 ? -90 : Math.round(Math.min(0, Math.max(-90, 20 * Math.log10(rms))) * 10) / 10;
}

/** A 16-bit mono WAV of the samples. */
export function encodeWav(samples: Float32Array, rate: number): Buffer {
  const out = Buffer.alloc(44 + samples.length * 2);
  out.write('RIFF', 0, 'latin1');
  out.writeUInt32LE(36 + samples.length * 2, 4);
  out.write('WAVEfmt ', 8, 'latin1');
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate * 2, 28);
  out.writeUInt16LE(2, 32);
  out.writeUInt16LE(16, 34);
  out.write('data', 36, 'latin1');
  out.writeUInt32LE(samples.length * 2, 40);
  for (let i = 0; i < samples.length; i += 1) out.writeInt16LE(Math.round(Math.max(-1, Math.min(1, samples[i] ?? 0)) * 32_767), 44 + i * 2);
  return out;
}

/** Reads a 16-bit mono PCM WAV; null when it is anything else. */
export function decodeWav(data: Buffer): { samples: Float32Array; rate: number } | null {
  if (data.length < 44 || data.toString('latin1', 0, 4) !== 'RIFF' || data.toString('latin1', 8, 12) !== 'WAVE') return null;
  let at = 12;
  let rate = 0;
  while (at + 8 <= data.length) {
    const id = data.toString('latin1', at, at + 4);
    const size = data.readUInt32LE(at + 4);
    if (id === 'fmt ' && at + 24 <= data.length) {
      if (data.readUInt16LE(at + 8) !== 1 || data.readUInt16LE(at + 10) !== 1 || data.readUInt16LE(at + 22) !== 16) return null;
      rate = data.readUInt32LE(at + 12);
    } else if (id === 'data') {
      const count = Math.floor(Math.min(size, data.length - at - 8) / 2);
      if (rate === 0) return null;
      const samples = new Float32Array(count);
      for (let i = 0; i < count; i += 1) samples[i] = data.readInt16LE(at + 8 + i * 2) / 32_768;
      return { samples, rate };
    }
    at += 8 + size + (size & 1);
  }
  return null;
}
