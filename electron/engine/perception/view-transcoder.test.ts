import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FaultError } from '../../contract/faults.ts';
import type { StoredMedia } from '../../contract/perception.ts';
import { MediaInput } from './media-input.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { transcodeView } from './view-transcoder.ts';

const root = join(import.meta.dirname, '../../..');
const dir = mkdtempSync(join(tmpdir(), 'view-transcoder-'));
after(() => rmSync(dir, { recursive: true }));

function look(media: StoredMedia): { codec: number; pictures: number; sounds: number; firstSeconds: number; width: number; height: number } {
  const input = MediaInput.open(media);
  assert.ok(input.video !== null);
  const decoder = PictureDecoder.open(input.video);
  assert.ok(decoder !== null);
  let [pictures, sounds, firstSeconds] = [0, 0, Infinity];
  for (const { packet, kind, seconds } of input.packets()) {
    if (kind === 'audio') sounds += 1;
    else {
      firstSeconds = Math.min(firstSeconds, seconds);
      decoder.decode(packet, () => { pictures += 1; });
    }
  }
  decoder.decode(null, () => { pictures += 1; });
  const { codecId: codec, width, height } = input.video.codecpar;
  decoder.close();
  input.close();
  return { codec, pictures, sounds, firstSeconds, width, height };
}

for (const [name, media] of [
  ['H.265 in FLV', { container: 'flv', file: join(root, 'e2e/origin/flv/hevc.flv'), initFile: null, encryption: null }],
  ['H.264 in a transport stream', { container: 'ts', file: join(root, 'resources/demo/demo-tea/540/003.ts'), initFile: null, encryption: null }],
  ['H.264 in fMP4', { container: 'fmp4', file: join(root, 'resources/demo/demo-bags/540/003.m4s'), initFile: join(root, 'resources/demo/demo-bags/540/init.mp4'), encryption: null }],
] as const satisfies readonly (readonly [string, StoredMedia])[]) {
  test(`${name} is shown as H.264 with every picture and sound frame at its own time`, { timeout: 60_000 }, () => {
    const outFile = join(dir, `${name}.ts`);
    transcodeView(media, outFile);
    const [before, now] = [look(media), look({ container: 'ts', file: outFile, initFile: null, encryption: null })];
    assert.equal(now.codec, 27);
    assert.deepEqual([now.pictures, now.sounds], [before.pictures, before.sounds]);
    assert.ok(Math.abs(now.firstSeconds - before.firstSeconds) < 0.05, `${now.firstSeconds} ${before.firstSeconds}`);
    assert.deepEqual([now.width, now.height], [before.width, before.height]);
  });
}

test('what does not decode is a fault', () => {
  const file = join(dir, 'bad.ts');
  writeFileSync(file, Buffer.alloc(188 * 400, 0x47));
  assert.throws(() => transcodeView({ container: 'ts', file, initFile: null, encryption: null }, join(dir, 'bad-out.ts')), FaultError);
});
