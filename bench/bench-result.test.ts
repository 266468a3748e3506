import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatTable, makeFigure, median, percentile, skipBench } from './bench-result.ts';
import { parseStat, readTreeCpuSeconds } from './process-cpu.ts';

test('percentiles lie within the values and rise with their share', () => {
  fc.assert(fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (values, a, b) => {
    const [low, high] = [percentile(values, Math.min(a, b)), percentile(values, Math.max(a, b))];
    assert.ok(low <= high + 1e-6 && low >= Math.min(...values) - 1e-6 && high <= Math.max(...values) + 1e-6);
  }));
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

test('the table says ratio and reason', () => {
  const figure = makeFigure('CPU', '%', [1, 2, 3], { name: 'peer', runs: [4, 4, 4] });
  assert.equal(figure.ratio, 0.5);
  const table = formatTable([{ name: 'a', conditions: {}, figures: [figure], skipped: null }, skipBench('b', 'no tool')]);
  assert.match(table, /a +CPU +2 % +3 +peer 4 % +0\.5/);
  assert.match(table, /b +skipped: no tool/);
});

test('a stat line with any command name is read; other text is not', () => {
  assert.deepEqual(parseStat('42 (a) b (c)) S 7 1 1 0 -1 0 0 0 0 0 10 20 3 4 20 0 1 0 5'), { pid: 42, parent: 7, ticks: 37 });
  assert.equal(parseStat(''), null);
  fc.assert(fc.property(fc.string(), (text) => void parseStat(text)));
});

test('CPU of a busy grandchild is counted', { skip: process.platform !== 'linux' }, async () => {
  const busy = `const used = () => { const u = process.cpuUsage(); return u.user + u.system; }; while (used() < 400_000); console.log('done'); setInterval(() => {}, 1000)`;
  const outer = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(busy)}], { stdio: 'inherit' }); process.stdin.on('end', () => process.exit()).resume()`;
  const child = spawn(process.execPath, ['-e', outer], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  await once(child.stdout, 'data');
  const cpuS = await readTreeCpuSeconds([child.pid ?? -1]);
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await once(child, 'exit');
  assert.ok(cpuS >= 0.35, `${cpuS}`);
});
