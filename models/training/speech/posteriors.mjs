// Syllable posteriors through onnxruntime-node: the same ONNX file, features computed here.
// Usage: node posteriors.mjs MODEL.onnx TOKENS.txt FILE.wav [K]; prints per emitted syllable its time, its
// score and its K best rivals, which is what a match by sound needs and greedy text hides.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const ort = require('onnxruntime-node');
const [frame, shift, size, bins] = [400, 160, 512, 80];
const mel = (hz) => 1127 * Math.log1p(hz / 700);
const edges = Array.from({ length: bins + 2 }, (_, i) => mel(20) + ((mel(7600) - mel(20)) * i) / (bins + 1));
const shape = Float64Array.from({ length: frame }, (_, i) => (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (frame - 1))) ** 0.85);

/** In-place radix-2 FFT of 512 points. */
function transform(re, im) {
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j], im[i], im[j]] = [re[j], re[i], im[j], im[i]];
  }
  for (let span = 2; span <= size; span <<= 1) {
    for (let start = 0; start < size; start += span) {
      for (let k = 0; k < span / 2; k++) {
        const angle = (-2 * Math.PI * k) / span;
        const [c, s, a, b] = [Math.cos(angle), Math.sin(angle), start + k, start + k + span / 2];
        const [x, y] = [re[b] * c - im[b] * s, re[b] * s + im[b] * c];
        [re[b], im[b], re[a], im[a]] = [re[a] - x, im[a] - y, re[a] + x, im[a] + y];
      }
    }
  }
}

/** Log-mel features, frame by frame, as fbank.py computes them. */
function fbank(wave) {
  const count = Math.floor((wave.length + shift / 2) / shift);
  const out = new Float32Array(count * bins);
  const at = (i) => {
    let p = i;
    while (p < 0 || p >= wave.length) p = p < 0 ? -p - 1 : 2 * wave.length - 1 - p;
    return wave[p];
  };
  for (let t = 0; t < count; t++) {
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    const raw = Float64Array.from({ length: frame }, (_, i) => at(t * shift + shift / 2 - frame / 2 + i));
    const mean = raw.reduce((a, b) => a + b, 0) / frame;
    for (let i = 0; i < frame; i++) re[i] = (raw[i] - mean - 0.97 * (raw[Math.max(0, i - 1)] - mean)) * shape[i];
    transform(re, im);
    const sums = new Float64Array(bins);
    for (let k = 0; k < size / 2; k++) {
      const point = mel((k * 16000) / size);
      const power = re[k] ** 2 + im[k] ** 2;
      for (let b = 0; b < bins; b++) {
        if (point <= edges[b] || point >= edges[b + 2]) continue;
        sums[b] += power * Math.min((point - edges[b]) / (edges[b + 1] - edges[b]), (edges[b + 2] - point) / (edges[b + 2] - edges[b + 1]));
      }
    }
    for (let b = 0; b < bins; b++) out[t * bins + b] = Math.log(Math.max(sums[b], 1.1920929e-7));
  }
  return { count, out };
}

const [modelPath, tokensPath, wavPath, k = '3'] = process.argv.slice(2);
const tokens = readFileSync(tokensPath, 'utf8').trim().split('\n').map((line) => line.split(' ')[0]);
const file = readFileSync(wavPath);
const data = file.indexOf('data') + 8;
const wave = Float32Array.from({ length: (file.length - data) >> 1 }, (_, i) => file.readInt16LE(data + 2 * i) / 32768);
const { count, out } = fbank(wave);
const session = await ort.InferenceSession.create(modelPath);
const result = await session.run({
  x: new ort.Tensor('float32', out, [1, count, bins]),
  x_lens: new ort.Tensor('int64', BigInt64Array.of(BigInt(count)), [1]),
});
const scores = result.log_probs.data;
const width = tokens.length;
const syllables = [];
let last = -1;
for (let t = 0; t < Number(result.log_probs_len.data[0]); t++) {
  const row = Array.from(scores.subarray(t * width, (t + 1) * width));
  const order = row.map((_, i) => i).sort((a, b) => row[b] - row[a]);
  if (order[0] !== 0 && order[0] !== last) {
    const named = order.filter((i) => i !== 0).slice(0, Number(k));
    syllables.push({ atMs: t * 40, best: named.map((i) => [tokens[i], Number(Math.exp(row[i]).toFixed(4))]) });
  }
  last = order[0];
}
console.log(JSON.stringify({ text: syllables.map((s) => s.best[0][0]).join(' '), syllables }));
