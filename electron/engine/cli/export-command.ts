import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { userInfo } from 'node:os';
import { FlagId, RoomId } from '../../contract/ids.ts';
import { parseIso } from '../../contract/time.ts';
import { EvidenceService } from '../entry/evidence-service.ts';
import { openLibraryStore } from '../entry/library-store.ts';
import { bundledModelsDir, rulePackFile } from '../entry/program-files.ts';
import { appVersion } from '../supervise/app-version.ts';
import { toLayout } from '../library/library-layout.ts';
import { loadRulePack } from '../screening/rule-pack.ts';
import { parseArguments, printJson, UsageError, type CommandIo } from './arguments.ts';

/** Help of `export`. */
export const exportHelp = `export DIR --from ISO --to ISO --room ID --out FILE.zip [--flag ID]… [--json]
Builds one evidence package from a recording library.`;

/** Builds one evidence package; exit 1 when it could not be built. */
export async function runExport(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals: [dir] } = parseArguments(argv, {
    from: { type: 'string' }, to: { type: 'string' }, room: { type: 'string' }, out: { type: 'string' }, flag: { type: 'string', multiple: true }, tsa: { type: 'string' }, json: { type: 'boolean' },
  });
  if (dir === undefined || values.from === undefined || values.to === undefined || values.room === undefined || values.out === undefined) throw new UsageError('export needs DIR, --from, --to, --room and --out');
  const fromMs = parseIso(values.from) ?? fail(`--from is not an ISO 8601 time: ${values.from}`);
  const toMs = parseIso(values.to) ?? fail(`--to is not an ISO 8601 time: ${values.to}`);
  const layout = toLayout(dir);
  if (!existsSync(layout.database)) throw new UsageError(`${layout.root} is not a recording library`);
  if (values.tsa !== undefined) io.error.write('--tsa: timestamps are not available in this version; the package says that its timestamp is pending\n');
  const { store } = openLibraryStore(layout);
  try {
    const room = store.rooms.list().find((item) => item.id === values.room || item.name === values.room)?.id ?? RoomId.safeParse(values.room).data ?? fail(`no room ${values.room}`);
    const flagIds = (values.flag ?? []).map((id) => FlagId.safeParse(id).data ?? fail(`not a flag id: ${id}`));
    const pack = loadRulePack(rulePackFile);
    let shown = '';
    const service = new EvidenceService({
      store, layout, modelsDir: bundledModelsDir, rulePack: pack, versions: () => ({ zhibojian: appVersion, node: process.versions.node }),
      onChanged: (item) => {
        if (process.stderr.isTTY && item.step !== shown) io.error.write(`${(shown = item.step)} ${(item.progress * 100).toFixed(0)} %\n`);
      },
    });
    const queued = service.start({ roomId: room, fromMs, toMs, flagIds }, userInfo().username, resolve(values.out));
    const done = await service.finished(queued.id);
    if (done.state !== 'done') {
      io.error.write(`export: ${done.fault?.code ?? 'failed'}: ${done.fault?.message ?? ''}\n`);
      return 1;
    }
    if (values.json === true) printJson(io, { id: done.id, file: done.file, bytes: done.bytes, sha256: done.sha256, verified: done.verify?.ok ?? false });
    else io.output.write(`${done.file ?? ''}\t${done.bytes ?? 0} bytes\t${done.sha256 ?? ''}\n`);
    return done.verify?.ok === true ? 0 : 1;
  } finally {
    store.close();
  }
}

function fail(message: string): never {
  throw new UsageError(message);
}
