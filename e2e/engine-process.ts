import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** The repository's root. */
export const repository = path.resolve(import.meta.dirname, '..');

/** A real engine with its demo rooms, on a data folder of its own. */
export type RunningEngine = { url: string; dataDir: string; stop: () => Promise<void> };

const entry = path.join(repository, 'electron/engine/cli/main.ts');
const nodeFlags = ['--disable-warning=ExperimentalWarning'];

/** Makes a data folder for one engine. */
export function makeDataDir(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'zhibojian-e2e-'));
}

/** Starts `serve` and waits for the address it prints; its stderr is kept in test-results. */
export async function startEngine(args: readonly string[], dataDir = makeDataDir()): Promise<RunningEngine> {
  const engine = spawn(process.execPath, [...nodeFlags, entry, 'serve', '--no-open', '--terminal', '--data', dataDir, ...args], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  const logDir = path.join(repository, 'test-results');
  mkdirSync(logDir, { recursive: true });
  engine.stderr.pipe(createWriteStream(path.join(logDir, `engine-${engine.pid}.log`)));
  const ended = once(engine, 'exit');
  const lines = createInterface({ input: engine.stdout });
  const first = await Promise.race([once(lines, 'line').then(([line]) => String(line)), ended.then(([code]) => { throw new Error(`the engine ended with code ${code} before it said its address; see test-results/engine-${engine.pid}.log`); })]);
  const { url } = JSON.parse(first) as { url: string };
  return {
    url, dataDir,
    stop: async () => {
      engine.kill('SIGTERM');
      const [code] = await ended;
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
      if (code !== 0) throw new Error(`the engine ended with code ${code}; see test-results/engine-${engine.pid}.log`);
    },
  };
}

/** Runs one command of the command line; resolves to what it printed and its exit code. */
export async function runCli(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const run = spawn(process.execPath, [...nodeFlags, entry, ...args], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  run.stdout.on('data', (chunk: Buffer) => stdout.push(chunk.toString()));
  run.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
  const [code] = await once(run, 'close');
  return { code: Number(code), stdout: stdout.join(''), stderr: stderr.join('') };
}
