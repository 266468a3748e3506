import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runChild } from './child.mjs';
import { findFiles } from './find-files.mjs';
import { root } from './paths.mjs';
import { say } from './say.mjs';

/** A result to be summed: how many checks or tests passed, failed and were left out. */
export const nothing = { passed: 0, failed: 0, skipped: 0 };

/** Adds two results. */
export function addCounts(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Runs one named step and says how long it took; the step resolves to its counts. */
export async function runStep(name, step) {
  const startedAtMs = Date.now();
  process.stdout.write(`── ${name}\n`);
  const counts = await step();
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  process.stdout.write(`${counts.failed === 0 ? 'ok' : 'FAILED'} ${name}: ${counts.passed} ok, ${counts.failed} not ok, ${seconds} s\n`);
  return counts;
}

/** Runs a program of node_modules; its exit code is one check. */
export async function runTool(script, args) {
  const code = await runChild(process.execPath, [path.join(root, 'node_modules', script), ...args], { cwd: root });
  return code === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 };
}

/** Runs node:test over the files matching the patterns, two at a time (two cores), and counts tests. */
export async function runNodeTests(name, patterns, { env = {}, concurrency = 2 } = {}) {
  const files = findFiles(root, patterns);
  if (files.length === 0) {
    say(`${name}: no test files`);
    return { ...nothing, failed: 1 };
  }
  const outDir = path.join(root, 'test-results');
  const countFile = path.join(outDir, `${name}-counts.json`);
  mkdirSync(outDir, { recursive: true });
  rmSync(countFile, { force: true });
  const reporter = process.stdout.isTTY ? 'spec' : 'dot';
  const code = await runChild(process.execPath, [
    '--disable-warning=ExperimentalWarning', '--test', `--test-concurrency=${concurrency}`, '--test-timeout=180000',
    `--test-reporter=${reporter}`, '--test-reporter-destination=stdout',
    `--test-reporter=${new URL('count-reporter.mjs', import.meta.url)}`, `--test-reporter-destination=${countFile}`,
    ...files,
  ], { cwd: root, env: { ...process.env, ...env } });
  let counts = nothing;
  try {
    counts = JSON.parse(readFileSync(countFile, 'utf8'));
  } catch {
    say(`${name}: the test run ended before it could be counted`);
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
