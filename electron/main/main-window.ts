import { BrowserWindow } from 'electron';
import type { BrowserWindowConstructorOptions } from 'electron';

/** The one window, which outlives restarts of the engine. */
export type MainWindow = {
  /** Loads the engine's page, replacing the page of an engine that is gone. */
  load: (url: string) => void;
  /** Says a sentence where the page was, while there is no engine. */
  say: (sentence: string) => void;
  show: () => void;
  isOpen: () => boolean;
};

/** Options of every window: isolated, sandboxed, no Node, no web view; the preload is all the page gets. */
export function windowOptions(preloadFile: string, title: string): BrowserWindowConstructorOptions {
  return {
    width: 1440, height: 900, minWidth: 1024, minHeight: 680, show: false, title, backgroundColor: '#16181c', autoHideMenuBar: true,
    webPreferences: {
      preload: preloadFile, contextIsolation: true, sandbox: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false,
      webviewTag: false, webSecurity: true, allowRunningInsecureContent: false, navigateOnDragDrop: false, spellcheck: false,
      // Tiles must go on playing on a second screen that has no focus.
      backgroundThrottling: false,
    },
  };
}

/** Makes the main window; `mayClose` is asked on every close, and where it says no the window only hides. */
export function openMainWindow(preloadFile: string, title: string, mayClose: () => boolean): MainWindow {
  let page: string | null = null;
  let window = create();

  function create(): BrowserWindow {
    const made = new BrowserWindow(windowOptions(preloadFile, title));
    made.once('ready-to-show', () => made.show());
    made.on('close', (event) => {
      if (mayClose()) return;
      event.preventDefault();
      made.hide();
    });
    // A page whose process died is loaded again; the engine lost nothing.
    made.webContents.on('render-process-gone', (_event, details) => {
      if (details.reason !== 'clean-exit' && page !== null) load(page);
    });
    return made;
  }

  function load(url: string): void {
    page = url;
    if (window.isDestroyed()) window = create();
    window.loadURL(url).catch((error: Error) => {
      // An engine that died between its hello and this load: its supervisor brings the next address.
      if (page === url && !window.isDestroyed()) process.stderr.write(`window: ${error.message}\n`);
    });
  }

  return {
    load,
    say: (sentence) => {
      if (!window.isDestroyed()) window.setTitle(`${title} · ${sentence}`);
    },
    show: () => {
      if (window.isDestroyed()) {
        window = create();
        if (page !== null) load(page);
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    isOpen: () => !window.isDestroyed() && window.isVisible(),
  };
}
