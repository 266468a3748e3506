import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../entry/engine.ts';
import { FaultError } from '../../contract/faults.ts';
import { parseArguments, printJson, toNumber, UsageError, type CommandIo } from './arguments.ts';

/** Help of `serve`. */
export const serveHelp = `serve [--port N] [--host 127.0.0.1] [--data DIR] [--demo] [--no-open] [--terminal]
The engine with its window on the loopback; prints one line {"url"}. --terminal prints a line per room state and flag on stderr.`;

const loopback = new Set(['127.0.0.1', 'localhost', '::1']);

/** Where recordings go unless a person says otherwise. */
export function defaultDataDir(): string {
  const configured = process.env['ZHIBOJIAN_DATA'];
  if (configured !== undefined && configured !== '') return configured;
  if (platform() === 'win32') return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Zhibojian');
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Zhibojian');
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'zhibojian');
}

/** Runs the engine until SIGINT, SIGTERM, or the shell that started it goes. */
export async function runServe(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArguments(argv, {
    port: { type: 'string' }, host: { type: 'string', default: '127.0.0.1' }, data: { type: 'string' }, demo: { type: 'boolean' }, 'no-open': { type: 'boolean' },
    terminal: { type: 'boolean' }, shell: { type: 'string', default: 'command line' },
  });
  if (!loopback.has(values.host)) throw new UsageError(`--host must be a loopback address (127.0.0.1, ::1), not ${values.host}`);
  const port = toNumber(values.port, 'port', { min: 0, max: 65_535 }) ?? 0;
  const engine = await startEngine({
    dataDir: values.data ?? defaultDataDir(), port, host: values.host === 'localhost' ? '127.0.0.1' : values.host, demo: values.demo === true, shell: values.shell,
    onLine: (line) => {
      if (values.terminal === true || line.startsWith('!')) io.error.write(`${line}\n`);
    },
  }).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new UsageError(`port ${port} is in use`);
    if (['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '')) throw new UsageError(`cannot use the data folder: ${(thrown as Error).message}`);
    if (thrown instanceof FaultError) throw new UsageError(thrown.fault.message);
    throw thrown;
  });
  printJson(io, { url: engine.url, ticketUrl: engine.ticketUrl, firstRun: engine.isFirstRun });
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    process.once('disconnect', resolve);
    process.on('message', (message) => {
      if ((message as { type?: string } | null)?.type === 'shutdown') resolve();
    });
  });
  await engine.stop();
  return 0;
}
