import { existsSync } from 'node:fs';
import { openLibraryStore } from '../entry/library-store.ts';
import { inspectLibrary, type InspectLine } from '../library/library-inspector.ts';
import { listSessionDirs, repairLibrary } from '../library/session-ingest.ts';
import { toLayout } from '../library/library-layout.ts';
import { parseArguments, printJson, UsageError, type CommandIo } from './arguments.ts';

/** Help of `inspect`. */
export const inspectHelp = `inspect DIR [--json]
Prints what a recording library holds and checks every file and the log; exit 1 when something does not hold.`;

/** Prints and checks a library. */
export async function runInspect(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals: [dir] } = parseArguments(argv, { json: { type: 'boolean' } });
  if (dir === undefined) throw new UsageError('inspect needs a DIR');
  const layout = toLayout(dir);
  if (!existsSync(layout.database) && listSessionDirs(layout).length === 0) throw new UsageError(`${layout.root} is not a recording library`);
  const { store, lost } = openLibraryStore(layout);
  if (lost !== null) {
    io.error.write(`${lost.message}\n`);
    repairLibrary(store, layout, { analyse: false, nowMs: Date.now() });
  }
  let ok = true;
  try {
    for await (const line of inspectLibrary(store, layout)) {
      if (line.type === 'problem') {
        ok = false;
        io.error.write(`${String(line['problem'])}: ${String(line['file'])}\n`);
      }
      if (line.type === 'log' && line['ok'] !== true) ok = false;
      if (values.json === true) printJson(io, line);
      else io.output.write(`${toRow(line)}\n`);
    }
  } finally {
    store.close();
  }
  return ok ? 0 : 1;
}

function toRow(line: InspectLine): string {
  return Object.entries(line).map(([key, value]) => (key === 'type' ? String(value).padEnd(8) : `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)).join('  ');
}
