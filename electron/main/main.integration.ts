import './testing/use-stand-in.ts';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { app, seen, session, waitUntil } from './testing/electron-stand-in.ts';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'shell-'));
process.argv = ['electron', '.', '--data', dataDir, '--demo'];
after(() => rmSync(dataDir, { recursive: true, force: true }));

/** The engine as the system sees it: our own child that runs the engine's entry. */
function findEnginePids(): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
      return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('electron/engine/cli/main.ts');
    } catch {
      return false;
    }
  });
}

const trayState = (): string => seen.trays[0]?.menu[0]?.label ?? '';
const firstWindow = (): (typeof seen.windows)[number] => {
  const window = seen.windows[0];
  assert.ok(window);
  return window;
};

test('the shell starts the engine and loads its page under a strict policy, isolated and sandboxed', async () => {
  await import('./main.ts');
  await waitUntil('the page', () => firstWindow().loads.length === 1, 60_000);
  const window = firstWindow();
  const page = window.loads[0];
  assert.equal(page?.status, 200);
  assert.match(page?.body ?? '', /<div id="root"/);
  assert.match(page?.policy ?? '', /default-src 'none'/);
  assert.doesNotMatch(page?.policy ?? '', /unsafe-eval|script-src[^;]*unsafe-inline/);
  assert.equal(window.visible, true);
  const preferences = window.options.webPreferences ?? {};
  assert.deepEqual([preferences['contextIsolation'], preferences['sandbox'], preferences['nodeIntegration'], preferences['webviewTag']], [true, true, false, false]);
  assert.equal(app.paths.get('userData'), path.join(dataDir, 'window'));
});

test('while rooms record, the tray says how many and the machine stays awake', async () => {
  await waitUntil('the tray to count rooms', () => /^仍在录制 [3-9] 路$/.test(trayState()), 60_000);
  assert.equal(seen.blockers.size, 1);
});

test('closing the window hides it and recording goes on; the tray brings it back', async () => {
  const window = firstWindow();
  window.close();
  assert.equal(window.destroyed, false);
  assert.equal(window.visible, false);
  seen.trays[0]?.menu.find((item) => item.label === '显示窗口')?.click?.();
  assert.equal(window.visible, true);
});

test('navigation, foreign windows, web views, requests and permissions are refused', () => {
  const { webContents } = firstWindow();
  const tried = (name: string, url: string): boolean => {
    let prevented = false;
    webContents.emit(name, { url, preventDefault: () => { prevented = true; } });
    return prevented;
  };
  assert.equal(tried('will-navigate', 'https://example.org/'), true);
  assert.equal(tried('will-redirect', 'http://127.0.0.1:1/'), true);
  assert.equal(tried('will-navigate', webContents.url), false);
  assert.equal(tried('will-attach-webview', webContents.url), true);
  assert.deepEqual(webContents.openHandler?.({ url: 'https://example.org/' }), { action: 'deny' });
  assert.equal(seen.windows.length, 1);

  const { defaultSession } = session;
  const cancelled = (url: string): boolean | undefined => {
    let result: boolean | undefined;
    defaultSession.beforeRequest?.({ url }, ({ cancel }) => { result = cancel; });
    return result;
  };
  assert.equal(cancelled('https://example.org/x.js'), true);
  assert.equal(cancelled(`${webContents.url}assets/x.js`), false);
  const granted = (permission: string): boolean | undefined => {
    let result: boolean | undefined;
    defaultSession.permission?.(webContents, permission, (answer) => { result = answer; });
    return result;
  };
  for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'display-capture']) assert.equal(granted(permission), false, permission);
  assert.equal(granted('fullscreen'), true);
  let headers: Record<string, string[]> = {};
  defaultSession.headersReceived?.({ responseHeaders: {} }, (answer) => { headers = answer.responseHeaders; });
  assert.match(headers['Content-Security-Policy']?.[0] ?? '', /default-src 'none'/);
});

test('the page can ask for a package by id only, and an unknown one opens nothing', async () => {
  const { webContents } = firstWindow();
  const handler = seen.handlers.get('shell:show-package-in-folder') as ((event: unknown, ...args: unknown[]) => Promise<boolean>) | undefined;
  assert.ok(handler);
  const ours = { senderFrame: { url: webContents.url } };
  assert.equal(await handler(ours, 'p-none'), false);
  assert.equal(await handler(ours, { file: '/etc/passwd' }), false);
  assert.equal(await handler({ senderFrame: { url: 'https://example.org/' } }, 'p-none'), false);
  assert.deepEqual(seen.shownFiles, []);
});

test('an engine killed outright comes back, and the window goes to its new address', { skip: process.platform !== 'linux' }, async () => {
  const window = firstWindow();
  const [pid] = findEnginePids();
  assert.ok(pid);
  process.kill(pid, 'SIGKILL');
  await waitUntil('the second page', () => window.loads.length === 2, 60_000);
  assert.match(window.title, /引擎意外停止/);
  assert.equal(window.loads[1]?.status, 200);
  assert.notEqual(window.loads[1]?.url, window.loads[0]?.url);
  assert.notEqual(findEnginePids()[0], pid);
  await waitUntil('the tray to count rooms again', () => /^仍在录制 [3-9] 路$/.test(trayState()), 60_000);
});

test('quitting asks while rooms record; only after a yes the engine finishes and the app goes', async () => {
  seen.answers.push({ response: 0 });
  app.quit();
  await waitUntil('the question', () => seen.asked.length === 1);
  assert.match(seen.asked[0]?.message ?? '', /正在录制 \d 路直播/);
  assert.equal(seen.quits, 0);
  assert.equal(seen.blockers.size, 1);

  seen.answers.push({ response: 1 });
  await waitUntil('the app to be ready to ask again', () => true);
  app.quit();
  await waitUntil('the app to quit', () => seen.quits === 1, 30_000);
  assert.equal(seen.asked.length, 2);
  if (process.platform === 'linux') assert.deepEqual(findEnginePids(), []);
});
