import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { fbankRate } from './kaldi-fbank.ts';
import type { HeardWord, SpeechEngine } from './speech-engine.ts';
import { toEngineId, verifySpeechPack, type InstalledPack } from './speech-pack.ts';
import { decodeSyllables, parseLanguageModel } from './syllable-decoder.ts';
import { SyllableRecognizer, type FoundSyllable } from './syllable-recognizer.ts';

/** Readings kept of each syllable: the fifth is right in one of a hundred places. */
const rivals = 5;
/** A syllable may be heard over so long a stretch before the next: what follows is a pause. */
const longestSyllableMs = 400;
/** Sound in which less is believed on average, or fewer syllables a second are heard, is music or noise that the voice detector took for speech. People say three to seven. */
const leastConfidence = 0.3;
const leastPerSecond = 1;

/** Checks a pack's hashes, then loads its syllable model and language model; throws model-invalid. */
export async function openSyllableEngine(installed: InstalledPack, threads: number): Promise<SpeechEngine> {
  await verifySpeechPack(installed);
  const { dir, pack } = installed;
  if (pack.model.kind !== 'zipformer-ctc' || pack.model.language === undefined) throw new Error('not a syllable pack');
  const { model, tokens, language } = pack.model;
  try {
    const words = parseLanguageModel(await readFile(join(dir, language), 'utf8'));
    const recognizer = await SyllableRecognizer.load(join(dir, model), join(dir, tokens), threads);
    return {
      id: toEngineId(pack),
      async transcribe(samples, sampleRate) {
        if (sampleRate !== fbankRate) throw new FaultError(makeFault('segment-undecodable', pack.id, `speech must have ${fbankRate} Hz, not ${sampleRate}`));
        const syllables = await recognizer.recognize(samples, rivals);
        const confidence = meanConfidence(syllables);
        if (confidence < leastConfidence || syllables.length < (leastPerSecond * samples.length) / sampleRate) return { text: '', confidence, words: [], syllables: [] };
        const characters = decodeSyllables(words, syllables.map(({ best }) => best));
        const heard = characters.map(({ character, slot, probability }): HeardWord => {
          const startMs = syllables[slot]?.atMs ?? 0;
          return { text: character, startMs, endMs: Math.min(syllables[slot + 1]?.atMs ?? Number.POSITIVE_INFINITY, startMs + longestSyllableMs), confidence: probability };
        });
        return { text: heard.map(({ text }) => text).join(''), confidence, words: heard, syllables: syllables.map(({ atMs, best }) => ({ atMs, best: best.filter(({ probability }) => probability >= 0.01) })) };
      },
    };
  } catch (thrown) {
    throw new FaultError(makeFault('model-invalid', dir, '语音识别模型包无法加载：文件完好，但识别引擎不接受该模型。请更换模型包。', { cause: thrown }));
  }
}

function meanConfidence(syllables: readonly FoundSyllable[]): number {
  const sum = syllables.reduce((total, { best }) => total + (best[0]?.probability ?? 0), 0);
  return syllables.length === 0 ? 0 : Math.round((sum / syllables.length) * 1000) / 1000;
}
