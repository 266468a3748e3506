import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { Category } from '../../contract/flags.ts';
import { loadLoops, loopMs } from './loop-media.ts';

const mediaDir = join(import.meta.dirname, '../../../resources/demo');
const Said = z.object({ startMs: z.number(), endMs: z.number(), text: z.string(), category: Category.nullable() });
const Script = z.object({ id: z.string(), durationMs: z.number(), banners: z.array(Said), speech: z.array(Said), chat: z.array(z.object({ offsetMs: z.number(), user: z.string(), text: z.string(), category: Category.nullable() })) });

test('the rooms weigh at most 12 MB together', async () => {
  let bytes = 0;
  for (const entry of await readdir(mediaDir, { recursive: true, withFileTypes: true })) if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  assert.ok(bytes > 1e6 && bytes <= 12e6, `${bytes}`);
});

test('each room shows its first unlawful banner within 6 s; the innocent one has none', async () => {
  for (const loop of await loadLoops(mediaDir)) {
    const script = Script.parse(JSON.parse(await readFile(join(mediaDir, loop.manifest.id, 'script.json'), 'utf8')));
    assert.equal(script.durationMs, loopMs(loop.manifest));
    assert.ok(script.durationMs >= 40_000 && script.durationMs <= 60_000);
    assert.deepEqual(script.chat.map(({ offsetMs, user, text }) => ({ offsetMs, user, text })), loop.messages);
    assert.ok(loop.messages.length >= 30 && loop.messages.length <= 60);
    assert.ok((loop.messages.at(-1)?.offsetMs ?? Infinity) < script.durationMs);
    const unlawful = [...script.banners, ...script.speech, ...script.chat].filter((said) => said.category !== null);
    if (script.id === 'demo-fruit') assert.equal(unlawful.length, 0);
    else assert.ok((script.banners.find((banner) => banner.category !== null)?.startMs ?? Infinity) < 6_000);
    for (const [i, banner] of script.banners.entries()) assert.equal(banner.endMs, script.banners[i + 1]?.startMs ?? script.durationMs);
    for (const [i, line] of script.speech.entries()) assert.ok(line.endMs <= (script.speech[i + 1]?.startMs ?? script.durationMs));
  }
});
