// What screening makes of what was heard: how many leads are right, by how surely their words were heard.
// Usage: node hits.mjs PACK_DIR RULES.json CACHE [CLIPS]; sets as characters.mjs. A lead is right when the clip's true text has one of the same subtype.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSpeechPack } from '../../../electron/engine/perception/speech-pack.ts';
import { openSyllableEngine } from '../../../electron/engine/perception/syllable-engine.ts';
import { decodeWav } from '../../../electron/engine/perception/waveform.ts';
import { createScreener, loadRulePack } from '../../../electron/engine/screening/screener.ts';

const [packDir, rulesFile, cache, clips = '400'] = process.argv.slice(2);
const engine = await openSyllableEngine(await readSpeechPack(packDir), 1);
const screener = createScreener(loadRulePack(rulesFile));
const bounds = [0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5];
for (const set of readdirSync(join(cache, 'eval')).sort()) {
  const index = JSON.parse(readFileSync(join(cache, 'sets', set.replace(/-music.*$/, ''), 'index.json'), 'utf8'));
  const files = readdirSync(join(cache, 'eval', set)).filter((name) => name.endsWith('.wav'));
  const found = [];
  let wanted = 0;
  let seconds = 0;
  for (const name of files.filter((_, at) => at % Math.max(1, Math.floor(files.length / Number(clips))) === 0)) {
    const { text } = index[Number(name.replace('.wav', ''))];
    const truth = new Set(screener.screen(text, 'speech').map(({ subtype }) => subtype));
    wanted += truth.size;
    const { samples } = decodeWav(readFileSync(join(cache, 'eval', set, name)));
    seconds += samples.length / 16_000;
    const heard = await engine.transcribe(samples, 16_000);
    for (const hit of screener.screen(heard.text, 'speech')) {
      const words = hit.spans.flatMap((span) => heard.words.slice(span.start, span.end));
      const sure = Math.exp(words.reduce((sum, { confidence }) => sum + Math.log(Math.max(0.001, confidence)), 0) / words.length);
      found.push({ sure, right: truth.has(hit.subtype), words: hit.spans.map((span) => span.text).join('…') });
    }
  }
  console.log(`${set}: ${(seconds / 3600).toFixed(2)} h, ${wanted} leads in the true texts`);
  for (const bound of bounds) console.log(`  heard with ${bound} and more: ${found.filter((hit) => hit.sure >= bound && hit.right).length} right, ${found.filter((hit) => hit.sure >= bound && !hit.right).length} wrong`);
  console.log(`  wrong: ${found.filter((hit) => !hit.right).map((hit) => `${hit.words} ${hit.sure.toFixed(2)}`).join(', ')}`);
}
