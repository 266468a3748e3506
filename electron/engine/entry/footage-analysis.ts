import { join } from 'node:path';
import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import type { Observation } from '../../contract/flags.ts';
import type { DecodedStill, Utterance, StoredMedia } from '../../contract/perception.ts';
import { PerceptionClient } from '../perception/perception-client.ts';
import { compareScreenText } from './screen-text-tracker.ts';

/** One stored file to analyse, with where it lies on a clock of the caller's choice. */
export type Footage = StoredMedia & { streamKey: string; startMs: number; durationMs: number };

/** How footage is to be analysed; `lanes` may hold speech and ocr. */
export type FootageAnalysisOptions = {
  outDir: string; modelsDir: string; userModelsDir: string | null; lanes: ReadonlySet<string>; onProgress: (done: number, total: number) => void;
};

/** What was seen and heard, without ids; notices say which lane could not work (scope = lane). */
export type FootageAnalysis = { observations: Omit<Observation, 'id' | 'roomId' | 'sessionId'>[]; notices: Fault[] };

const decodeTimeoutMs = 3_600_000;
const laneTimeoutMs = 120_000;

/** Decodes footage once and runs the lanes over it, in order; one bad file costs only itself. */
export async function analyseFootage(footage: readonly Footage[], options: FootageAnalysisOptions): Promise<FootageAnalysis> {
  const open = (lane: 'decode' | 'ocr' | 'speech'): PerceptionClient => {
    const client = new PerceptionClient({ lane, modelsDir: options.modelsDir, userModelsDir: options.userModelsDir, onStatus: () => undefined });
    client.start();
    return client;
  };
  const result: FootageAnalysis = { observations: [], notices: [] };
  const decode = open('decode');
  const ocr = options.lanes.has('ocr') ? open('ocr') : null;
  const speech = options.lanes.has('speech') ? open('speech') : null;
  try {
    for (const [lane, client] of [['ocr', ocr], ['speech', speech]] as const) {
      await client?.ready();
      if (client !== null && client.laneFault !== null) result.notices.push({ ...client.laneFault, scope: lane });
    }
    if (options.lanes.has('image')) result.notices.push(makeFault('model-missing', 'image', '尚未安装画面分类模型'));
    const canHear = speech !== null && speech.laneFault === null;
    const stills: { still: DecodedStill; streamKey: string }[] = [];
    const utterances: Utterance[] = [];
    for (const [index, unit] of footage.entries()) {
      try {
        const reply = await decode.request({ type: 'decode', discontinuity: false, ...unit, outDir: join(options.outDir, String(index)), keepUtterances: canHear, flush: index === footage.length - 1 }, { timeoutMs: decodeTimeoutMs });
        if (reply.type !== 'decoded') throw new Error(`decode answered ${reply.type}`);
        stills.push(...reply.stills.map((still) => ({ still: { ...still, file: join(options.outDir, String(index), still.file) }, streamKey: unit.streamKey })));
        result.observations.push(...reply.captions.map((caption) => ({ lane: 'caption' as const, ...caption, confidence: 1, engine: 'cea-608' })));
        utterances.push(...reply.utterances.map((item) => ({ ...item, file: item.file === null ? null : join(options.outDir, String(index), item.file) })));
      } catch (thrown) {
        if (!(thrown instanceof FaultError)) throw thrown;
        result.notices.push({ ...thrown.fault, scope: 'decode', message: `${unit.file}: ${thrown.fault.message}` });
      }
      options.onProgress(index + 1, footage.length);
    }
    if (ocr !== null && ocr.laneFault === null) result.observations.push(...(await readStills(ocr, stills)));
    if (canHear) result.observations.push(...(await hearUtterances(speech, utterances)));
    return result;
  } finally {
    await Promise.all([decode, ocr, speech].map(async (client) => client?.stop()));
  }
}

async function readStills(ocr: PerceptionClient, stills: readonly { still: DecodedStill; streamKey: string }[]): Promise<FootageAnalysis['observations']> {
  const observations: FootageAnalysis['observations'] = [];
  let shown: { observationId: number; text: string; endMs: number }[] = [];
  for (const { still, streamKey } of stills) {
    if (!still.changed) continue;
    const reply = await ocr.request({ type: 'ocr', streamKey, file: still.file, atMs: still.atMs }, { timeoutMs: laneTimeoutMs });
    if (reply.type !== 'read') throw new Error(`ocr answered ${reply.type}`);
    const change = compareScreenText(shown, reply.texts);
    for (const item of change.lasting) {
      const observation = observations[item.observationId];
      if (observation !== undefined) observation.endMs = Math.max(observation.endMs, still.atMs);
    }
    shown = change.lasting;
    for (const text of change.appeared) {
      const endMs = still.atMs + 2000;
      shown.push({ observationId: observations.push({ lane: 'ocr', startMs: still.atMs, endMs, text: text.text, confidence: text.confidence, engine: reply.engine, box: text.box }) - 1, text: text.text, endMs });
    }
  }
  return observations;
}

async function hearUtterances(speech: PerceptionClient, utterances: readonly Utterance[]): Promise<FootageAnalysis['observations']> {
  const observations: FootageAnalysis['observations'] = [];
  for (const { file, startMs, endMs } of utterances) {
    if (file === null) continue;
    const reply = await speech.request({ type: 'speech', file, startMs, endMs }, { timeoutMs: laneTimeoutMs });
    if (reply.type === 'heard' && reply.text !== '') observations.push({ lane: 'speech', startMs, endMs, text: reply.text, confidence: reply.confidence, engine: reply.engine, words: reply.words, syllables: reply.syllables });
  }
  return observations;
}
