import { BrowserWindow, Menu, app, session } from 'electron';
import path from 'node:path';
import { windowProfileDir } from './data-folder.ts';
import { openEngineLink } from './engine-link.ts';
import type { EngineLink } from './engine-link.ts';
import { superviseEngine } from './engine-process.ts';
import { openMainWindow, windowOptions } from './main-window.ts';
import { makePowerGuard } from './power-guard.ts';
import { guardQuit } from './quit-guard.ts';
import { guardPages, guardSession } from './security-policy.ts';
import { answerShellBridge } from './shell-bridge.ts';
import { planEngineCommand, readShellOptions } from './shell-options.ts';
import { shellTextFor } from './shell-text.ts';
import { openTray } from './tray.ts';

const options = readShellOptions(process.argv);
app.setPath('userData', windowProfileDir(options.dataDir));
app.enableSandbox();

if (!app.requestSingleInstanceLock()) app.quit();
else {
  app.whenReady().then(runShell).catch((error: unknown) => {
    process.stderr.write(`shell: ${String(error)}\n`);
    app.exit(1);
  });
}

function runShell(): void {
  const appDir = app.getAppPath();
  const preloadFile = path.join(appDir, 'dist/preload/preload.cjs');
  const text = shellTextFor(app.getLocale());
  let engineUrl: string | null = null;
  let link: EngineLink | null = null;
  let recordingRooms = 0;
  const currentUrl = (): string | null => engineUrl;

  guardSession(session.defaultSession, currentUrl);
  guardPages(app, currentUrl, (address) => {
    const second = new BrowserWindow({ ...windowOptions(preloadFile, text.name), show: true });
    second.loadURL(address).catch((error: Error) => process.stderr.write(`window: ${error.message}\n`));
  });
  answerShellBridge(currentUrl, () => link);
  Menu.setApplicationMenu(process.platform === 'darwin' ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]) : null);

  const keepAwake = makePowerGuard();
  const quitGuard = guardQuit({ recordingRooms: () => recordingRooms, text, stopEngine: () => engine.stop() });
  const window = openMainWindow(preloadFile, text.name, () => quitGuard.isQuitting() || recordingRooms === 0 || tray === null);
  const tray = openTray(path.join(appDir, 'resources/icons/tray.png'), text, { show: () => window.show(), quit: () => app.quit() });
  const setRecording = (rooms: number): void => {
    recordingRooms = rooms;
    keepAwake(rooms);
    tray?.setRecording(rooms);
  };

  const follow = (url: string): void => {
    link = openEngineLink(url, setRecording, () => {
      // The socket may break while the engine lives; its crash is the supervisor's to report.
      if (engineUrl === url) setTimeout(() => { if (engineUrl === url) follow(url); }, 1000);
    });
  };
  const engine = superviseEngine(planEngineCommand(appDir, options, `electron ${process.versions['electron'] ?? ''}`.trim()), {
    onReady: (url) => {
      engineUrl = url;
      follow(url);
      window.load(url);
    },
    onExit: () => {
      engineUrl = null;
      link?.close();
      if (!quitGuard.isQuitting()) app.quit();
    },
    onCrash: (crash) => {
      engineUrl = null;
      link?.close();
      process.stderr.write(`engine: ${crash.reason} (${crash.detail}), restart ${crash.restarts} in ${crash.retryInMs} ms\n`);
      window.say(text.engineDown(Math.ceil(crash.retryInMs / 1000)));
    },
    onLog: (line) => process.stderr.write(`${line}\n`),
  });

  app.on('second-instance', () => window.show());
  app.on('activate', () => window.show());
  app.on('window-all-closed', () => app.quit());
}
