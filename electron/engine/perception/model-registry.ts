import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toFault } from '../../contract/faults.ts';
import type { ModelStatus } from '../../contract/status.ts';
import { findOcrAssets } from './ocr-assets.ts';
import { findSpeechPacks, hashFile, verifySpeechPack } from './speech-pack.ts';

const INSTALL_HINT = '未安装。将模型包文件夹拷入U盘后运行：npm run -s zhibojian -- models import <U盘上的文件夹>';

/** `models/manifest.json`: every model that ships, and the known packs that do not. A path is relative to the manifest, or `ocr-package:` + a file of the OCR package. */
export const ModelManifest = z.object({
  models: z.array(z.object({
    id: z.string(),
    task: z.enum(['vad', 'ocr', 'speech', 'screen', 'image']),
    name: z.string(),
    licence: z.string(),
    source: z.string(),
    /** Null for a known pack that is installed separately: its files are described by its own pack.json. */
    file: z.object({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int() }).nullable(),
  })),
});
export type ModelManifest = z.infer<typeof ModelManifest>;

/** Every model with whether it is there; sizes are compared, hashes are not (see `verifyModels`). */
export async function listModels(modelsDir: string, userModelsDir: string | null): Promise<ModelStatus[]> {
  return survey(modelsDir, userModelsDir, false);
}

/** As `listModels`, with every file read and its SHA-256 compared; what does not match is not installed and says why. */
export async function verifyModels(modelsDir: string, userModelsDir: string | null): Promise<ModelStatus[]> {
  return survey(modelsDir, userModelsDir, true);
}

async function survey(modelsDir: string, userModelsDir: string | null, withHashes: boolean): Promise<ModelStatus[]> {
  const manifest = ModelManifest.parse(JSON.parse(await readFile(join(modelsDir, 'manifest.json'), 'utf8')));
  const broken: string[] = [];
  const packs = await findSpeechPacks(userModelsDir === null ? [modelsDir] : [userModelsDir, modelsDir], (thrown) => broken.push(toFault(thrown, 'speech').message));
  const list: ModelStatus[] = [];
  for (const model of manifest.models) {
    const { file, ...facts } = model;
    if (file !== null) {
      const note = await checkFile(resolveModelFile(modelsDir, file.path), file, withHashes);
      list.push({ ...facts, bytes: file.bytes, sha256: file.sha256, installed: note === '', note });
    } else if (!packs.some((p) => p.pack.id === model.id)) {
      list.push({ ...facts, bytes: 0, sha256: '', installed: false, note: broken[0] ?? INSTALL_HINT });
    }
  }
  for (const found of packs) {
    const { pack } = found;
    const files = Object.values(pack.files);
    const note = withHashes ? await verifySpeechPack(found).then(() => '', (thrown: unknown) => toFault(thrown, pack.id).message) : '';
    list.push({ id: pack.id, task: 'speech', name: pack.name, licence: pack.licence, source: pack.source, bytes: files.reduce((sum, f) => sum + f.bytes, 0), sha256: files[0]?.sha256 ?? '', installed: note === '', note });
  }
  return list;
}

function resolveModelFile(modelsDir: string, path: string): string {
  const prefix = 'ocr-package:';
  return path.startsWith(prefix) ? join(findOcrAssets(), path.slice(prefix.length)) : join(modelsDir, path);
}

async function checkFile(path: string, expected: { sha256: string; bytes: number }, withHashes: boolean): Promise<string> {
  const info = await stat(path).catch(() => null);
  if (info === null) return '文件缺失，请重新安装程序。';
  if (info.size !== expected.bytes || (withHashes && (await hashFile(path)) !== expected.sha256)) return '文件与登记的校验值不符，请重新安装程序。';
  return '';
}
