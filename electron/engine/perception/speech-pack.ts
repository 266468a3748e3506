import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FaultError, makeFault } from '../../contract/faults.ts';

/** A file name inside a pack: never a path that leaves it. */
const PackFile = z.string().regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[^/\\][^\\]*$/, 'must lie inside the pack');

/** `pack.json`: what a speech pack holds and how to run it. `files` gives the SHA-256 of every file that is loaded. */
export const SpeechPack = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
  name: z.string().min(1),
  version: z.string().default(''),
  licence: z.string().default(''),
  source: z.string().default(''),
  sampleRate: z.number().int().default(16_000),
  model: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('sense-voice'), model: PackFile, tokens: PackFile, language: z.string().default('zh'), inverseTextNormalization: z.boolean().default(true) }),
    z.object({ kind: z.literal('paraformer'), model: PackFile, tokens: PackFile }),
    /** `language`: the tokens are syllables, and this language model (see `parseLanguageModel`) writes them as characters. */
    z.object({ kind: z.literal('zipformer-ctc'), model: PackFile, tokens: PackFile, language: PackFile.optional() }),
    z.object({ kind: z.literal('wenet-ctc'), model: PackFile, tokens: PackFile }),
    z.object({ kind: z.literal('nemo-ctc'), model: PackFile, tokens: PackFile }),
    z.object({ kind: z.literal('transducer'), encoder: PackFile, decoder: PackFile, joiner: PackFile, tokens: PackFile }),
    z.object({ kind: z.literal('whisper'), encoder: PackFile, decoder: PackFile, tokens: PackFile, language: z.string().default('zh') }),
  ]),
  files: z.record(PackFile, z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int().positive() })),
});
export type SpeechPack = z.infer<typeof SpeechPack>;

/** A pack with the folder that it was found in. */
export type InstalledPack = { dir: string; pack: SpeechPack };

/** Name and version of a pack as observations carry it. */
export function toEngineId(pack: SpeechPack): string {
  return pack.version === '' ? pack.id : `${pack.id}@${pack.version}`;
}

/** Names of the files that a pack's recogniser loads. */
export function listPackFiles(pack: SpeechPack): string[] {
  const model = pack.model;
  if (model.kind === 'transducer') return [model.encoder, model.decoder, model.joiner, model.tokens];
  if (model.kind === 'whisper') return [model.encoder, model.decoder, model.tokens];
  return model.kind === 'zipformer-ctc' && model.language !== undefined ? [model.model, model.tokens, model.language] : [model.model, model.tokens];
}

/** Reads and parses a folder's pack.json; null when it has none. Throws model-invalid when it does not parse. */
export async function readSpeechPack(dir: string): Promise<InstalledPack | null> {
  let text: string;
  try {
    text = await readFile(join(dir, 'pack.json'), 'utf8');
  } catch {
    return null;
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(dir, 'pack.json 不是有效的 JSON', error);
  }
  const parsed = SpeechPack.safeParse(json);
  if (!parsed.success) throw invalid(dir, `pack.json 内容不符合要求：${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? ''}`);
  return { dir, pack: parsed.data };
}

/** Every folder that holds a pack.json, the user's own first; those that do not parse come as faults in `onFault`. */
export async function findSpeechPacks(folders: string[], onFault: (thrown: unknown) => void): Promise<InstalledPack[]> {
  const found: InstalledPack[] = [];
  for (const folder of folders) {
    const names = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of names.filter((n) => n.isDirectory()).sort((a, b) => a.name.localeCompare(b.name))) {
      try {
        const pack = await readSpeechPack(join(folder, entry.name));
        if (pack !== null && !found.some((f) => f.pack.id === pack.pack.id)) found.push(pack);
      } catch (thrown) {
        onFault(thrown);
      }
    }
  }
  return found;
}

/** Checks size and SHA-256 of everything the recogniser would load; throws model-invalid. Nothing is loaded before this. */
export async function verifySpeechPack({ dir, pack }: InstalledPack): Promise<void> {
  for (const name of listPackFiles(pack)) {
    const expected = pack.files[name];
    if (expected === undefined) throw invalid(dir, `pack.json 未登记文件 ${name} 的 SHA-256`);
    const info = await stat(join(dir, name)).catch(() => null);
    if (info === null) throw invalid(dir, `缺少文件 ${name}`);
    if (info.size !== expected.bytes || (await hashFile(join(dir, name))) !== expected.sha256) throw invalid(dir, `文件 ${name} 与登记的 SHA-256 不符`);
  }
}

/** SHA-256 of a file as hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function invalid(dir: string, why: string, cause?: unknown): FaultError {
  return new FaultError(makeFault('model-invalid', dir, `语音识别模型包不可用：${why}。请重新导入完好的模型包。`, { cause }));
}
