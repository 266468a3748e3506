// Character and syllable error of the bundled recogniser with its language model.
// Usage: node characters.mjs MODEL.onnx TOKENS.txt LANGUAGE.txt CACHE [CLIPS] [K] [LANGUAGE WEIGHTS] [SKIP COSTS]; several weights, comma between, are tried one after the other
// Sets as evaluate.py leaves them below CACHE/eval (run it first); texts from CACHE/sets; only clips whose text is nothing but Han characters and punctuation.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSyllables, decoderWeights, parseLanguageModel } from '../../../electron/engine/perception/syllable-decoder.ts';
import { SyllableRecognizer } from '../../../electron/engine/perception/syllable-recognizer.ts';
import { decodeWav } from '../../../electron/engine/perception/waveform.ts';

const [modelPath, tokensPath, languagePath, cache, clips = '200', k = '5', language_ = '', skip_ = ''] = process.argv.slice(2);

function distance(a, b) {
  let row = b.map((_, j) => j + 1);
  for (const [i, x] of a.entries()) {
    let left = i;
    let up = i + 1;
    row = row.map((above, j) => {
      const value = Math.min(above + 1, up + 1, left + (x === b[j] ? 0 : 1));
      [left, up] = [above, value];
      return value;
    });
  }
  return row.at(-1) ?? a.length;
}

const recognizer = await SyllableRecognizer.load(modelPath, tokensPath, 1);
const language = parseLanguageModel(readFileSync(languagePath, 'utf8'));
const numbers = (list, usual) => (list === '' ? [usual] : list.split(',').map(Number));
const grid = numbers(language_, decoderWeights.language).flatMap((weight) => numbers(skip_, decoderWeights.skip).map((skip) => ({ ...decoderWeights, language: weight, skip })));
const percent = (part, of) => `${((100 * part) / of).toFixed(1)} %`;
for (const set of readdirSync(join(cache, 'eval')).sort()) {
  const indexFile = join(cache, 'sets', set.replace(/-music.*$/, ''), 'index.json');
  if (!existsSync(indexFile)) continue;
  const index = JSON.parse(readFileSync(indexFile, 'utf8'));
  const files = readdirSync(join(cache, 'eval', set)).filter((name) => name.endsWith('.wav'));
  const chosen = files.filter((_, at) => at % Math.max(1, Math.floor(files.length / Number(clips))) === 0);
  const sums = { clips: 0, characters: 0, syllables: 0, wrongSyllables: 0, within: 0, seconds: 0, ms: 0 };
  const tried = grid.map((weights) => ({ weights, wrong: 0, ms: 0, shown: [] }));
  for (const name of chosen) {
    const { text, syllables } = index[Number(name.replace('.wav', ''))];
    if (/[^\p{Script=Han}\p{P}\s]/u.test(text)) continue;
    const characters = [...text.replace(/[^\p{Script=Han}]/gu, '')];
    const { samples } = decodeWav(readFileSync(join(cache, 'eval', set, name)));
    const startedMs = performance.now();
    const heard = await recognizer.recognize(samples, Number(k));
    sums.ms += performance.now() - startedMs;
    sums.seconds += samples.length / 16_000;
    sums.clips += 1;
    sums.characters += characters.length;
    sums.syllables += syllables.length;
    sums.wrongSyllables += distance(syllables, heard.map(({ best }) => best[0].syllable));
    for (const one of tried) {
      const beganMs = performance.now();
      const found = decodeSyllables(language, heard.map(({ best }) => best), one.weights).map(({ character }) => character);
      one.ms += performance.now() - beganMs;
      one.wrong += distance(characters, found);
      if (one.shown.length < 4) one.shown.push(`    ${characters.join('')} → ${found.join('')}`);
    }
  }
  console.log(`${set}: ${sums.clips} clips, syllables ${percent(sums.wrongSyllables, sums.syllables)}, real-time factor of sound to syllables ${(sums.ms / 1000 / sums.seconds).toFixed(4)}`);
  for (const { weights, wrong, ms, shown } of tried) {
    console.log(`  language ${weights.language} skip ${weights.skip}: characters ${percent(wrong, sums.characters)}, real-time factor of syllables to characters ${(ms / 1000 / sums.seconds).toFixed(4)}`);
    if (tried.length === 1) console.log(shown.join('\n'));
  }
}
