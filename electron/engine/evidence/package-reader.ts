import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { openArchive } from './archive-reader.ts';
import { describeBadName } from './package-format.ts';
import { createNameGuard, hostile, READ_LIMITS, type PackageFile, type PackageSource, type ReadLimits } from './package-source.ts';

/** Opens an archive or an unpacked folder. Throws FaultError: not-found, package-unreadable, package-hostile. */
export async function openPackage(path: string, limits: ReadLimits = READ_LIMITS): Promise<PackageSource> {
  const stats = await lstat(path).catch((cause: unknown) => {
    throw new FaultError(makeFault((cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'not-found' : 'package-unreadable', path, `${path} cannot be opened`, { cause }));
  });
  if (stats.isDirectory()) return { files: await listFolder(path, limits), wrapping: null, close: async () => undefined };
  if (stats.isFile()) return openArchive(path, limits);
  throw hostile(path, '链接或特殊文件 / a link or special file');
}

async function listFolder(root: string, limits: ReadLimits): Promise<PackageFile[]> {
  const files: PackageFile[] = [];
  const guard = createNameGuard(limits);
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    if (entries.length === 0 && folder !== '') throw hostile(folder, '空目录不属于证据包 / an empty folder is no part of a package');
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        const bad = describeBadName(name);
        if (bad !== null) throw hostile(JSON.stringify(name), bad);
        pending.push(name);
        continue;
      }
      if (!entry.isFile()) throw hostile(name, '链接或特殊文件 / a link or special file');
      const { size } = await lstat(join(root, name));
      guard(name, size);
      // O_NOFOLLOW: a file swapped for a link after the listing is not followed.
      files.push({ name, bytes: size, open: async () => (await open(join(root, name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))).createReadStream() });
    }
  }
  return files;
}
