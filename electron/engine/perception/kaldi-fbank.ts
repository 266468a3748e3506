/** Samples per second that the features are made for. */
export const fbankRate = 16_000;
/** Features per frame. */
export const fbankBins = 80;

const frameLength = 400;
const frameShift = 160;
const fftSize = 512;
const half = fftSize / 2;
const lowHz = 20;
const highHz = 7600;
const preemphasis = 0.97;
const floor = 1.1920929e-7;

const toMel = (hz: number): number => 1127 * Math.log1p(hz / 700);
const povey = Float64Array.from({ length: frameLength }, (_, i) => (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (frameLength - 1))) ** 0.85);
const cosines = Float64Array.from({ length: half }, (_, k) => Math.cos((-2 * Math.PI * k) / fftSize));
const sines = Float64Array.from({ length: half }, (_, k) => Math.sin((-2 * Math.PI * k) / fftSize));
const reversed = Uint16Array.from({ length: fftSize }, (_, i) => Number.parseInt(i.toString(2).padStart(9, '0').split('').reverse().join(''), 2));
const filters = makeFilters();

/** Each band's first FFT point and its weights from there on. */
function makeFilters(): { from: number; weights: Float64Array }[] {
  const step = (toMel(highHz) - toMel(lowHz)) / (fbankBins + 1);
  return Array.from({ length: fbankBins }, (_, band) => {
    const [left, centre, right] = [0, 1, 2].map((edge) => toMel(lowHz) + step * (band + edge)) as [number, number, number];
    const inside = Array.from({ length: half }, (_, k) => k).filter((k) => {
      const mel = toMel((k * fbankRate) / fftSize);
      return mel > left && mel < right;
    });
    const weights = inside.map((k) => {
      const mel = toMel((k * fbankRate) / fftSize);
      return Math.min((mel - left) / (centre - left), (right - mel) / (right - centre));
    });
    return { from: inside[0] ?? 0, weights: Float64Array.from(weights) };
  });
}

/** In-place FFT of 512 points whose input was put in bit-reversed order. */
function transform(re: Float64Array, im: Float64Array): void {
  for (let span = 2; span <= fftSize; span <<= 1) {
    const middle = span >> 1;
    const stride = fftSize / span;
    for (let start = 0; start < fftSize; start += span) {
      for (let k = 0; k < middle; k++) {
        const [a, b, turn] = [start + k, start + k + middle, k * stride];
        const [c, s, x, y] = [cosines[turn] as number, sines[turn] as number, re[b] as number, im[b] as number];
        const [u, v] = [x * c - y * s, x * s + y * c];
        re[b] = (re[a] as number) - u;
        im[b] = (im[a] as number) - v;
        re[a] = (re[a] as number) + u;
        im[a] = (im[a] as number) + v;
      }
    }
  }
}

/** Log-mel filter banks of Kaldi (25 ms every 10 ms, 80 bands, 20–7600 Hz, edges mirrored), as the recogniser of `sherpa-onnx` computes them for CTC models; row after row. */
export function computeFbank(samples: Float32Array): { frames: number; features: Float32Array } {
  const { length } = samples;
  const frames = length === 0 ? 0 : Math.floor((length + frameShift / 2) / frameShift);
  const features = new Float32Array(frames * fbankBins);
  const raw = new Float64Array(frameLength);
  const re = new Float64Array(fftSize);
  const im = new Float64Array(fftSize);
  for (let frame = 0; frame < frames; frame++) {
    const from = frame * frameShift + frameShift / 2 - frameLength / 2;
    let sum = 0;
    for (let i = 0; i < frameLength; i++) {
      let at = from + i;
      while (at < 0 || at >= length) at = at < 0 ? -at - 1 : 2 * length - 1 - at;
      sum += raw[i] = samples[at] as number;
    }
    const mean = sum / frameLength;
    re.fill(0);
    im.fill(0);
    let before = (raw[0] as number) - mean;
    for (let i = 0; i < frameLength; i++) {
      const value = (raw[i] as number) - mean;
      re[reversed[i] as number] = (value - preemphasis * before) * (povey[i] as number);
      before = value;
    }
    transform(re, im);
    for (let band = 0; band < fbankBins; band++) {
      const { from: first, weights } = filters[band] as { from: number; weights: Float64Array };
      let power = 0;
      for (let w = 0; w < weights.length; w++) {
        const [x, y] = [re[first + w] as number, im[first + w] as number];
        power += (x * x + y * y) * (weights[w] as number);
      }
      features[frame * fbankBins + band] = Math.log(Math.max(power, floor));
    }
  }
  return { frames, features };
}
