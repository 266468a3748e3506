// The language side of the bundled recogniser: which characters a syllable can be, and which follow which.
// Usage: node language.mjs OUT.txt --cv3 cv3-train.tsv --sentences sentences.txt --comments train.csv --rules base-pack.json
// Counts of characters, pairs and threes in the training sentences of Common Voice (not the ones kept for measuring), our own sentences
// (one in eight kept for test, as in synth.py), the COLDataset's comments, and what trade talk the rule pack names: its terms of three characters
// and more, without vulgar words and evasive spellings. Told of those, a recogniser hears them where nobody said them. PINYIN_PRO as in label.mjs.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const require = createRequire(join(process.env.PINYIN_PRO ?? process.cwd(), 'x.js'));
const { pinyin } = require('pinyin-pro');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { cv3: { type: 'string' }, sentences: { type: 'string' }, comments: { type: 'string' }, rules: { type: 'string' } } });

/** Texts with how often each counts: what is spoken in a room weighs more than what is written in a forum. */
function* texts() {
  for (const line of readFileSync(values.cv3, 'utf8').split('\n').slice(1)) yield [line.split('\t')[4] ?? '', 2];
  const own = readFileSync(values.sentences, 'utf8').split('\n').filter((line) => line !== '');
  for (const [index, line] of own.entries()) if (index % 8 !== 3) yield [line, 10];
  const { rules, subtypes } = JSON.parse(readFileSync(values.rules, 'utf8'));
  const vulgar = new Set(subtypes.filter(({ category }) => category === 'vulgar').map(({ id }) => id));
  const terms = rules.filter(({ subtype }) => !vulgar.has(subtype)).flatMap((rule) => rule.terms ?? []);
  for (const term of terms) if (/^\p{Script=Han}{3,}$/u.test(term) && !/[薇徽]|威信/u.test(term)) yield [term, 3];
  for (const line of readFileSync(values.comments, 'utf8').split('\n').slice(1)) yield [line.split(',').slice(4).join(','), 1];
}

const plain = (syllable) => syllable.replace(/[0-9]/g, '').replace('ü', 'v');
const readings = new Map();
const counts = [new Map(), new Map(), new Map()];
const add = (map, key, by) => map.set(key, (map.get(key) ?? 0) + by);
for (const [text, weight] of texts()) {
  for (const run of text.match(/\p{Script=Han}+/gu) ?? []) {
    const characters = [...run];
    const said = pinyin(run, { toneType: 'none', type: 'array', v: true });
    if (said.length !== characters.length) continue;
    for (const [at, character] of characters.entries()) {
      const syllable = plain(said[at]);
      if (!/^[a-z]{1,6}$/.test(syllable)) continue;
      add(readings, `${character}${syllable}`, weight);
    }
    // ^ stands before the first character.
    const padded = ['^', ...characters, '$'];
    for (let n = 1; n <= 3; n += 1) for (let at = 0; at + n <= padded.length; at += 1) add(counts[n - 1], padded.slice(at, at + n).join(''), weight);
  }
}
const total = [...readings.values()].reduce((sum, value) => sum + value, 0);
const floors = [1, 2, 4];
const lines = [`total ${total}`];
for (const [key, value] of readings) lines.push(`r ${key} ${value}`);
for (const [n, map] of counts.entries()) for (const [key, value] of map) if (value >= floors[n]) lines.push(`${n + 1} ${key} ${value}`);
writeFileSync(positionals[0], `${lines.join('\n')}\n`);
console.error(`${readings.size} readings, ${counts.map((map, n) => `${[...map.values()].filter((value) => value >= floors[n]).length} of ${map.size}`).join(', ')} counts`);
