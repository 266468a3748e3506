// Labels Chinese text with toned pinyin: one line of text in, one line of space-separated syllables out.
// Usage: node label.mjs < text > pinyin ; needs the npm package pinyin-pro (MIT; 3.29.4 was used) resolvable
// from PINYIN_PRO, a folder that holds node_modules/pinyin-pro.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

const require = createRequire(join(process.env.PINYIN_PRO ?? process.cwd(), 'x.js'));
const { pinyin } = require('pinyin-pro');
for await (const line of createInterface({ input: process.stdin })) {
  const text = line.replace(/[^\p{Script=Han}]+/gu, ' ').trim();
  const out = text
    ? text.split(' ').map((part) => pinyin(part, { toneType: 'num', type: 'array', v: true, toneSandhi: false }).join(' '))
    : [];
  console.log(out.join(' '));
}
