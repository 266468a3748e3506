import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildWhenStale } from './build-stamp.mjs';
import { runChild } from './child.mjs';
import { findEngineNode } from './engine-node.mjs';
import { installWhenStale } from './install.mjs';
import { root } from './paths.mjs';
import { say } from './say.mjs';

const nodeFlags = ['--disable-warning=ExperimentalWarning'];

/** Runs a script or TypeScript file of this repository on the engine's Node; resolves to its exit code. */
function runOnEngineNode(file, args, options = {}) {
  return runChild(findEngineNode(root), [...nodeFlags, path.join(root, file), ...args], options);
}

/** Where the person typed the command: npm moves to the repository's root first. */
function typedIn() {
  return process.env.npm_lifecycle_event !== undefined && process.env.INIT_CWD !== undefined ? process.env.INIT_CWD : process.cwd();
}

async function runCli(args) {
  if (args[0] === 'serve') {
    const failed = await buildWhenStale(root, ['renderer']);
    if (failed !== 0) return failed;
  }
  return runOnEngineNode('electron/engine/cli/main.ts', args, { cwd: typedIn() });
}

const commands = {
  cli: runCli,
  start: (args) => runOnEngineNode('scripts/start.mjs', args),
  test: (args) => runOnEngineNode('scripts/test.mjs', args),
  check: (args) => runOnEngineNode('scripts/check.mjs', args),
  build: async () => buildWhenStale(root, ['renderer', 'shell'], { force: true }),
  bench: (args) => runOnEngineNode('bench/run-bench.ts', args),
  soak: (args) => runOnEngineNode('e2e/soak/run-soak.ts', args),
  package: (args) => runOnEngineNode('scripts/package.mjs', args),
};
const needsBuild = new Set(['start', 'test', 'package', 'bench']);

/** Makes ready what the command needs (packages, Node, build) and runs it; resolves to the exit code. */
export async function runCommand(name, args) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    say(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [options]`);
    return 2;
  }
  const failedInstall = await installWhenStale(root);
  if (failedInstall !== 0) return failedInstall;
  if (!existsSync(findEngineNode(root))) {
    say(
      `未找到适用于 ${process.platform}-${process.arch} 的 Node 24:请安装 Node.js 24 或更高版本后重试。`,
      `No bundled Node 24 for ${process.platform}-${process.arch}: install Node.js 24 or newer and run this again.`,
    );
    return 2;
  }
  if (needsBuild.has(name)) {
    const failedBuild = await buildWhenStale(root, ['renderer', 'shell']);
    if (failedBuild !== 0) return failedBuild;
  }
  return command(args);
}
