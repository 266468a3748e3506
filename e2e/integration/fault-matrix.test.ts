import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { repository } from '../engine-process.ts';
import { hlsFaults, type HlsFaultName } from '../origin/hls-faults.ts';
import { formatFaultTable, runFaultMatrix, type FaultOutcome } from './fault-run.ts';

const names = Object.keys(hlsFaults) as HlsFaultName[];

// Now and then Node spins for ever closing the handles of connections that were reset: once all is reported, leave without.
process.on('exit', () => process.exit());

test('every fault: what the origin served whole is stored once, the rest is a gap with its reason, and the room says what is wrong', { timeout: 150_000 }, async (t) => {
  const outcomes: FaultOutcome[] = await runFaultMatrix(names, { beforeMs: 7000, faultMs: 12_000, recoveryMs: 30_000 });
  const table = formatFaultTable(outcomes).join('\n');
  mkdirSync(path.join(repository, 'test-results'), { recursive: true });
  writeFileSync(path.join(repository, 'test-results/fault-matrix.md'), `${table}\n`);
  assert.ok(names.length >= 28);
  for (const outcome of outcomes) await t.test(outcome.name, () => assert.deepEqual(outcome.problems, []));
});
