import { resolve } from 'node:path';
import { userInfo } from 'node:os';
import { RoomId, SessionId } from '../../contract/ids.ts';
import { HoldId, type LibraryTask, type Recording } from '../../contract/library.ts';
import { formatIso } from '../../contract/time.ts';
import { parseArguments, printJson, UsageError, type CommandIo } from './arguments.ts';
import { runImportCommand } from './import-command.ts';
import { openLibrarySession, toDataDir, type LibrarySession } from './library-session.ts';

/** Help of `recordings`. */
export const recordingsHelp = `recordings VERB --data DIR [--json]
  list [--room ID]                     what is stored, and what protects it
  export SESSION… --to DIR             copy whole sessions out, every file verified
  import PATH…                         as the command import
  hold SESSION --reason TEXT           keep from retention and deletion
  release HOLD --reason TEXT           let go of a hold
  holds                                holds in force
  plan                                 what retention would do now
  delete SESSION… [--early] [--reason TEXT]   step 1: schedule, can be undone
  undo SESSION…                        take step 1 back
  purge SESSION… --yes                 step 2: delete the files once the grace is over
  verify [SESSION]                     read every file and compare it with its hash
  move --to DIR                        copy the recordings elsewhere, verify, record there
  remove-old --yes                     after a move: remove the old copy`;

/** Runs one verb on a library; exit 1 when the answer is no (something altered, failed or refused by protection). */
export async function runRecordings(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals: [verb, ...names] } = parseArguments(argv, {
    data: { type: 'string' }, room: { type: 'string' }, to: { type: 'string' }, reason: { type: 'string' }, early: { type: 'boolean' }, yes: { type: 'boolean' }, start: { type: 'string' }, json: { type: 'boolean' },
  });
  if (verb === 'import') return runImportCommand(argv.filter((word) => word !== 'import'), io);
  if (verb === undefined) throw new UsageError(`recordings needs a verb\n${recordingsHelp}`);
  const session = openLibrarySession(toDataDir(values.data), false, io);
  const { library, store } = session;
  const { retention } = library;
  const user = userInfo().username;
  const asJson = values.json === true;
  const need = (value: string | undefined, name: string): string => {
    if (value === undefined || value === '') throw new UsageError(`recordings ${verb} needs --${name}`);
    return value;
  };
  const sessions = (): SessionId[] => {
    if (names.length === 0) throw new UsageError(`recordings ${verb} needs a SESSION`);
    return names.map((name) => SessionId.safeParse(name).data ?? fail(`not a session id: ${name}`));
  };
  const confirm = (): void => {
    if (values.yes !== true) throw new UsageError(`recordings ${verb} deletes files for good: add --yes`);
  };
  const show = (items: readonly Recording[]): number => {
    for (const item of items) {
      if (asJson) printJson(io, { ...item, startAt: formatIso(item.startMs), endAt: item.endMs === null ? null : formatIso(item.endMs) });
      else io.output.write(`${item.id}\t${item.roomName}\t${formatIso(item.startMs)}\t${(item.bytes / 1e6).toFixed(1)} MB\t${item.state}\t${item.protections.map(({ kind }) => kind).join(',')}\n`);
    }
    return 0;
  };
  try {
    switch (verb) {
      case 'list': return show(retention.list(values.room === undefined ? null : RoomId.safeParse(values.room).data ?? fail(`not a room id: ${values.room}`), 1000, 0));
      case 'delete': return show(retention.schedule(sessions(), { early: values.early ?? false, reason: values.reason ?? '' }, user));
      case 'undo': return show(retention.undo(sessions(), user));
      case 'purge': {
        confirm();
        return show(await retention.purge(sessions(), user));
      }
      case 'plan': {
        const plan = retention.plan(Date.now());
        if (asJson) printJson(io, plan);
        else {
          io.output.write(`retention ${plan.retentionDays} days: ${plan.expiring.length} expire (${plan.expiringBytes} bytes), ${plan.protected.length} protected, ${plan.scheduled.length} scheduled, ${plan.purgeable.length} may be purged\n`);
          show([...plan.expiring, ...plan.protected, ...plan.scheduled]);
        }
        return 0;
      }
      case 'hold': {
        const [id] = sessions();
        const [item] = retention.get([id as SessionId]);
        if (item === undefined) return 1;
        printJson(io, retention.addHold({ roomId: item.roomId, sessionId: item.id, fromMs: null, toMs: null, reason: need(values.reason, 'reason') }, user));
        return 0;
      }
      case 'release': {
        const id = HoldId.safeParse(names[0] ?? '').data ?? fail('recordings release needs a HOLD');
        printJson(io, retention.releaseHold(id, need(values.reason, 'reason'), user));
        return 0;
      }
      case 'holds':
        for (const hold of store.holds.list(null, false)) printJson(io, hold);
        return 0;
      case 'export': return await finish(session, library.startExport(sessions(), resolve(need(values.to, 'to')), user), io, asJson);
      case 'verify': {
        const code = await finish(session, library.startVerify(names.length === 0 ? [] : sessions(), user), io, asJson);
        for (const file of store.deletions.listAltered()) printJson(io, file);
        return store.deletions.listAltered().length > 0 ? 1 : code;
      }
      case 'move': return await finish(session, library.startMove(resolve(need(values.to, 'to')), user), io, asJson);
      case 'remove-old':
        confirm();
        printJson(io, await library.removeOld(user));
        return 0;
      default: throw new UsageError(`no verb "${verb}"\n${recordingsHelp}`);
    }
  } finally {
    await session.close();
  }
}

async function finish(session: LibrarySession, started: LibraryTask, io: CommandIo, asJson: boolean): Promise<number> {
  const task = await session.finish(started);
  if (asJson) printJson(io, { state: task.state, ...task.result, error: task.fault });
  else io.output.write(`${task.state} ${Object.entries(task.result).map(([key, value]) => `${key}=${String(value)}`).join(' ')}\n`);
  return task.state === 'done' ? 0 : 1;
}

function fail(message: string): never {
  throw new UsageError(message);
}
