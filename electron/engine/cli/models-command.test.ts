import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { FaultError } from '../../contract/faults.ts';
import { UsageError } from './arguments.ts';
import { runModels } from './models-command.ts';

function capture(): { io: Parameters<typeof runModels>[1]; text: () => string } {
  const parts: string[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      parts.push(chunk.toString());
      done();
    },
  });
  return { io: { input: process.stdin, output, error: output }, text: () => parts.join('') };
}

test('models: what ships is listed and whole; a pack is imported only when its hashes hold', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'zbj-models-'));
  try {
    const list = capture();
    assert.equal(await runModels(['list', '--json', '--data', join(dir, 'data')], list.io), 0);
    const models = list.text().trimEnd().split('\n').map((line) => JSON.parse(line) as { id: string; installed: boolean });
    assert.deepEqual(models.filter((model) => !model.installed).map((model) => model.id), ['sense-voice-small']);
    assert.equal(await runModels(['verify', '--data', join(dir, 'data')], capture().io), 0);
    const pack = join(dir, 'stick');
    mkdirSync(pack);
    const files = { 'model.onnx': 'weights', 'tokens.txt': 'a 0\n' };
    const describe = (body: string): { sha256: string; bytes: number } => ({ sha256: createHash('sha256').update(body).digest('hex'), bytes: body.length });
    for (const [name, body] of Object.entries(files)) writeFileSync(join(pack, name), body);
    writeFileSync(join(pack, 'pack.json'), JSON.stringify({
      id: 'tiny', name: 'tiny', model: { kind: 'sense-voice', model: 'model.onnx', tokens: 'tokens.txt' }, files: Object.fromEntries(Object.entries(files).map(([name, body]) => [name, describe(body)])),
    }));
    assert.equal(await runModels(['import', pack, '--data', join(dir, 'data')], capture().io), 0);
    assert.ok(existsSync(join(dir, 'data', 'models', 'tiny', 'model.onnx')));
    writeFileSync(join(pack, 'model.onnx'), 'weight!');
    await assert.rejects(runModels(['import', pack, '--data', join(dir, 'other')], capture().io), (thrown: unknown) => thrown instanceof FaultError && thrown.fault.code === 'model-invalid');
    assert.ok(!existsSync(join(dir, 'other', 'models', 'tiny')));
    await assert.rejects(runModels(['import', dir, '--data', join(dir, 'other')], capture().io), UsageError);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
