import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir, loadavg } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ChildStatus, Status } from '../../electron/contract/status.ts';
import { repository, runCli } from '../engine-process.ts';
import { RpcClient } from '../integration/rpc-client.ts';
import { compareWithServed, readStoredSegments } from '../integration/stored-library.ts';
import { startTestOrigin, type TestOrigin } from '../origin/test-origin.ts';
import { makeRandom, toPercentile, type SoakResult } from './soak-result.ts';

type Target = 'recorder' | 'engine' | 'perception';
type Kill = { target: Target; atMs: number };
type Engine = { process: ChildProcess; url: string; ended: Promise<unknown> };
type Watched = { origin: TestOrigin; originRoom: string; roomId: string };

const targets: readonly Target[] = ['recorder', 'engine', 'perception'];
const lanes: readonly ChildStatus['name'][] = ['decode', 'ocr'];
const recoveryLimitMs = 3000;
const giveUpMs = 30_000;

async function startEngine(dataDir: string): Promise<Engine> {
  const engine = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(repository, 'electron/engine/cli/main.ts'), 'serve', '--no-open', '--data', dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(engine, 'exit');
  const [line] = (await Promise.race([once(createInterface({ input: engine.stdout }), 'line'), ended.then(() => Promise.reject(new Error('the engine ended before it said its address')))])) as [string];
  return { process: engine, url: (JSON.parse(line) as { url: string }).url, ended };
}

/** Bytes of every segments.jsonl: they grow exactly when a segment is durable. */
function countJournalBytes(dataDir: string, rooms: readonly Watched[]): number {
  let bytes = 0;
  for (const { roomId } of rooms) {
    const roomDir = path.join(dataDir, 'rooms', roomId);
    for (const session of readdirSync(roomDir)) bytes += statSync(path.join(roomDir, session, 'segments.jsonl'), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

async function waitForGrowth(dataDir: string, rooms: readonly Watched[], beyondBytes: number): Promise<boolean> {
  for (const untilMs = performance.now() + giveUpMs; performance.now() < untilMs; await wait(25)) if (countJournalBytes(dataDir, rooms) > beyondBytes) return true;
  return false;
}

/** The process id of a running child, once there is one. */
async function findChild(client: RpcClient, name: ChildStatus['name']): Promise<number> {
  const pidOf = (status: Status): number | null => {
    const child = status.children.find((item) => item.name === name);
    return child?.state === 'running' ? child.pid : null;
  };
  for (const untilMs = performance.now() + giveUpMs; performance.now() < untilMs; await wait(50)) {
    const pid = pidOf(await client.call('status.get', {}));
    if (pid !== null) return pid;
  }
  throw new Error(`${name} did not come back within ${giveUpMs} ms`);
}

/** Kill → the first segment of any room that arrived after it, by the records themselves. */
function measureRecovery(kills: readonly Kill[], arrivalsMs: readonly number[]): Record<Target, number[]> {
  const found: Record<Target, number[]> = { recorder: [], engine: [], perception: [] };
  const sorted = [...arrivalsMs].sort((a, b) => a - b);
  for (const kill of kills) found[kill.target].push((sorted.find((atMs) => atMs > kill.atMs) ?? Infinity) - kill.atMs);
  return found;
}

function checkDatabase(file: string): { integrity: string; segments: number } {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const { integrity_check: integrity } = database.prepare('PRAGMA integrity_check(1)').get() as { integrity_check: string };
    const { segments } = database.prepare('SELECT count(*) AS segments FROM segments').get() as { segments: number };
    return { integrity, segments };
  } finally {
    database.close();
  }
}

/** Kills recorder, engine and perception in turn at random moments while several rooms are recorded and read, then compares disk, log and database with what was served. */
export async function runChaos(args: string[]): Promise<SoakResult> {
  const { values } = parseArgs({ args, options: { kills: { type: 'string', default: '200' }, rooms: { type: 'string', default: '6' }, seed: { type: 'string', default: String(Date.now() % 1e6) }, targets: { type: 'string', default: targets.join(',') } } });
  const random = makeRandom(Number(values.seed));
  const inTurn = values.targets.split(',').filter((name): name is Target => targets.includes(name as Target));
  const dataDir = mkdtempSync(path.join(tmpdir(), 'zhibojian-chaos-'));
  const mediaDir = path.join(repository, 'resources/demo');
  // Two origins a second apart, so that segments do not all end at the same instant.
  const origins = [await startTestOrigin({ mediaDir }), await startTestOrigin({ mediaDir, startedAtMs: Date.now() - 1000 })];
  const startedMs = performance.now();
  let engine = await startEngine(dataDir);
  let client = await RpcClient.connect(engine.url);
  const rooms: Watched[] = [];
  for (const [index, room] of origins.flatMap((origin) => origin.rooms.map((item) => ({ origin, item }))).slice(0, Number(values.rooms)).entries()) {
    const { id } = await client.call('rooms.add', { name: `${room.item.name} ${index}`, url: room.item.url });
    rooms.push({ origin: room.origin, originRoom: room.item.id, roomId: id });
  }
  await client.waitFor('segmentCommitted', () => true);
  const kills: Kill[] = [];
  let lost: string[] = [];
  const problems: string[] = [];
  try {
    for (let count = 0; count < Number(values.kills); count += 1) {
      const target = inTurn[count % inTurn.length] as Target;
      const pid = target === 'engine' ? engine.process.pid as number : await findChild(client, target === 'recorder' ? target : lanes[Math.floor(random() * lanes.length)] as ChildStatus['name']);
      await wait(random() * 2000);
      const bytes = countJournalBytes(dataDir, rooms);
      process.kill(pid, 'SIGKILL');
      kills.push({ target, atMs: Date.now() });
      if (target === 'engine') {
        client.close();
        await engine.ended;
        engine = await startEngine(dataDir);
        client = await RpcClient.connect(engine.url);
      }
      if (!await waitForGrowth(dataDir, rooms, bytes)) problems.push(`nothing recorded for ${giveUpMs} ms after kill ${count} (${target})`);
      if (count % 20 === 19) process.stderr.write(`${count + 1} kills, ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
    }
    await client.waitFor('segmentCommitted', (segment) => segment.startMs > Date.now() - 6000);
  } finally {
    client.close();
    engine.process.kill('SIGTERM');
    await engine.ended;
  }
  const endMs = Date.now() - 2000;
  await Promise.all(origins.map((origin) => origin.close()));
  let [stored, served, doubled] = [0, 0, 0];
  const arrivalsMs: number[] = [];
  let lines = 0;
  for (const { origin, originRoom, roomId } of rooms) {
    const records = readStoredSegments(dataDir, roomId);
    lines += records.length;
    arrivalsMs.push(...records.map((record) => Date.parse(record.arrivedAt)));
    const comparison = compareWithServed(records, origin.served(originRoom), endMs);
    stored += records.filter((record) => record.kind === 'media').length;
    served += new Set(origin.served(originRoom).map((item) => item.mediaSequence)).size;
    doubled += comparison.doubled.length;
    lost = [...lost, ...comparison.lost.map((key) => `${originRoom} ${key}`)];
    if (comparison.foreign.length > 0) problems.push(`${originRoom}: ${comparison.foreign.length} stored segments that were never served`);
  }
  const database = checkDatabase(path.join(dataDir, 'zhibojian.db'));
  if (database.integrity !== 'ok') problems.push(`database: ${database.integrity}`);
  if (database.segments !== lines) problems.push(`the database has ${database.segments} files, the journals ${lines}`);
  const inspected = await runCli(['inspect', dataDir, '--json']);
  if (inspected.code !== 0) problems.push(`inspect: ${inspected.stderr.slice(-300)}`);
  const gaps = inspected.stdout.split('\n').filter((line) => line.includes('"type":"gap"'));
  const recovery = measureRecovery(kills, arrivalsMs);
  const slow = targets.flatMap((target) => recovery[target]).filter((ms) => ms > recoveryLimitMs).length;
  const held = lost.length === 0 && doubled === 0 && problems.length === 0 && slow === 0;
  if (held) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  else problems.push(`kept for a look: ${dataDir}`);
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  return {
    held,
    lines: [
      `${kills.length} × kill -9 (seed ${values.seed}) in ${seconds(performance.now() - startedMs)} s, ${rooms.length} rooms, load at the end ${loadavg()[0]?.toFixed(1)}`,
      `segments served whole ${served}, stored ${stored}, lost ${lost.length}, doubled ${doubled}; gaps ${gaps.length}; inspect ${inspected.code === 0 ? 'ok' : 'NOT ok'}; database ${database.integrity}, ${database.segments} rows for ${lines} journal lines`,
      '| killed | times | kill → next segment p50 | p95 | max | over 3 s |', '|---|---|---|---|---|---|',
      ...targets.filter((target) => recovery[target].length > 0).map((target) => `| ${target} | ${recovery[target].length} | ${seconds(toPercentile(recovery[target], 0.5))} s | ${seconds(toPercentile(recovery[target], 0.95))} s | ${seconds(Math.max(...recovery[target]))} s | ${recovery[target].filter((ms) => ms > recoveryLimitMs).length} |`),
      ...lost.slice(0, 20).map((key) => `lost ${key}`), ...problems, ...gaps.slice(0, 10),
    ],
  };
}
