import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaultError, makeFault } from '../../contract/faults.ts';
import type { HeardWord, SpeechEngine } from './speech-engine.ts';
import { toEngineId, verifySpeechPack } from './speech-pack.ts';
import type { InstalledPack, SpeechPack } from './speech-pack.ts';

type SherpaStream = { acceptWaveform: (wave: { sampleRate: number; samples: Float32Array }) => void };
type SherpaResult = { text?: unknown; tokens?: unknown; timestamps?: unknown; ys_log_probs?: unknown };
type SherpaRecognizer = { createStream: () => SherpaStream; decodeAsync: (stream: SherpaStream) => Promise<SherpaResult> };
type Sherpa = { OfflineRecognizer: { createAsync: (config: unknown) => Promise<SherpaRecognizer> }; version: string };

/** Used where a model gives no probabilities of its own: high enough to be kept, low enough to show that it is not measured. */
const UNMEASURED_CONFIDENCE = 0.8;
/** A word before a pause ends here at the latest. */
const longestWordMs = 400;

/** Checks a pack's hashes, then loads it with sherpa-onnx; throws model-invalid. */
export async function openSherpaEngine(installed: InstalledPack, threads: number): Promise<SpeechEngine> {
  await verifySpeechPack(installed);
  await tryLoading(installed.dir);
  const sherpa = createRequire(import.meta.url)('sherpa-onnx-node') as Sherpa;
  const recognizer = await sherpa.OfflineRecognizer.createAsync(toConfig(installed, threads)).catch((error: unknown) => {
    throw new FaultError(makeFault('model-invalid', installed.dir, '语音识别模型包无法加载：文件完好，但识别引擎不接受该模型。请更换模型包。', { cause: error }));
  });
  const { pack } = installed;
  return {
    id: toEngineId(pack),
    async transcribe(samples, sampleRate) {
      const stream = recognizer.createStream();
      stream.acceptWaveform({ sampleRate, samples });
      const result = await recognizer.decodeAsync(stream);
      const words = toWords(result, Math.round((samples.length * 1000) / sampleRate));
      return { text: typeof result.text === 'string' ? result.text.trim() : '', confidence: toConfidence(result.ys_log_probs), words, syllables: [] };
    },
  };
}

async function tryLoading(dir: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  execFile(process.execPath, [fileURLToPath(new URL('./sherpa-trial.ts', import.meta.url)), dir], { timeout: 120_000 }, (error, stdout, stderr) => {
    if (error === null && stdout.includes('loads')) return resolve();
    const cause = stderr.trim().split('\n').at(-1) ?? error?.message;
    reject(new FaultError(makeFault('model-invalid', dir, '语音识别模型包无法加载：识别引擎不接受该模型。请更换模型包。', { cause })));
  });
  await promise;
}

/** Configuration of sherpa-onnx's offline recogniser for a pack. */
export function toConfig({ dir, pack }: InstalledPack, threads: number): Record<string, unknown> {
  return {
    featConfig: { sampleRate: pack.sampleRate, featureDim: 80 },
    modelConfig: { ...toModelConfig(pack, (name) => join(dir, name)), tokens: join(dir, pack.model.tokens), numThreads: threads, provider: 'cpu', debug: 0 },
    decodingMethod: 'greedy_search',
  };
}

function toModelConfig(pack: SpeechPack, at: (name: string) => string): Record<string, unknown> {
  const m = pack.model;
  switch (m.kind) {
    case 'sense-voice': return { senseVoice: { model: at(m.model), language: m.language, useInverseTextNormalization: m.inverseTextNormalization ? 1 : 0 } };
    case 'paraformer': return { paraformer: { model: at(m.model) } };
    case 'zipformer-ctc': return { zipformerCtc: { model: at(m.model) } };
    case 'wenet-ctc': return { wenetCtc: { model: at(m.model) } };
    case 'nemo-ctc': return { nemoCtc: { model: at(m.model) } };
    case 'transducer': return { transducer: { encoder: at(m.encoder), decoder: at(m.decoder), joiner: at(m.joiner) } };
    case 'whisper': return { whisper: { encoder: at(m.encoder), decoder: at(m.decoder), language: m.language, task: 'transcribe', tailPaddings: -1 } };
  }
}

/** Tokens as words on the utterance's own clock; none where the model gives no times. */
function toWords({ tokens, timestamps, ys_log_probs: logProbabilities }: SherpaResult, lengthMs: number): HeardWord[] {
  if (!Array.isArray(tokens) || !Array.isArray(timestamps) || tokens.length !== timestamps.length) return [];
  const starts = timestamps.map((seconds) => Math.round(Number(seconds) * 1000));
  const scores = Array.isArray(logProbabilities) && logProbabilities.length === tokens.length ? logProbabilities : null;
  return tokens.flatMap((token, at) => {
    const text = String(token).replaceAll('▁', '').trim();
    const startMs = starts[at] as number;
    if (text === '' || !Number.isFinite(startMs)) return [];
    return [{ text, startMs, endMs: Math.min(lengthMs, starts[at + 1] ?? lengthMs, startMs + longestWordMs), confidence: scores === null ? UNMEASURED_CONFIDENCE : toConfidence([scores[at]]) }];
  });
}

function toConfidence(logProbabilities: unknown): number {
  if (!Array.isArray(logProbabilities) || logProbabilities.length === 0) return UNMEASURED_CONFIDENCE;
  const values = logProbabilities.filter((v): v is number => typeof v === 'number' && v <= 0);
  if (values.length === 0) return UNMEASURED_CONFIDENCE;
  return Math.exp(values.reduce((sum, v) => sum + v, 0) / values.length);
}
