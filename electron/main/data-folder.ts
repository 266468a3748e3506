import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const profileName = 'window';

/** The machine facts that decide where data lies. */
export type DataHost = { platform: NodeJS.Platform; env: Record<string, string | undefined>; home: string };

const thisHost = (): DataHost => ({ platform: process.platform, env: process.env, home: os.homedir() });

/** Where recordings and the database lie when nobody says otherwise: the platform's own place for application data. */
export function defaultDataDir(host: DataHost = thisHost()): string {
  const named = host.env['ZHIBOJIAN_DATA'];
  if (named !== undefined && named !== '') return named;
  if (host.platform === 'win32') return path.win32.join(host.env['LOCALAPPDATA'] ?? path.win32.join(host.home, 'AppData', 'Local'), 'Zhibojian');
  if (host.platform === 'darwin') return path.posix.join(host.home, 'Library', 'Application Support', 'Zhibojian');
  const xdg = host.env['XDG_DATA_HOME'];
  return path.posix.join(xdg !== undefined && path.posix.isAbsolute(xdg) ? xdg : path.posix.join(host.home, '.local', 'share'), 'zhibojian');
}

/** The window's own profile (Electron's or the browser's), kept beside the data but no part of it. */
export function windowProfileDir(dataDir: string): string {
  return path.join(dataDir, profileName);
}

/** True while the data folder holds nothing but, at most, the window's profile. */
export function isFirstRun(dataDir: string): boolean {
  return !existsSync(dataDir) || readdirSync(dataDir).every((name) => name === profileName);
}
