import { findUndocumented } from './doc-comments.mjs';
import { findFiles } from './find-files.mjs';
import path from 'node:path';
import { root } from './paths.mjs';
import { addCounts, nothing, runNodeTests, runStep, runTool } from './steps.mjs';

const sources = ['electron/**/*.{ts,tsx}', 'renderer/**/*.{ts,tsx}', 'e2e/**/*.ts', 'bench/**/*.ts'];

function checkDocComments() {
  const missing = findFiles(root, sources).filter((file) => !/\.(test|integration|spec)\.tsx?$/.test(file))
    .flatMap((file) => findUndocumented(path.join(root, file)).map((name) => `${file}: ${name}`));
  for (const line of missing) process.stdout.write(`  no doc comment: ${line}\n`);
  return missing.length === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 };
}

const steps = {
  types: () => runTool('typescript/bin/tsc', ['-p', '.']),
  lint: () => runTool('eslint/bin/eslint.js', ['-c', '.config/eslint.config.js', '--max-warnings=0', '--cache', '--cache-location', '.cache/eslint', '--no-warn-ignored', ...['electron', 'renderer', 'e2e', 'bench'].filter((dir) => findFiles(root, [`${dir}/**/*.{ts,tsx}`]).length > 0)]),
  imports: () => runTool('dependency-cruiser/bin/dependency-cruiser.mjs', ['--config', '.config/dependency-cruiser.cjs', '--output-type', 'err', 'electron', 'renderer', 'e2e']),
  docs: checkDocComments,
  unit: () => runNodeTests('unit', ['electron/**/*.test.ts', 'renderer/**/*.test.ts', 'e2e/origin/**/*.test.ts', 'scripts/**/*.test.mjs']),
};

/** The names of the steps of `check`, in order. */
export const checkNames = Object.keys(steps);

/** Runs the named steps of `check` to the end, whatever fails, and sums them. */
export async function runChecks(names = checkNames) {
  let counts = nothing;
  for (const name of names) counts = addCounts(counts, await runStep(name, steps[name]));
  return counts;
}
