import { parseArgs } from 'node:util';
import { FaultError } from '../../contract/faults.ts';
import { UsageError, type CommandIo } from './arguments.ts';

type Command = { help: string; run: (argv: string[], io: CommandIo) => Promise<number> };

// Each command is loaded when it is called: `screen` must not wait for the recorder's or the decoder's code.
const commands: Record<string, () => Promise<Command>> = {
  record: async () => import('./record-command.ts').then((m) => ({ help: m.recordHelp, run: m.runRecord })),
  inspect: async () => import('./inspect-command.ts').then((m) => ({ help: m.inspectHelp, run: m.runInspect })),
  analyze: async () => import('./analyze-command.ts').then((m) => ({ help: m.analyzeHelp, run: m.runAnalyze })),
  screen: async () => import('./screen-entry.ts').then((m) => ({ help: m.screenHelp, run: m.runScreenCommand })),
  recordings: async () => import('./recordings-command.ts').then((m) => ({ help: m.recordingsHelp, run: m.runRecordings })),
  import: async () => import('./import-command.ts').then((m) => ({ help: m.importHelp, run: m.runImportCommand })),
  export: async () => import('./export-command.ts').then((m) => ({ help: m.exportHelp, run: m.runExport })),
  verify: async () => import('./verify-entry.ts').then((m) => ({ help: m.verifyHelp, run: m.runVerifyCommand })),
  models: async () => import('./models-command.ts').then((m) => ({ help: m.modelsHelp, run: m.runModels })),
  serve: async () => import('./serve-command.ts').then((m) => ({ help: m.serveHelp, run: m.runServe })),
  bench: async () => import('./bench-command.ts').then((m) => ({ help: m.benchHelp, run: m.runBench })),
};

const usage = `zhibojian <command> [options]
Commands: ${Object.keys(commands).join(', ')}. Every command: --help.`;

async function main(argv: string[]): Promise<number> {
  const io: CommandIo = { input: process.stdin, output: process.stdout, error: process.stderr };
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? io.error : io.output).write(`${usage}\n`);
    return name === undefined ? 2 : 0;
  }
  const load = commands[name];
  if (load === undefined) {
    io.error.write(`unknown command "${name}". ${usage}\n`);
    return 2;
  }
  const command = await load();
  const { values } = parseArgs({ args: rest, options: { help: { type: 'boolean', short: 'h' } }, strict: false, allowPositionals: true });
  if (values['help'] === true) {
    io.output.write(`${command.help}\n`);
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (thrown) {
    if (thrown instanceof UsageError) io.error.write(`${name}: ${thrown.message}\n`);
    else if (thrown instanceof FaultError) io.error.write(`${name}: ${thrown.fault.code}: ${thrown.fault.message}\n`);
    else throw thrown;
    return 2;
  }
}

// A reader that closes early (| head) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
if (process.connected) process.disconnect();
