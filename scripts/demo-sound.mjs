import { execFileSync } from 'node:child_process';

const rate = 48_000;

/** Speaks one line with espeak-ng and returns it as 48 kHz mono samples, silence cut off at both ends. */
function speakLine(text, voice) {
  const wav = execFileSync('espeak-ng', ['-v', voice.name, '-p', String(voice.pitch), '-s', String(voice.speed), '--stdout', text], { maxBuffer: 1 << 26 });
  const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', 'pipe:0', '-ar', String(rate), '-ac', '1', '-f', 'f32le', 'pipe:1'], { input: wav, maxBuffer: 1 << 28 });
  const samples = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + (raw.length & ~3)));
  let from = 0;
  let to = samples.length;
  while (from < to && Math.abs(samples[from]) < 0.004) from++;
  while (to > from && Math.abs(samples[to - 1]) < 0.004) to--;
  return samples.subarray(from, to);
}

/** Scales samples to the given root-mean-square level in dBFS. */
function levelTo(samples, db) {
  const rms = Math.sqrt(samples.reduce((sum, v) => sum + v * v, 0) / Math.max(1, samples.length));
  const gain = 10 ** (db / 20) / (rms || 1);
  return samples.map((v) => v * gain);
}

/** A quiet pentatonic music bed: plucked notes over a slow pad, different for each seed. */
function composeBed(seconds, seed) {
  const bed = new Float32Array(seconds * rate);
  const scale = [0, 2, 4, 7, 9, 12, 14, 16];
  const root = 196 * 2 ** ((seed % 5) / 12);
  let state = seed * 7919 + 13;
  const random = () => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32);
  for (let at = 0; at < seconds - 1; at += random() < 0.3 ? 0.25 : 0.5) {
    const hz = root * 2 ** (scale[Math.floor(random() * scale.length)] / 12);
    const start = Math.floor(at * rate);
    for (let i = 0; i < rate && start + i < bed.length; i++) {
      const t = i / rate;
      bed[start + i] += Math.exp(-5 * t) * Math.min(1, t * 200) * (Math.sin(2 * Math.PI * hz * t) + 0.35 * Math.sin(4 * Math.PI * hz * t) + 0.12 * Math.sin(6 * Math.PI * hz * t));
    }
  }
  for (let i = 0; i < bed.length; i++) bed[i] += 0.18 * Math.sin((2 * Math.PI * (root / 2) * i) / rate) * (0.6 + 0.4 * Math.sin((2 * Math.PI * i) / (rate * 8)));
  return levelTo(bed, -38);
}

/**
 * Speaks and scores a room: 48 kHz mono samples of one loop, where each line begins and ends in ms, and the loudness
 * of the speech in steps of stepMs (0…1) for the host's mouth. Throws when a line runs into the next.
 */
export function makeSound(room, seed, stepMs) {
  const mix = composeBed(room.durationS, seed);
  const voice = new Float32Array(mix.length);
  const lines = room.lines.map(([startS, text], i) => {
    const spoken = levelTo(speakLine(text, room.voice), -17);
    const start = Math.round(startS * rate);
    const endMs = Math.round(((start + spoken.length) / rate) * 1000);
    const limitS = room.lines[i + 1]?.[0] ?? room.durationS;
    if (endMs > limitS * 1000) throw new Error(`${room.id}: "${text}" ends at ${endMs} ms, after ${limitS} s`);
    voice.set(spoken, start);
    return { startMs: Math.round(startS * 1000), endMs, text };
  });
  const step = (rate * stepMs) / 1000;
  const loudness = Array.from({ length: Math.ceil((room.durationS * 1000) / stepMs) }, (_, k) => {
    let peak = 0;
    for (let i = Math.floor(k * step); i < Math.min(voice.length, (k + 1) * step); i++) peak = Math.max(peak, Math.abs(voice[i]));
    return Math.min(1, peak / 0.45);
  });
  for (let i = 0; i < mix.length; i++) mix[i] = Math.tanh((mix[i] + voice[i]) * 1.05) * 0.95;
  return { samples: mix, lines, loudness };
}

/** Wraps 48 kHz mono samples as a 16-bit WAV file. */
export function encodeWav(samples) {
  const wav = Buffer.alloc(44 + samples.length * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples.length * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((v, i) => wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, v)) * 32767), 44 + i * 2));
  return wav;
}
