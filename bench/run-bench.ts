import { cpus, release, type as osType } from 'node:os';
import { type Bench, type BenchResult, formatTable, skipBench } from './bench-result.ts';
import { coldStart } from './cold-start.ts';
import { flagLatency } from './flag-latency.ts';
import { recordCpu } from './record-cpu.ts';
import { recordScale } from './record-scale.ts';
import { seek } from './seek.ts';

const benches: readonly Bench[] = [recordCpu, recordScale, flagLatency, coldStart, seek];
const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0 || process.argv.includes('--help')) {
  process.stderr.write(`${unknown.length > 0 ? `no benchmark named ${unknown.join(', ')}\n` : ''}bench [NAME…]\n${benches.map((bench) => `  ${bench.name.padEnd(14)} ${bench.about}`).join('\n')}\n`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const results: BenchResult[] = [];
let failed = 0;
for (const bench of benches) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  process.stderr.write(`${bench.name}: ${bench.about} …\n`);
  try {
    results.push(await bench.run());
  } catch (thrown) {
    failed++;
    results.push(skipBench(bench.name, `failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`));
  }
}
const machine = { os: `${osType()} ${release()}`, cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version };
process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), machine, results })}\n`);
process.stderr.write(`\n${formatTable(results)}\n`);
process.exitCode = failed > 0 ? 1 : 0;
