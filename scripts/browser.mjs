// Finds the system's Chrome, Chromium or Edge: the window where no Electron is to be had, and the browser of the tests.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { endProgress, say, showProgress } from './lib/say.mjs';

const commandNames = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge-stable', 'microsoft-edge'];

function candidatesOf({ platform, env, home }) {
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `${name}.app/Contents/MacOS/${name}`);
    return ['/Applications', path.posix.join(home, 'Applications')].flatMap((dir) => apps.map((app) => path.posix.join(dir, app)));
  }
  if (platform === 'win32') {
    const dirs = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter((dir) => dir !== undefined && dir !== '');
    const apps = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe', 'Chromium\\Application\\chrome.exe'];
    return apps.flatMap((app) => dirs.map((dir) => path.win32.join(dir, app)));
  }
  const dirs = [...(env.PATH ?? '').split(':').filter((dir) => path.posix.isAbsolute(dir)), '/usr/bin', '/usr/local/bin', '/opt/google/chrome', '/opt/microsoft/msedge', '/snap/bin'];
  return commandNames.flatMap((name) => dirs.map((dir) => path.posix.join(dir, name)));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a browser that plays H.264, or null. ZHIBOJIAN_BROWSER names one outright. */
export function findBrowser(host = { platform: process.platform, env: process.env, home: os.homedir() }, isThere = isExecutable) {
  const named = host.env.ZHIBOJIAN_BROWSER;
  if (named !== undefined && named !== '') return isThere(named) ? named : null;
  return candidatesOf(host).find(isThere) ?? null;
}

function runApt(args) {
  return new Promise((resolve) => {
    const child = spawn('apt-get', args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    const errors = [];
    child.stderr.on('data', (chunk) => errors.push(chunk));
    child.once('error', (error) => resolve({ ok: false, errors: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, errors: Buffer.concat(errors).toString() }));
  });
}

/** Installs Debian packages as root, with a progress line; resolves to whether it worked. */
export async function installDebianPackages(names) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  const list = names.join(' ');
  say(`正在从 Debian 软件源安装 ${list}…`, `Installing ${list} from Debian's packages…`);
  const startedAtMs = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAtMs) / 1000);
    showProgress(`  ${seconds} 秒`, `  ${seconds} s`);
  }, 500);
  const install = ['install', '-y', '--no-install-recommends', ...names];
  let result = await runApt(install);
  if (!result.ok && (await runApt(['update'])).ok) result = await runApt(install);
  clearInterval(timer);
  endProgress();
  if (!result.ok) process.stderr.write(result.errors.trim().split('\n').slice(-5).join('\n') + '\n');
  return result.ok;
}

function hasChineseFont() {
  const fonts = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' });
  return fonts.status === 0 && fonts.stdout.trim() !== '';
}

/** As findBrowser; on Debian as root installs Chromium (and a Chinese font) when there is none. Null after saying what to do. */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found !== null) return found;
  if (process.env.ZHIBOJIAN_BROWSER) {
    say(`ZHIBOJIAN_BROWSER 指定的浏览器不存在:${process.env.ZHIBOJIAN_BROWSER}`, `No browser at ZHIBOJIAN_BROWSER=${process.env.ZHIBOJIAN_BROWSER}`);
    return null;
  }
  await installDebianPackages(['chromium', ...(hasChineseFont() ? [] : ['fonts-noto-cjk'])]);
  const installed = findBrowser();
  if (installed === null) {
    say(
      '未找到 Chrome、Chromium 或 Edge:请安装其一(Debian:sudo apt-get install chromium),或用 ZHIBOJIAN_BROWSER 指定路径。',
      'No Chrome, Chromium or Edge found: install one (Debian: sudo apt-get install chromium) or name it in ZHIBOJIAN_BROWSER.',
    );
  }
  return installed;
}

/** Arguments without which the browser will not run here: as root it refuses its sandbox. */
export function sandboxArguments() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
