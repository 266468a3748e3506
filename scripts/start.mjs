// `npm start`: the desktop window where Electron is to be had, else the engine and the system's browser in app mode.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { defaultDataDir, isFirstRun, windowProfileDir } from '../electron/main/data-folder.ts';
import { ensureBrowser, sandboxArguments } from './browser.mjs';
import { findElectron } from './lib/electron-binary.mjs';
import { runChild } from './lib/child.mjs';
import { root } from './lib/paths.mjs';
import { pick, say } from './lib/say.mjs';

const usage = pick(
  '用法:npm start -- [--data 目录] [--demo] [--port N] [--host 127.0.0.1] [--no-open] [--browser]\n  --demo 启动演示直播间  --no-open 只打印地址  --browser 不用 Electron,改用系统浏览器',
  'usage: npm start -- [--data DIR] [--demo] [--port N] [--host 127.0.0.1] [--no-open] [--browser]\n  --demo starts the demo rooms  --no-open only prints the address  --browser uses the system browser, not Electron',
);

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string' }, port: { type: 'string' }, host: { type: 'string' },
        demo: { type: 'boolean' }, 'no-open': { type: 'boolean' }, browser: { type: 'boolean' }, help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    say(error.message);
    say(usage);
    process.exit(2);
  }
}

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

function serveArguments(options, dataDir, { demo, terminal, shell }) {
  const args = ['serve', '--no-open', '--data', dataDir, '--shell', shell];
  if (options.port !== undefined) args.push('--port', options.port);
  if (options.host !== undefined) args.push('--host', options.host);
  if (demo) args.push('--demo');
  if (terminal) args.push('--terminal');
  return args;
}

function openBrowser(browser, url, dataDir) {
  const profile = windowProfileDir(dataDir);
  mkdirSync(profile, { recursive: true });
  return spawn(browser, [
    `--app=${url}`, `--user-data-dir=${profile}`, '--window-size=1440,900', '--no-first-run', '--no-default-browser-check',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-features=Translate',
    '--password-store=basic', ...sandboxArguments(), ...(sandboxArguments().length > 0 ? ['--test-type'] : []), // as root: no bar that warns of --no-sandbox
  ], { stdio: 'ignore' });
}

/** Reads the engine's first line; null when it ended without one. */
async function readHello(engine) {
  const lines = createInterface({ input: engine.stdout });
  const first = await Promise.race([once(lines, 'line').then(([line]) => line), once(engine, 'exit').then(() => null)]);
  if (first === null) return null;
  lines.on('line', (line) => process.stdout.write(`${line}\n`));
  return JSON.parse(first);
}

async function runInBrowser(options, dataDir, demo) {
  const terminal = options['no-open'] === true || !hasDisplay();
  const browser = terminal ? null : await ensureBrowser();
  const shell = browser === null ? 'terminal' : `browser ${path.basename(browser)}`;
  const engine = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(root, 'electron/engine/cli/main.ts'), ...serveArguments(options, dataDir, { demo, terminal: browser === null, shell })], {
    // The channel says nothing: it lets the engine finish cleanly should this process die.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = once(engine, 'exit');
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal's Ctrl-C has reached the engine already; a second signal would cut its clean finish short.
      if (!(signal === 'SIGINT' && process.stdin.isTTY)) engine.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
      if (!stopping) say('正在停止录制并退出…', 'Stopping the recordings…');
      stopping = true;
    });
  }
  const hello = await readHello(engine);
  if (hello === null) {
    const [code] = await ended;
    if (!stopping) say('引擎未能启动,原因见上。', 'The engine did not start for the reason above.');
    return code ?? 1;
  }
  process.stdout.write(`${hello.url}\n`);
  let window = null;
  if (browser === null) {
    say(options['no-open'] ? '按 Ctrl-C 停止。' : '本机没有显示器:请在浏览器中打开上面的地址;按 Ctrl-C 停止。', options['no-open'] ? 'Ctrl-C stops it.' : 'No display here: open the address above in a browser; Ctrl-C stops it.');
  } else {
    say(`本机没有 Electron 程序,已用 ${path.basename(browser)} 打开窗口;按 Ctrl-C 停止。`, `No Electron binary here, so the window opened in ${path.basename(browser)}; Ctrl-C stops it.`);
    // A ticket that opens once: other users of this machine can read a command line.
    window = openBrowser(browser, hello.ticketUrl ?? hello.url, dataDir);
    window.once('error', (error) => say(`浏览器未能打开:${error.message}`, `The browser did not open: ${error.message}`));
    window.once('exit', () => {
      if (!stopping) say('窗口已关闭,录制仍在继续;在浏览器中打开上面的地址可再次查看,按 Ctrl-C 停止。', 'The window was closed; recording goes on. Open the address above to look again, Ctrl-C to stop.');
    });
  }
  const [code] = await ended;
  window?.kill();
  if (!stopping && code !== 0) say('引擎意外退出。', 'The engine ended unexpectedly.');
  return stopping ? 0 : code ?? 1;
}

async function main() {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const dataDir = path.resolve(process.env.INIT_CWD ?? process.cwd(), options.data ?? defaultDataDir());
  const firstRun = isFirstRun(dataDir);
  if (firstRun && !options.demo) say('首次运行:已自动开启演示直播间,可在窗口中移除。', 'First run: the demo rooms start by themselves; they can be removed in the window.');
  const demo = options.demo === true || firstRun;
  const electron = options.browser || options['no-open'] || !hasDisplay() ? null : findElectron();
  if (electron === null) return runInBrowser(options, dataDir, demo);
  const args = ['--data', dataDir, ...(demo ? ['--demo'] : []), ...(options.port ? ['--port', options.port] : [])];
  return runChild(electron, [...sandboxArguments(), root, ...args], { env: { ...process.env, ZHIBOJIAN_NODE: process.execPath } });
}

process.exit(await main());
