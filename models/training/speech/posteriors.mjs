// Syllables with their rivals, by the product's own recogniser over onnxruntime-node.
// Usage: node posteriors.mjs MODEL.onnx TOKENS.txt FILE.wav [K]; prints per syllable its time and its K best readings with their probabilities.
import { readFileSync } from 'node:fs';
import { decodeWav } from '../../../electron/engine/perception/waveform.ts';
import { SyllableRecognizer } from '../../../electron/engine/perception/syllable-recognizer.ts';

const [modelPath, tokensPath, wavPath, k = '3'] = process.argv.slice(2);
const recognizer = await SyllableRecognizer.load(modelPath, tokensPath, 1);
const wave = decodeWav(readFileSync(wavPath));
for (const syllable of await recognizer.recognize(wave.samples, Number(k))) console.log(JSON.stringify(syllable));
