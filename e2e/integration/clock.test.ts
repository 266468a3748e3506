import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { makeDataDir, repository } from '../engine-process.ts';
import { startTestOrigin, type TestOrigin } from '../origin/test-origin.ts';
import { RpcClient } from './rpc-client.ts';
import { readStoredSegments } from './stored-library.ts';

const hourMs = 3_600_000;
let origin: TestOrigin;
const folder = makeDataDir();

before(async () => {
  origin = await startTestOrigin({ mediaDir: path.join(repository, 'resources/demo') });
});
after(async () => {
  await origin.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test('a clock set back and forth by an hour is an event, and neither a gap nor a jump of the session', { timeout: 90_000 }, async () => {
  const shiftFile = path.join(folder, 'shift');
  writeFileSync(shiftFile, '0');
  const child = spawn(process.execPath, [path.join(repository, 'electron/engine/cli/main.ts'), 'serve', '--no-open', '--data', folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ZHIBOJIAN_TIME_SERVERS: '', SHIFTED_CLOCK_FILE: shiftFile, NODE_OPTIONS: `--import=${pathToFileURL(path.join(repository, 'e2e/origin/shifted-clock.mjs')).href}` },
  });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const client = await RpcClient.connect((JSON.parse(line) as { url: string }).url);
    const room = origin.rooms[0] as { name: string; url: string };
    const { id } = await client.call('rooms.add', { name: room.name, url: room.url });
    const steps: number[] = [];
    for (const shiftMs of [hourMs, 0]) {
      await client.waitFor('segmentCommitted', (segment) => segment.roomId === id);
      const stepped = client.waitFor('sessionEventCommitted', (event) => event.kind === 'clock-step', 15_000);
      writeFileSync(shiftFile, String(shiftMs));
      steps.push(Number((await stepped).detail['stepMs']));
    }
    await client.waitFor('segmentCommitted', (segment) => segment.roomId === id);
    const gaps = await client.call('gaps.list', { roomId: id, fromMs: 0, toMs: Date.now() + 2 * hourMs });
    client.close();
    assert.ok(Math.abs((steps[0] ?? 0) - hourMs) < 500 && Math.abs((steps[1] ?? 0) + hourMs) < 500, String(steps));
    assert.deepEqual(gaps, []);
    assert.equal(readdirSync(path.join(folder, 'rooms', id)).length, 1);
    const media = readStoredSegments(folder, id).filter((record) => record.kind === 'media');
    for (const [index, record] of media.entries()) {
      const previous = media[index - 1];
      if (previous !== undefined) assert.ok(Math.abs(Date.parse(record.startAt) - Date.parse(previous.startAt) - previous.duration * 1000) < 50, `${previous.startAt} ${record.startAt}`);
    }
    const arrived = media.map((record) => Date.parse(record.arrivedAt));
    assert.ok(Math.max(...arrived) - Math.min(...arrived) > hourMs / 2, 'arrivals keep what the clock said');
    assert.ok(readFileSync(shiftFile, 'utf8') === '0');
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
