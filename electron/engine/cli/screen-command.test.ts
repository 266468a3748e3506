import assert from 'node:assert/strict';
import { PassThrough, Readable, Writable } from 'node:stream';
import type { Hit } from '../../contract/flags.ts';
import { test } from 'node:test';
import { runScreen } from './screen-command.ts';

const rulePackFile = new URL('../../../resources/rules/base-pack.json', import.meta.url).pathname;

type ScreenedLine = { id: string | number | null; error?: string; flags: Hit[] };

async function screen(chunks: (string | Buffer)[], threshold?: number): Promise<{ code: number; lines: ScreenedLine[]; error: string }> {
  const output = new PassThrough();
  const errorOutput = new PassThrough();
  const texts: string[] = [];
  output.on('data', (d: Buffer) => texts.push(d.toString()));
  const code = await runScreen({ input: Readable.from(chunks), output, errorOutput, rulePackFile, threshold });
  return { code, lines: texts.join('').trim().split('\n').filter(Boolean).map((l) => JSON.parse(l) as ScreenedLine), error: String(errorOutput.read() ?? '') };
}

test('answers in order, with offsets into the given text', async () => {
  const { code, lines } = await screen(['{"id":"a","text":"家人们，全网最低价","channel":"speech"}\n{"id":2,"text":"你好"}\n']);
  assert.equal(code, 0);
  assert.equal(lines[0]!.id, 'a');
  const [flag] = lines[0]!.flags;
  assert.equal(flag!.category, 'exaggerated');
  assert.equal(flag!.by, 'keyword');
  assert.deepEqual(Object.keys(flag!.basis[0]!).sort(), ['article', 'law']);
  for (const span of flag!.spans) assert.equal('家人们，全网最低价'.slice(span.start, span.end), span.text);
  assert.deepEqual(lines[1], { id: 2, flags: [] });
});

test('a bad line yields id null and the rest goes on', async () => {
  const { code, lines } = await screen(['{"id":1,"text":"刷单返佣金"}\nnot json\n{"id":3}\n{"id":4,"text":"x","channel":"smell"}\n\n{"id":5,"text":"好"}']);
  assert.equal(code, 0);
  assert.deepEqual(lines.map((l) => l.id), [1, null, null, null, 5]);
  assert.ok(lines[1]!.error && lines[2]!.error && lines[3]!.error);
});

test('characters cut by a chunk border and lines beyond the limit are survived', async () => {
  const bytes = Buffer.from('{"id":1,"text":"我们全网第一的面霜"}\n');
  const { lines } = await screen([bytes.subarray(0, 21), bytes.subarray(21), '{"id":2,"text":"', ...Array<string>(20).fill('长'.repeat(100_000)), '"}\n', '{"id":3,"text":"好"}\n']);
  assert.equal(lines[0]!.flags.length, 1);
  assert.deepEqual(lines.map((l) => l.id), [1, null, 3]);
});

test('the threshold lets weak cues through or keeps all out', async () => {
  const line = '{"id":1,"text":"这个顶级"}\n';
  assert.equal((await screen([line])).lines[0]!.flags.length, 0);
  assert.equal((await screen([line], 0.2)).lines[0]!.flags.length, 1);
  const bad = await screen([line], 7);
  assert.equal(bad.code, 2);
  assert.match(bad.error, /threshold/);
});

test('waits for a slow reader instead of keeping what it has not read', async () => {
  let asked = 0;
  let taken = 0;
  let worst = 0;
  function* endless(): Generator<string> {
    for (; asked < 5000; asked++) {
      worst = Math.max(worst, asked - taken);
      yield `{"id":${asked},"text":"全网最低价"}\n`;
    }
  }
  const output = new Writable({ highWaterMark: 1024, write: (chunk: Buffer, _encoding, done) => { taken += chunk.toString().split('\n').length - 1; setImmediate(done); } });
  const code = await runScreen({ input: Readable.from(endless()), output, errorOutput: new PassThrough(), rulePackFile });
  assert.equal(code, 0);
  assert.ok(worst < 200, `${worst} lines ahead of the reader`);
});

test('a missing rule pack is one line on stderr and exit 2', async () => {
  const errorOutput = new PassThrough();
  const code = await runScreen({ input: Readable.from([]), output: new PassThrough(), errorOutput, rulePackFile: '/nowhere.json' });
  assert.equal(code, 2);
  assert.match(String(errorOutput.read()), /rule pack cannot be read/);
});
