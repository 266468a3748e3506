import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundledModelsDir } from '../entry/program-files.ts';
import { toLayout } from '../library/library-layout.ts';
import { listModels, verifyModels } from '../perception/model-registry.ts';
import { listPackFiles, readSpeechPack, verifySpeechPack } from '../perception/speech-pack.ts';
import { defaultDataDir } from './serve-command.ts';
import { parseArguments, printJson, UsageError, type CommandIo } from './arguments.ts';

/** Help of `models`. */
export const modelsHelp = `models list|verify|import FOLDER [--data DIR] [--json]
list: packs with task, size, licence, sha256, where they came from, installed or not.
verify: hashes every installed file; exit 1 when one does not match.
import: copies a speech pack (a folder with pack.json) after its hashes were checked; it is used from the next start on.`;

/** Lists, verifies or imports model packs. */
export async function runModels(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals: [action = 'list', source] } = parseArguments(argv, { data: { type: 'string' }, json: { type: 'boolean' } });
  const userModelsDir = toLayout(values.data ?? defaultDataDir()).models;
  if (action === 'import') return importPack(source, userModelsDir, io);
  if (action !== 'list' && action !== 'verify') throw new UsageError(`models ${action} is not available in this version; there are models list, verify and import`);
  const models = await (action === 'verify' ? verifyModels : listModels)(bundledModelsDir, userModelsDir);
  for (const model of models) {
    if (values.json === true) printJson(io, model);
    else io.output.write(`${model.installed ? '●' : '○'} ${model.id}\t${model.task}\t${model.name}\t${(model.bytes / 1e6).toFixed(1)} MB\t${model.licence}\t${model.sha256.slice(0, 16)}\t${model.source}${model.note === '' ? '' : `\n    ${model.note}`}\n`);
  }
  // Speech packs are installed by choice; everything else ships with the program and must be whole.
  return action === 'verify' && models.some((model) => !model.installed && model.task !== 'speech') ? 1 : 0;
}

async function importPack(source: string | undefined, userModelsDir: string, io: CommandIo): Promise<number> {
  if (source === undefined) throw new UsageError('models import needs a FOLDER');
  const found = await readSpeechPack(resolve(source));
  if (found === null) throw new UsageError(`${source} is not a model pack: it has no pack.json`);
  await verifySpeechPack(found);
  const target = join(userModelsDir, found.pack.id);
  const copy = `${target}.part`;
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  for (const file of ['pack.json', ...listPackFiles(found.pack)]) await cp(join(found.dir, file), join(copy, file));
  await verifySpeechPack({ dir: copy, pack: found.pack });
  await rm(target, { recursive: true, force: true });
  await rename(copy, target);
  io.output.write(`${found.pack.id}\t${found.pack.name}\t${target}\n`);
  return 0;
}
