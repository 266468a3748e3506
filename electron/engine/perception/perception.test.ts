import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FaultError } from '../../contract/faults.ts';
import { listModels, verifyModels } from './model-registry.ts';
import { MediaInput } from './media-input.ts';
import { PerceptionClient } from './perception-client.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { copyPlane } from './still-writer.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const modelsDir = join(root, 'models');
const tea = join(root, 'resources/demo/demo-tea/540');
const dir = mkdtempSync(join(tmpdir(), 'perception-'));
const segments = readdirSync(tea).filter((f) => f.endsWith('.ts')).sort().slice(0, 5).map((f) => join(tea, f));
const START = 1_700_000_000_000;
const decode = new PerceptionClient({ lane: 'decode', modelsDir, userModelsDir: null, onStatus: () => undefined });
const ocr = new PerceptionClient({ lane: 'ocr', modelsDir, userModelsDir: null, onStatus: () => undefined });

before(() => { decode.start(); ocr.start(); });
after(async () => {
  await Promise.all([decode.stop(), ocr.stop()]);
  rmSync(dir, { recursive: true, force: true });
});

const ask = (file: string, index: number, streamKey: string) => decode.request({
  type: 'decode', streamKey, discontinuity: false, container: 'ts', encryption: null, file, initFile: null, startMs: START + index * 2000, durationMs: 2000,
  outDir: join(dir, streamKey), keepUtterances: true, flush: index === 4,
}, { timeoutMs: 30_000 });

function pictureHashes(container: 'ts' | 'file', file: string): string[] {
  const input = MediaInput.open({ container, file, initFile: null, encryption: null });
  assert.ok(input.video);
  const decoder = PictureDecoder.open(input.video);
  assert.ok(decoder);
  const hashes: string[] = [];
  const use = (frame: Parameters<Parameters<PictureDecoder['decode']>[1]>[0]): void => {
    hashes.push(createHash('sha256').update(copyPlane(frame, frame.width, frame.height)).digest('hex'));
  };
  for (const { packet, kind } of input.packets()) if (kind === 'video') decoder.decode(packet, use);
  decoder.decode(null, use);
  decoder.close();
  input.close();
  return hashes;
}

test('segments decode one after the other with state kept: sound, speech, stills, and the banner is read', { timeout: 120_000 }, async () => {
  let audioMs = 0;
  let speechMs = 0;
  const utterances: string[] = [];
  for (const [index, file] of segments.entries()) {
    const reply = await ask(file, index, 'tea');
    audioMs += reply.audioMs;
    assert.equal(reply.videoCodec, 'h264');
    assert.equal(reply.stills.length, 1);
    assert.ok(Math.abs((reply.stills[0]?.atMs ?? 0) - (START + index * 2000)) < 100);
    const peaks = Buffer.from(reply.peaks ?? '', 'base64');
    assert.ok(Math.abs(peaks.length - 40) <= 1 && Math.max(...peaks) > 10);
    for (const [from, to] of reply.speech) speechMs += to - from;
    for (const utterance of reply.utterances) {
      assert.ok(utterance.endMs - utterance.startMs <= 30_000);
      if (utterance.file !== null) utterances.push(utterance.file);
    }
    if (index !== 0) continue;
    const read = await ocr.request({ type: 'ocr', streamKey: 'tea', file: join(dir, 'tea', reply.stills[0]?.file ?? ''), atMs: START }, { timeoutMs: 30_000 });
    const texts = read.texts.map((t) => t.text).join('\n');
    assert.match(texts, /三天见效/);
    assert.match(texts, /根治糖尿病/);
  }
  assert.ok(Math.abs(audioMs - 10_000) < 60, `a break at a border would lose samples: ${audioMs}`);
  assert.ok(speechMs > 4000 && speechMs < 9500, `speech ${speechMs} ms`);
  assert.ok(utterances.length >= 2);
});

test('garbage fails with its code, the child lives, and the next good segment decodes', { timeout: 60_000 }, async () => {
  const bad = join(dir, 'bad.ts');
  writeFileSync(bad, randomBytes(200_000));
  await assert.rejects(ask(bad, 0, 'bad'), (e) => e instanceof FaultError && e.fault.code === 'segment-undecodable');
  const pid = decode.status.pid;
  assert.ok((await ask(segments[0] ?? '', 1, 'bad')).videoFrames > 0);
  assert.equal(decode.status.pid, pid);
});

test('a clip holds the very pictures of its segments and starts at a key frame; a failed one leaves nothing', { timeout: 60_000 }, async () => {
  const outFile = join(dir, 'clip', 'clip.mp4');
  const list = segments.slice(0, 4).map((file, i) => ({ file, initFile: null, container: 'ts' as const, encryption: null, startMs: START + i * 2000, durationMs: 2000, discontinuity: false }));
  const cut = await decode.request({ type: 'clip', outFile, fromMs: START + 2500, toMs: START + 5000, segments: list }, { timeoutMs: 30_000 });
  const originals = [...pictureHashes('ts', segments[1] ?? ''), ...pictureHashes('ts', segments[2] ?? '')];
  assert.deepEqual(pictureHashes('file', outFile), originals);
  assert.ok(Math.abs(cut.firstFrameMs - (START + 2000)) < 60, `${cut.firstFrameMs - START}`);
  assert.ok(Math.abs(cut.durationMs - 4000) < 120, `${cut.durationMs}`);
  assert.equal(cut.bytes, readFileSync(outFile).length);
  const bad = { ...list[0], file: join(dir, 'bad2.ts') } as (typeof list)[number];
  writeFileSync(bad.file, randomBytes(50_000));
  await assert.rejects(decode.request({ type: 'clip', outFile: join(dir, 'clip', 'no.mp4'), fromMs: START, toMs: START + 9000, segments: [...list, bad] }, { timeoutMs: 30_000 }), FaultError);
  assert.deepEqual(readdirSync(join(dir, 'clip')), ['clip.mp4']);
  const framed = await decode.request({ type: 'frames', outDir: join(dir, 'frames'), frames: [{ atMs: START + 3000, name: 'f.jpg', file: segments[1] ?? '', initFile: null, container: 'ts', encryption: null, startMs: START + 2000 }] }, { timeoutMs: 30_000 });
  assert.equal(framed.files[0]?.fault, null);
  assert.ok(Math.abs((framed.files[0]?.atMs ?? 0) - (START + 3000)) <= 45);
  const probed = await decode.request({ type: 'probe', file: outFile, initFile: null }, { timeoutMs: 30_000 });
  assert.deepEqual([probed.decodes, probed.width, probed.height], [true, 540, 960]);
});

test('the speech lane without a model says so, and a wrong pack is refused without a crash', { timeout: 60_000 }, async () => {
  const user = join(dir, 'user-models');
  mkdirSync(join(user, 'broken'), { recursive: true });
  const open = async (): Promise<PerceptionClient> => {
    const client = new PerceptionClient({ lane: 'speech', modelsDir: join(dir, 'no-models'), userModelsDir: user, onStatus: () => undefined });
    client.start();
    await client.ready();
    return client;
  };
  const none = await open();
  assert.equal(none.laneFault?.code, 'model-missing');
  assert.match(none.laneFault?.message ?? '', /models import/);
  await assert.rejects(none.request({ type: 'speech', file: 'x.wav', startMs: 0, endMs: 1 }, { timeoutMs: 5000 }), (e) => e instanceof FaultError && e.fault.code === 'model-missing');
  await none.stop();
  const bytes = randomBytes(1000);
  const entry = { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  for (const name of ['model.onnx', 'tokens.txt']) writeFileSync(join(user, 'broken', name), bytes);
  const pack = { id: 'broken', name: 'x', model: { kind: 'paraformer', model: 'model.onnx', tokens: 'tokens.txt' }, files: { 'model.onnx': entry, 'tokens.txt': entry } };
  writeFileSync(join(user, 'broken', 'pack.json'), JSON.stringify(pack));
  const refused = await open();
  assert.equal(refused.laneFault?.code, 'model-invalid');
  assert.equal(refused.status.restarts, 0);
  await refused.stop();
});

test('the registry finds shipped models intact, the recogniser among them, and names the speech pack that is not there', { timeout: 60_000 }, async () => {
  const models = await verifyModels(modelsDir, null);
  assert.deepEqual(models.filter((m) => !m.installed).map((m) => m.id), ['sense-voice-small']);
  assert.match(models.find((m) => m.id === 'sense-voice-small')?.note ?? '', /models import/);
  const bundled = (await listModels(modelsDir, null)).find((m) => m.id === 'zh-base');
  assert.equal(bundled?.installed, true);
  assert.ok((bundled?.bytes ?? 0) < 12e6);
});
