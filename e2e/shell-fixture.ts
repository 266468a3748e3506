import { _electron, test as base, expect } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { rmSync } from 'node:fs';
import { makeDataDir, repository, startEngine } from './engine-process.ts';
import { watchPage } from './page-watch.ts';

/** Which window the specs run in. */
export type ShellOptions = { shellKind: 'browser' | 'electron' };

/** A real engine with demo rooms and a way to open its window. */
export type Shell = { url: string; dataDir: string; electron: ElectronApplication | null };

async function launchElectron(): Promise<{ shell: Shell; close: () => Promise<void> }> {
  const dataDir = makeDataDir();
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const electron = await _electron.launch({
    executablePath: process.env['ZHIBOJIAN_ELECTRON'] ?? '',
    args: [...(isRoot ? ['--no-sandbox'] : []), repository, '--data', dataDir, '--demo'],
    env: { ...process.env, ZHIBOJIAN_NODE: process.execPath },
  });
  const window = await electron.firstWindow();
  await window.waitForURL(/^http:/);
  return {
    shell: { url: window.url().replace(/#.*/, ''), dataDir, electron },
    close: async () => {
      // The quit guard would ask a person; a test answers for them.
      await electron.evaluate(({ dialog }) => { dialog.showMessageBox = async () => ({ response: 1, checkboxChecked: false }); });
      await electron.close();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The specs' own `test`: one engine per worker, one fresh page per test, and any trouble in the page fails the test. */
export const test = base.extend<{ window: Page }, ShellOptions & { shell: Shell }>({
  shellKind: ['browser', { option: true, scope: 'worker' }],
  shell: [async ({ shellKind }, use) => {
    if (shellKind === 'electron') {
      const { shell, close } = await launchElectron();
      await use(shell);
      await close();
      return;
    }
    const engine = await startEngine(['--demo']);
    await use({ url: engine.url, dataDir: engine.dataDir, electron: null });
    await engine.stop();
  }, { scope: 'worker', timeout: 120_000 }],
  window: async ({ shell, browser }, use) => {
    const context = shell.electron === null ? await browser.newContext() : null;
    const page = context === null ? await (shell.electron as ElectronApplication).firstWindow() : await context.newPage();
    const troubles = watchPage(page);
    await page.goto(shell.url);
    await use(page);
    await context?.close();
    expect(troubles, 'the page must run without an error').toEqual([]);
  },
});

export { expect };
