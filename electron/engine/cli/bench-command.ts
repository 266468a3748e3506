import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { programRoot } from '../entry/program-files.ts';
import type { CommandIo } from './arguments.ts';

/** Help of `bench`. */
export const benchHelp = `bench [NAME…]
The project's own benchmarks: medians and a ratio against a named peer measured in the same run.`;

/** Runs the benchmarks in a process of their own. */
export async function runBench(argv: string[], _io: CommandIo): Promise<number> {
  const child = spawn(process.execPath, [join(programRoot, 'bench', 'run-bench.ts'), ...argv], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
