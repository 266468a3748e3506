import { resolve } from 'node:path';
import { userInfo } from 'node:os';
import { parseIso } from '../../contract/time.ts';
import { openLibrarySession, toDataDir } from './library-session.ts';
import { parseArguments, printJson, UsageError, type CommandIo } from './arguments.ts';

/** Help of `import`. */
export const importHelp = `import PATH… --data DIR [--room NAME] [--start ISO] [--json]
Brings recordings by others into a library: media files, folders of them, HLS folders, and sessions that were exported whole.`;

/** Brings recordings in; exit 1 when nothing new came in or some of it failed. */
export async function runImportCommand(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArguments(argv, { data: { type: 'string' }, room: { type: 'string' }, start: { type: 'string' }, json: { type: 'boolean' } });
  if (positionals.length === 0) throw new UsageError('import needs at least one PATH');
  const startAtMs = values.start === undefined ? null : parseIso(values.start);
  if (values.start !== undefined && startAtMs === null) throw new UsageError(`--start is not an ISO 8601 time: ${values.start}`);
  const session = openLibrarySession(toDataDir(values.data), true, io);
  try {
    const task = await session.finish(session.library.startImport({ paths: positionals.map((path) => resolve(path)), roomId: null, roomName: values.room ?? '', startAtMs }, userInfo().username));
    if (values.json === true) printJson(io, { state: task.state, ...task.result, problems: task.problems, error: task.fault });
    else io.output.write(`${String(task.result['imported'] ?? 0)} imported\n`);
    return task.state === 'done' && task.result['failed'] === 0 ? 0 : 1;
  } finally {
    await session.close();
  }
}
