// Runs sherpa-onnx over WAV files with a CTC model of ours and prints one JSON line per file.
// Usage: node recognise.mjs MODEL.onnx TOKENS.txt [--threads N] FILE.wav ...
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const sherpa = require('sherpa-onnx-node');

const [model, tokens, ...rest] = process.argv.slice(2);
const at = rest.indexOf('--threads');
const numThreads = at < 0 ? 1 : Number(rest.splice(at, 2)[1]);
const recognizer = new sherpa.OfflineRecognizer({
  featConfig: { sampleRate: 16000, featureDim: 80 },
  modelConfig: { zipformerCtc: { model }, tokens, numThreads, provider: 'cpu', debug: 0 },
});
for (const file of rest) {
  const wave = sherpa.readWave(file);
  const started = process.hrtime.bigint();
  const stream = recognizer.createStream();
  stream.acceptWaveform({ sampleRate: wave.sampleRate, samples: wave.samples });
  recognizer.decode(stream);
  const result = recognizer.getResult(stream);
  const spentMs = Number(process.hrtime.bigint() - started) / 1e6;
  const audioMs = (wave.samples.length / wave.sampleRate) * 1000;
  console.log(JSON.stringify({ file, audioMs, spentMs, ...result }));
}
