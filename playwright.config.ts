import { defineConfig } from '@playwright/test';
import type { ShellOptions } from './e2e/shell-fixture.ts';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** Playwright's own Chromium lacks H.264, so the tests drive the system's browser, which `npm test` finds and names here. */
const browser = process.env['ZHIBOJIAN_BROWSER'] ?? '';
const electron = process.env['ZHIBOJIAN_ELECTRON'] ?? '';
if (browser === '' && process.env['TEST_WORKER_INDEX'] === undefined) throw new Error('run the browser tests as: npm test -- e2e [file] [-g name]');

export default defineConfig<ShellOptions>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  // One engine with its demo rooms keeps two cores busy enough.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: browser,
      args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--mute-audio', ...(isRoot ? ['--no-sandbox'] : [])],
    },
  },
  projects: [
    { name: 'browser', use: { shellKind: 'browser' } },
    ...(electron === '' ? [] : [{ name: 'electron', use: { shellKind: 'electron' as const } }]),
  ],
});
