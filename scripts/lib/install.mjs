import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { takeLock } from './folder-lock.mjs';
import { endProgress, say, showProgress } from './say.mjs';

const stampName = '.zhibojian-stamp';

function hashOf(root) {
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', 'package.json']) hash.update(readFileSync(path.join(root, name)));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function fits(listed, value) {
  if (listed === undefined) return true;
  const list = [listed].flat();
  return list.includes(value) || (!list.includes(`!${value}`) && list.some((entry) => entry.startsWith('!')));
}

function wantedPackages(root) {
  const lock = readJson(path.join(root, 'package-lock.json'));
  return Object.entries(lock?.packages ?? {}).filter(([name, entry]) =>
    name !== '' && entry.link !== true && fits(entry.os, process.platform) && fits(entry.cpu, process.arch));
}

/** Somebody may have run npm by hand: npm's own record of what lies in node_modules then says the same as the lock file. */
function liesAsLocked(root) {
  const laid = readJson(path.join(root, 'node_modules/.package-lock.json'))?.packages;
  if (laid === undefined) return false;
  return wantedPackages(root).every(([name, entry]) =>
    laid[name] === undefined ? entry.optional === true : laid[name].version === entry.version && existsSync(path.join(root, name)));
}

/** npm makes all folders at once and fills them later, so a package counts once its own package.json lies there. */
function countUnpacked(root, names) {
  return names.filter((name) => existsSync(path.join(root, name, 'package.json'))).length;
}

function runNpm(root) {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--include=optional', '--loglevel=error'];
  const npmScript = process.env.npm_execpath;
  const viaNode = npmScript !== undefined && /npm-cli\.js$/.test(npmScript);
  const child = viaNode
    ? spawn(process.execPath, [npmScript, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  const output = [];
  child.stdout.resume();
  child.stderr.on('data', (chunk) => output.push(chunk));
  const stop = (signal) => child.kill(signal);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return new Promise((resolve) => {
    const finish = (code, why) => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve({ code, errors: why ?? Buffer.concat(output).toString() });
    };
    child.once('error', (error) => finish(127, error.message));
    child.once('close', (code, signal) => finish(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

function explainFailure({ code, errors }) {
  if (code === 130 || code === 143) return say('安装已中断,再次运行命令即可继续。', 'Installation interrupted; run the command again to go on.');
  process.stderr.write(`${errors.trim().split('\n').slice(-20).join('\n')}\n`);
  const [zh, en] = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|network/i.test(errors)
    ? ['连不上 npm 软件源:请检查网络,或用 npm config set registry 指向本单位的镜像。', 'The npm registry cannot be reached: check the network, or point npm at your mirror (npm config set registry …).']
    : /ENOSPC/.test(errors) ? ['磁盘空间不足:安装约需 1.5 GB。', 'The disk is full: installing needs about 1.5 GB.']
    : /EACCES|EPERM/.test(errors) ? ['没有写入权限:请检查本目录的属主。', 'No permission to write here: check who owns this folder.']
    : /E404|ETARGET/.test(errors) ? ['镜像缺少上面所列的软件包:请同步镜像后重试。', 'The mirror lacks the package named above: synchronise it and try again.']
    : code === 127 ? ['未找到 npm:请安装随 Node.js 一同发布的 npm。', 'npm was not found: install the npm that comes with Node.js.']
    : ['依赖安装失败,原因见上。修正后再次运行同一命令即可。', 'Installing failed for the reason above. Put it right and run the same command again.'];
  say(zh, en);
}

/** Installs the locked packages when node_modules is missing or differs from the lock file; resolves to 0 or an exit code. */
export async function installWhenStale(root) {
  const stampFile = path.join(root, 'node_modules', stampName);
  const wanted = hashOf(root);
  const isFresh = () => {
    try {
      return readFileSync(stampFile, 'utf8') === wanted;
    } catch {
      return false;
    }
  };
  if (isFresh()) return 0;
  const release = await takeLock(path.join(root, '.cache/install.lock'), (pid) =>
    say(`另一条命令(进程 ${pid})正在安装依赖,等待其完成…`, `Another command (process ${pid}) is installing; waiting for it…`));
  try {
    if (isFresh()) return 0;
    if (liesAsLocked(root)) {
      writeFileSync(stampFile, wanted);
      return 0;
    }
    const startedAtMs = Date.now();
    const names = wantedPackages(root).map(([name]) => name);
    const total = names.length;
    say(`首次运行:正在安装依赖(${total} 个软件包,版本已锁定,不运行第三方脚本)…`, `Installing ${total} locked packages, third-party scripts off…`);
    let lastSaidMs = startedAtMs;
    const timer = setInterval(() => {
      const seconds = Math.round((Date.now() - startedAtMs) / 1000);
      const unpacked = countUnpacked(root, names);
      const line = [`  ${seconds} 秒,已展开 ${unpacked}/${total}`, `  ${seconds} s, ${unpacked} of ${total} unpacked`];
      showProgress(...line);
      if (process.stderr.isTTY !== true && Date.now() - lastSaidMs >= 10_000) {
        lastSaidMs = Date.now();
        say(...line);
      }
    }, 500);
    const result = await runNpm(root);
    clearInterval(timer);
    endProgress();
    if (result.code !== 0) {
      explainFailure(result);
      return result.code;
    }
    writeFileSync(stampFile, wanted);
    const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
    say(`依赖已安装,用时 ${seconds} 秒。`, `Installed in ${seconds} s.`);
    return 0;
  } finally {
    release();
  }
}
