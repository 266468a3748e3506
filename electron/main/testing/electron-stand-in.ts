import { EventEmitter } from 'node:events';

type Answer = { response: number };
type Handler = (...args: never[]) => unknown;

/** Everything the shell did to the stand-in, for tests to look at, and what people answer it. */
export const seen = {
  windows: [] as BrowserWindow[],
  trays: [] as Tray[],
  blockers: new Set<number>(),
  asked: [] as { message: string; buttons: string[] }[],
  answers: [] as Answer[],
  shownFiles: [] as string[],
  quits: 0,
  exitCode: null as number | null,
  handlers: new Map<string, Handler>(),
  changes: new EventEmitter(),
};

const changed = (): boolean => seen.changes.emit('change');

/** Waits until `ready` holds, looking again at every act of the shell and every 50 ms for acts of the engine. */
export async function waitUntil(what: string, ready: () => boolean, timeoutMs = 30_000): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!ready()) {
    if (performance.now() > endMs) throw new Error(`timed out waiting for: ${what}`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, 50);
      function done(): void {
        clearTimeout(timer);
        seen.changes.off('change', done);
        resolve();
      }
      seen.changes.once('change', done);
    });
  }
}

class StandInApp extends EventEmitter {
  paths = new Map<string, string>();
  setPath(name: string, value: string): void { this.paths.set(name, value); }
  enableSandbox(): void { /* the real one sets a process-wide flag */ }
  requestSingleInstanceLock(): boolean { return true; }
  whenReady(): Promise<void> { return Promise.resolve(); }
  getAppPath(): string { return process.cwd(); }
  getLocale(): string { return 'zh-CN'; }
  quit(): void {
    const event = { prevented: false, preventDefault() { this.prevented = true; } };
    this.emit('before-quit', event);
    if (!event.prevented) seen.quits += 1;
    changed();
  }
  exit(code: number): void { seen.exitCode = code; changed(); }
}

/** Stand-in for Electron's `app`. */
export const app = new StandInApp();

class StandInContents extends EventEmitter {
  url = '';
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void { this.openHandler = handler; }
  getURL(): string { return this.url; }
}

/** Stand-in for a window: loads its page over real HTTP, so a page that the engine does not serve fails here too. */
export class BrowserWindow extends EventEmitter {
  readonly options: { webPreferences?: Record<string, unknown> };
  readonly webContents = new StandInContents();
  loads: { url: string; status: number; policy: string | null; body: string }[] = [];
  title = '';
  visible = false;
  destroyed = false;
  constructor(options: { webPreferences?: Record<string, unknown> }) {
    super();
    this.options = options;
    seen.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
    changed();
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.url = url;
    const answer = await fetch(url);
    this.loads.push({ url, status: answer.status, policy: answer.headers.get('content-security-policy'), body: await answer.text() });
    this.emit('ready-to-show');
    changed();
  }
  close(): void {
    const event = { prevented: false, preventDefault() { this.prevented = true; } };
    this.emit('close', event);
    if (event.prevented) return;
    this.destroyed = true;
    this.visible = false;
    app.emit('window-all-closed');
  }
  setTitle(title: string): void { this.title = title; changed(); }
  isDestroyed(): boolean { return this.destroyed; }
  isVisible(): boolean { return this.visible; }
  isMinimized(): boolean { return false; }
  restore(): void { this.visible = true; }
  show(): void { this.visible = true; changed(); }
  hide(): void { this.visible = false; changed(); }
  focus(): void { /* no focus without a screen */ }
}

/** Stand-in for a tray icon. */
export class Tray extends EventEmitter {
  tip = '';
  menu: { label?: string; click?: () => void }[] = [];
  constructor() { super(); seen.trays.push(this); }
  setToolTip(tip: string): void { this.tip = tip; changed(); }
  setContextMenu(menu: { label?: string }[]): void { this.menu = menu; changed(); }
  destroy(): void { this.menu = []; }
}

/** Stand-in for menus: a menu is its template. */
export const Menu = { buildFromTemplate: <T>(template: T): T => template, setApplicationMenu: (): void => undefined };

/** Stand-in for images. */
export const nativeImage = { createFromPath: (file: string): { file: string } => ({ file }) };

/** Stand-in for dialogs: answers come from `seen.answers`. */
export const dialog = {
  showMessageBox: async (box: { message: string; buttons: string[] }): Promise<Answer> => {
    seen.asked.push(box);
    changed();
    return seen.answers.shift() ?? { response: 0 };
  },
};

/** Stand-in for the power-save blocker. */
export const powerSaveBlocker = {
  start: (): number => { const id = seen.blockers.size + 1; seen.blockers.add(id); changed(); return id; },
  stop: (id: number): void => { seen.blockers.delete(id); changed(); },
};

/** Stand-in for the shell module. */
export const shell = { showItemInFolder: (file: string): void => { seen.shownFiles.push(file); } };

/** Stand-in for ipcMain. */
export const ipcMain = { handle: (channel: string, handler: Handler): void => { seen.handlers.set(channel, handler); } };

class StandInSession {
  beforeRequest: ((details: { url: string }, callback: (answer: { cancel: boolean }) => void) => void) | null = null;
  headersReceived: ((details: { responseHeaders: Record<string, string[]> }, callback: (answer: { responseHeaders: Record<string, string[]> }) => void) => void) | null = null;
  permission: ((contents: StandInContents, permission: string, callback: (granted: boolean) => void) => void) | null = null;
  readonly webRequest = {
    onBeforeRequest: (listener: NonNullable<StandInSession['beforeRequest']>): void => { this.beforeRequest = listener; },
    onHeadersReceived: (listener: NonNullable<StandInSession['headersReceived']>): void => { this.headersReceived = listener; },
  };
  setPermissionRequestHandler(handler: NonNullable<StandInSession['permission']>): void { this.permission = handler; }
  setPermissionCheckHandler(): void { /* the request handler is what the tests look at */ }
  setDevicePermissionHandler(): void { /* likewise */ }
}

/** Stand-in for sessions. */
export const session = { defaultSession: new StandInSession() };
