import { bundledModelsDir } from '../entry/program-files.ts';
import { toLayout } from '../library/library-layout.ts';
import { listModels } from '../perception/model-registry.ts';
import { defaultDataDir } from './serve-command.ts';
import { parseArguments, printJson, UsageError, type CommandIo } from './arguments.ts';

/** Help of `models`. */
export const modelsHelp = `models list|verify [--data DIR] [--json]
Model packs: name, task, size, licence, sha256, where it came from, installed or not.
models verify: hashes every installed file; exit 1 when one does not match.`;

/** Lists or verifies model packs. */
export async function runModels(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals: [action = 'list'] } = parseArguments(argv, { data: { type: 'string' }, json: { type: 'boolean' } });
  if (action !== 'list' && action !== 'verify') throw new UsageError(`models ${action} is not available in this version; use models list or models verify`);
  const models = await listModels(bundledModelsDir, toLayout(values.data ?? defaultDataDir()).models);
  for (const model of models) {
    if (values.json === true) printJson(io, model);
    else io.output.write(`${model.installed ? '●' : '○'} ${model.id}\t${model.task}\t${model.name}\t${(model.bytes / 1e6).toFixed(1)} MB\t${model.licence}\t${model.sha256.slice(0, 16)}\t${model.source}${model.note === '' ? '' : `\n    ${model.note}`}\n`);
  }
  return action === 'verify' && models.some((model) => !model.installed && model.sha256 !== '' && model.note.includes('校验')) ? 1 : 0;
}
