import { readFile } from 'node:fs/promises';
import { FaultError, makeFault, toFault } from '../../contract/faults.ts';
import type { Fault } from '../../contract/faults.ts';
import type { PerceptionLane } from './perception-lane.ts';
import { openSherpaEngine } from './sherpa-engine.ts';
import type { SpeechEngine } from './speech-engine.ts';
import { findSpeechPacks } from './speech-pack.ts';
import { openSyllableEngine } from './syllable-engine.ts';
import { decodeWav } from './waveform.ts';

const THREADS = 2;

/** What a person reads when no recogniser is there. */
export const NO_SPEECH_MODEL = '未安装语音识别模型，语音暂不转写；画面文字、弹幕识别不受影响。安装方法：将模型包文件夹拷入U盘后运行 npm run -s zhibojian -- models import <U盘上的文件夹>，下次启动时启用。';

/** Opens the lane that turns utterances into text, with the first pack that loads; without one the lane says so and stays up. */
export async function openSpeechLane(modelsDir: string, userModelsDir: string | null): Promise<PerceptionLane> {
  let fault: Fault | null = null;
  let engine: SpeechEngine | null = null;
  const packs = await findSpeechPacks(userModelsDir === null ? [modelsDir] : [userModelsDir, modelsDir], (thrown) => {
    fault ??= toFault(thrown, 'speech');
  });
  for (const pack of packs) {
    try {
      engine = await (pack.pack.model.kind === 'zipformer-ctc' && pack.pack.model.language !== undefined ? openSyllableEngine(pack, 1) : openSherpaEngine(pack, THREADS));
      break;
    } catch (thrown) {
      fault ??= toFault(thrown, 'speech');
    }
  }
  const ready = engine;
  return {
    fault: ready === null ? (fault ?? makeFault('model-missing', 'speech', NO_SPEECH_MODEL)) : null,
    versions: ready === null ? {} : { speech: ready.id },
    async answer(request) {
      if (request.type !== 'speech' || ready === null) return null;
      const wave = decodeWav(await readFile(request.file).catch((error: unknown) => {
        throw new FaultError(makeFault('not-found', request.file, 'utterance cannot be read', { cause: error }));
      }));
      if (wave === null) throw new FaultError(makeFault('segment-undecodable', request.file, 'utterance is not a 16-bit mono WAV'));
      const { text, confidence, words, syllables } = await ready.transcribe(wave.samples, wave.rate);
      const at = (ms: number): number => request.startMs + ms;
      return {
        type: 'heard', id: request.id, engine: ready.id, text, confidence,
        words: words.map((word) => ({ ...word, startMs: at(word.startMs), endMs: Math.min(at(word.endMs), request.endMs) })),
        syllables: syllables.map(({ atMs, best }) => ({ atMs: at(atMs), best })),
      };
    },
  };
}
