import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runChild } from './child.mjs';
import { findEngineNode } from './engine-node.mjs';
import { takeLock } from './folder-lock.mjs';
import { say } from './say.mjs';

const parts = {
  renderer: { sources: ['renderer', 'electron/contract', 'resources/fonts', 'resources/icons', 'resources/locales', 'vite.config.ts', 'package-lock.json', 'scripts/build.mjs'], product: 'dist/renderer/index.html' },
  shell: { sources: ['electron/main', 'electron/preload', 'electron/contract', 'package-lock.json', 'scripts/build.mjs'], product: 'dist/main/main.cjs' },
};

function* filesUnder(entry) {
  if (!existsSync(entry)) return;
  if (!statSync(entry).isDirectory()) yield entry;
  else for (const name of readdirSync(entry).sort()) yield* filesUnder(path.join(entry, name));
}

/** Hash over the names and contents of a part's sources; tests do not count. */
function hashSources(root, part) {
  const hash = createHash('sha256');
  for (const source of parts[part].sources) {
    for (const file of filesUnder(path.join(root, source))) {
      if (/\.test\.tsx?$/.test(file)) continue;
      hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/** Builds the named parts (`renderer`, `shell`) whose sources differ from what was last built; resolves to 0 or an exit code. */
export async function buildWhenStale(root, names, { force = false } = {}) {
  const stampOf = (part) => path.join(root, 'dist', `.${part}-stamp`);
  const isFresh = (part) => {
    try {
      return existsSync(path.join(root, parts[part].product)) && readFileSync(stampOf(part), 'utf8') === hashSources(root, part);
    } catch {
      return false;
    }
  };
  if (!force && names.every(isFresh)) return 0;
  const release = await takeLock(path.join(root, '.cache/build.lock'), () => say('另一条命令正在构建,等待其完成…', 'Another command is building; waiting for it…'));
  try {
    for (const part of names) {
      if (!force && isFresh(part)) continue;
      const startedAtMs = Date.now();
      const hash = hashSources(root, part);
      say(part === 'renderer' ? '正在构建界面…' : '正在构建桌面外壳…', part === 'renderer' ? 'Building the window…' : 'Building the desktop shell…');
      const code = await runChild(findEngineNode(root), [path.join(root, 'scripts/build.mjs'), part], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
      if (code !== 0) {
        say('构建失败,原因见上。', 'The build failed for the reason above.');
        return code;
      }
      mkdirSync(path.join(root, 'dist'), { recursive: true });
      writeFileSync(stampOf(part), hash);
      const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
      say(`构建完成,用时 ${seconds} 秒。`, `Built in ${seconds} s.`);
    }
    return 0;
  } finally {
    release();
  }
}
