import assert from 'node:assert/strict';
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { EngineCrash, EngineEvents, EngineExit, RestartPolicy } from './engine-process.ts';
import { planRestartDelay, superviseEngine } from './engine-process.ts';

const quick: RestartPolicy = { firstDelayMs: 1, maxDelayMs: 8, steadyMs: 60_000, helloTimeoutMs: 20_000 };

function command(script: string): { file: string; args: string[]; env: NodeJS.ProcessEnv; cwd: string } {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'engine-process-'));
  const file = path.join(dir, 'child.mjs');
  writeFileSync(file, script);
  return { file: process.execPath, args: [file], env: process.env, cwd: dir };
}

function collect(): { events: EngineEvents; bus: EventEmitter; crashes: EngineCrash[]; exits: EngineExit[]; urls: string[]; logs: string[] } {
  const bus = new EventEmitter();
  const [crashes, exits, urls, logs]: [EngineCrash[], EngineExit[], string[], string[]] = [[], [], [], []];
  return {
    bus, crashes, exits, urls, logs,
    events: {
      onReady: (url) => { urls.push(url); bus.emit('ready'); },
      onExit: (exit) => { exits.push(exit); bus.emit('exit'); },
      onCrash: (crash) => { crashes.push(crash); bus.emit('crash'); },
      onLog: (line) => logs.push(line),
    },
  };
}

const hello = `console.log(JSON.stringify({ url: 'http://127.0.0.1:1/' + process.pid + '/' }));`;

test('a crash after the hello is restarted with a longer delay each time, and is told apart by signal and code', async () => {
  const seen = collect();
  const supervisor = superviseEngine(command(`${hello} process.stdin.resume(); setTimeout(() => process.exit(3), 5);`), seen.events, quick);
  while (seen.crashes.length < 3) await once(seen.bus, 'crash');
  await supervisor.stop();
  assert.deepEqual(seen.crashes.slice(0, 3).map(({ reason, detail, restarts, retryInMs }) => ({ reason, detail, restarts, retryInMs })), [
    { reason: 'code', detail: 'code 3', restarts: 1, retryInMs: 1 },
    { reason: 'code', detail: 'code 3', restarts: 2, retryInMs: 2 },
    { reason: 'code', detail: 'code 3', restarts: 3, retryInMs: 4 },
  ]);
  assert.equal(new Set(seen.urls).size, seen.urls.length);
});

test('a killed engine is a crash by signal and comes back at a new address', async () => {
  const seen = collect();
  const supervisor = superviseEngine(command(`${hello} setInterval(() => {}, 1e6);`), seen.events, quick);
  await once(seen.bus, 'ready');
  process.kill(supervisor.pid() ?? 0, 'SIGKILL');
  await once(seen.bus, 'ready');
  assert.equal(seen.crashes[0]?.reason, 'signal');
  assert.equal(seen.crashes[0]?.detail, 'SIGKILL');
  assert.notEqual(seen.urls[0], seen.urls[1]);
  await supervisor.stop();
  assert.deepEqual(seen.exits, [{ reason: 'asked' }]);
});

test('an engine that ends by itself with code 0 is not started again', async () => {
  const seen = collect();
  superviseEngine(command(hello), seen.events, quick);
  await once(seen.bus, 'exit');
  assert.deepEqual(seen.exits, [{ reason: 'finished' }]);
  assert.deepEqual(seen.crashes, []);
});

test('an engine that never says its address, or says a foreign one, is a crash', async () => {
  for (const script of ['console.log("hello"); process.exit(0);', `console.log(JSON.stringify({ url: 'http://example.org/' }));`]) {
    const seen = collect();
    const supervisor = superviseEngine(command(script), seen.events, quick);
    await once(seen.bus, 'crash');
    await supervisor.stop();
    assert.equal(seen.crashes[0]?.reason, 'hello-missing');
    assert.deepEqual(seen.urls, []);
    assert.equal(seen.logs.length > 0, true);
  }
});

test('a program that is not there is start-failed, and stopping ends the retries', async () => {
  const seen = collect();
  const supervisor = superviseEngine({ file: path.join(os.tmpdir(), 'no-such-node'), args: [], env: {}, cwd: os.tmpdir() }, seen.events, quick);
  await once(seen.bus, 'crash');
  await supervisor.stop();
  assert.equal(seen.crashes[0]?.reason, 'start-failed');
});

test('a child that ignores SIGTERM is killed after the grace period', async () => {
  const seen = collect();
  const supervisor = superviseEngine(command(`process.on('SIGTERM', () => {}); ${hello} setInterval(() => {}, 1e6);`), seen.events, quick);
  await once(seen.bus, 'ready');
  await supervisor.stop(50);
  assert.equal(supervisor.pid(), null);
  assert.deepEqual(seen.exits, [{ reason: 'asked' }]);
});

test('the delay doubles up to its cap', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 50].map((restarts) => planRestartDelay(restarts, quick)), [1, 2, 4, 8, 8, 8]);
});
