import type { Hit, Observation } from '../../contract/index.ts';

/** Below this a word was guessed rather than heard: on held-out clips it drops wrong hits and no right one (`models/training/speech/hits.mjs`). */
const leastSureness = 0.3;
/** What bars a room from rating is not said on a guess: half sure at least. */
const leastSurenessOfVeto = 0.5;

/** Keeps the hits whose words the recogniser was sure of (geometric mean of their confidences); all of them where words carry no measure. Pure. */
export function keepHeardWell(hits: readonly Hit[], { text, words }: Pick<Observation, 'text' | 'words'>): Hit[] {
  if (words === undefined || words.map((word) => word.text).join('') !== text) return [...hits];
  const confidenceAt = words.flatMap((word) => Array.from({ length: word.text.length }, () => word.confidence));
  return hits.filter(({ spans, severity }) => {
    const own = spans.flatMap(({ start, end }) => confidenceAt.slice(start, end));
    const sureness = Math.exp(own.reduce((sum, confidence) => sum + Math.log(Math.max(1e-3, confidence)), 0) / Math.max(1, own.length));
    return sureness >= (severity === 'veto' ? leastSurenessOfVeto : leastSureness);
  });
}
