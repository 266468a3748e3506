import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { describeBadName } from './package-format.ts';
import { openArchive } from './archive-reader.ts';

/** What a package may cost its reader. */
export type ReadLimits = { entries: number; totalBytes: number; ratio: number; directoryBytes: number };

/** Limits for real packages: a day of one-second segments of 4K video fits. */
export const READ_LIMITS: ReadLimits = { entries: 200_000, totalBytes: 4 * 2 ** 40, ratio: 200, directoryBytes: 96 * 2 ** 20 };

/** A file of a package: its name below the package's folder; open() streams its content once. */
export type PackageFile = { name: string; bytes: number; open(): Promise<Readable> };

/** An opened package. `wrapping` checks the archive's own bytes against the one layout we write; null for a folder. */
export type PackageSource = {
  files: PackageFile[];
  wrapping: ((baggingDay: string) => Promise<WrappingReport>) | null;
  close(): Promise<void>;
};

/** What was found of an archive's wrapping: as written, re-packed by another program, or altered (with where). */
export type WrappingReport = { kind: 'original' } | { kind: 'repacked' } | { kind: 'altered'; where: string };

/** Opens an archive or an unpacked folder. Throws FaultError: not-found, package-unreadable, package-hostile. */
export async function openPackage(path: string, limits: ReadLimits = READ_LIMITS): Promise<PackageSource> {
  const stats = await lstat(path).catch((cause: unknown) => {
    throw new FaultError(makeFault((cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'not-found' : 'package-unreadable', path, `${path} cannot be opened`, { cause }));
  });
  if (stats.isDirectory()) return { files: await listFolder(path, limits), wrapping: null, close: async () => undefined };
  if (stats.isFile()) return openArchive(path, limits);
  throw hostile(path, '链接或特殊文件 / a link or special file');
}

/** A refusal that names what it is about. */
export function hostile(name: string, why: string): FaultError {
  return new FaultError(makeFault('package-hostile', name, `${name}: ${why}`));
}

/** Refuses names that clash on a file system that ignores case. */
export function createNameGuard(limits: ReadLimits): (name: string, bytes: number) => void {
  const seen = new Map<string, string>();
  let total = 0;
  return (name, bytes) => {
    const bad = describeBadName(name);
    if (bad !== null) throw hostile(JSON.stringify(name.slice(0, 300)), bad);
    const twin = seen.get(name.toLowerCase());
    if (twin === name) throw hostile(name, '同名文件出现两次 / the name appears twice');
    if (twin !== undefined) throw hostile(name, `与 ${twin} 仅大小写不同 / differs from ${twin} only in case`);
    seen.set(name.toLowerCase(), name);
    if (seen.size > limits.entries) throw hostile(name, `文件多于 ${limits.entries} 个 / more than ${limits.entries} files`);
    total += bytes;
    if (total > limits.totalBytes) throw hostile(name, `总量超过 ${limits.totalBytes} 字节 / more than ${limits.totalBytes} bytes in all`);
  };
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
