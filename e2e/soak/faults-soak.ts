import { parseArgs } from 'node:util';
import { formatFaultTable, runFaultMatrix } from '../integration/fault-run.ts';
import { hlsFaults, type HlsFaultName } from '../origin/hls-faults.ts';
import type { SoakResult } from './soak-result.ts';

/** The fault matrix of the tests with a fault as long as asked; names after the options choose faults. */
export async function runFaults(args: string[]): Promise<SoakResult> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { seconds: { type: 'string', default: '60' } } });
  const all = Object.keys(hlsFaults) as HlsFaultName[];
  const names = positionals.length === 0 ? all : all.filter((name) => positionals.includes(name));
  const outcomes = await runFaultMatrix(names, { beforeMs: 7000, faultMs: Number(values.seconds) * 1000, recoveryMs: 45_000 });
  const problems = outcomes.flatMap((outcome) => outcome.problems.map((problem) => `${outcome.name}: ${problem}`));
  return { held: problems.length === 0, lines: [...formatFaultTable(outcomes), ...problems] };
}
