// `npm test [-- check|integration|e2e [Playwright's own arguments]]`: check, the engine on real sockets, media and SQLite, and the window in a real browser.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { runChecks } from './lib/check-steps.mjs';
import { runChild } from './lib/child.mjs';
import { findElectron } from './lib/electron-binary.mjs';
import { root } from './lib/paths.mjs';
import { addCounts, nothing, runNodeTests, runStep } from './lib/steps.mjs';

async function runBrowserTests(args) {
  const browser = await ensureBrowser();
  if (browser === null) return { ...nothing, failed: 1 };
  const resultFile = path.join(root, 'test-results/e2e.json');
  rmSync(resultFile, { force: true });
  const code = await runChild(process.execPath, [path.join(root, 'node_modules/@playwright/test/cli.js'), 'test', '--reporter=list,json', ...args], {
    cwd: root, env: { ...process.env, ZHIBOJIAN_BROWSER: browser, ZHIBOJIAN_ELECTRON: findElectron() ?? '', PLAYWRIGHT_JSON_OUTPUT_NAME: resultFile },
  });
  let stats = null;
  try {
    stats = JSON.parse(readFileSync(resultFile, 'utf8')).stats;
  } catch {
    // Playwright died before its report: one failure, its own words are above.
  }
  if (stats === null) return { ...nothing, failed: 1 };
  const failed = stats.unexpected + stats.flaky;
  return { passed: stats.expected, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: stats.skipped };
}

const parts = {
  check: () => runChecks(),
  integration: () => runStep('integration', () => runNodeTests('integration', ['electron/**/*.integration.ts', 'e2e/integration/**/*.test.ts'], { concurrency: 1 })),
  e2e: (args = []) => runStep('e2e', () => runBrowserTests(args)),
};
const [asked, ...rest] = process.argv.slice(2);
if (asked !== undefined && !Object.hasOwn(parts, asked)) {
  process.stderr.write(`unknown part ${asked}; there are ${Object.keys(parts).join(', ')}\n`);
  process.exit(2);
}
let counts = nothing;
for (const name of asked === undefined ? Object.keys(parts) : [asked]) counts = addCounts(counts, await parts[name](rest));
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
