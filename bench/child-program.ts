import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** The repository's root. */
export const rootDir = join(import.meta.dirname, '..');

/** The demo rooms' media. */
export const mediaDir = join(rootDir, 'resources', 'demo');

/** The command line's entry. */
export const cliFile = join(rootDir, 'electron', 'engine', 'cli', 'main.ts');

/** Whether a command can be run here. */
export function hasCommand(command: string, args: string[] = ['-version']): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Ends a child with a signal, unless it has ended, and waits until it has. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await exit;
  clearTimeout(timer);
}

const OriginReady = z.object({ type: z.literal('ready'), baseUrl: z.string() });

/** Starts the demo origin in a process of its own. */
export async function startOrigin(): Promise<{ baseUrl: string; close(): Promise<void> }> {
  const child = fork(join(rootDir, 'electron', 'engine', 'demo', 'demo-worker.ts'), ['--media', mediaDir]);
  const [message] = (await once(child, 'message')) as [unknown];
  return { baseUrl: OriginReady.parse(message).baseUrl, close: () => endChild(child) };
}

const ServeLine = z.object({ url: z.string() });

/** A running `serve --demo`: where its window is, how long it took to say so, and how to end it. */
export type ServeRun = { url: string; spawnedAtMs: number; urlAfterMs: number; close(): Promise<void> };

/** Runs `serve` on a data folder, with the demo rooms unless told otherwise; throws with its last words when it ends before it serves. */
export async function startServe(dataDir: string, demo = true): Promise<ServeRun> {
  const spawnedAtMs = Date.now();
  const child = spawn(process.execPath, [cliFile, 'serve', ...(demo ? ['--demo'] : []), '--no-open', '--data', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2000)));
  for await (const line of createInterface(child.stdout)) {
    const parsed = ServeLine.safeParse(parseJson(line));
    if (!parsed.success) continue;
    child.stdout.resume();
    return { url: parsed.data.url, spawnedAtMs, urlAfterMs: Date.now() - spawnedAtMs, close: () => endChild(child) };
  }
  throw new Error(`serve ended before it served: ${words.trim().split('\n').slice(-6).join(' | ')}`);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
