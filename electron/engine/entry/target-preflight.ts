import { randomBytes } from 'node:crypto';
import { readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { makeFault, type Fault } from '../../contract/faults.ts';
import type { TargetPreflight } from '../../contract/library.ts';
import { recordingsMarkerName } from '../library/recordings-root.ts';
import { toDiskFault } from '../recorder/disk-fault.ts';

/** What would be copied where. */
export type TargetQuestion = { target: string; recordingsDir: string; neededBytes: number; isMove: boolean };

/** Looks at a folder before recordings are copied there: absolute, apart from the library, empty where it is to become the library, writable, with room enough. */
export async function checkTarget({ target, recordingsDir, neededBytes, isMove }: TargetQuestion): Promise<TargetPreflight> {
  const to = resolve(target);
  const answer = (fault: Fault | null, freeBytes = 0, totalBytes = 0): TargetPreflight => ({ target: to, freeBytes, totalBytes, neededBytes, fault });
  if (!isAbsolute(target)) return answer(makeFault('bad-request', target, '须填写完整路径（绝对路径）'));
  const from = resolve(recordingsDir);
  if (to === from || to.startsWith(from + sep) || (isMove && from.startsWith(to + sep))) return answer(makeFault('bad-request', to, '新位置不能在录像文件夹之内，也不能包含它'));
  try {
    const present = await findPresent(to);
    if (!(await stat(present)).isDirectory()) return answer(makeFault('bad-request', present, '该路径是文件，不是文件夹'));
    if (isMove && present === to) {
      const known = new Set(await readdir(from).catch(() => []));
      const foreign = (await readdir(to)).find((name) => !known.has(name) && name !== recordingsMarkerName);
      if (foreign !== undefined) return answer(makeFault('bad-request', to, `新位置不是空文件夹，其中有 ${foreign}`));
    }
    const disk = await statfs(present);
    const freeBytes = disk.bavail * disk.bsize;
    const totalBytes = disk.blocks * disk.bsize;
    await tryWriting(present);
    return answer(freeBytes < neededBytes ? makeFault('disk-full', to, `需要 ${toGb(neededBytes)}，可用 ${toGb(freeBytes)}`) : null, freeBytes, totalBytes);
  } catch (thrown) {
    const fault = toDiskFault(thrown, to);
    if (fault === null) throw thrown;
    return answer(fault);
  }
}

// The folder itself need not be there yet; the nearest one above it is what it would be made in.
async function findPresent(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).then(() => true, (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return false;
      throw thrown;
    });
    if (found || dirname(at) === at) return at;
  }
}

async function tryWriting(folder: string): Promise<void> {
  const probe = join(folder, `.zhibojian-probe-${randomBytes(4).toString('hex')}`);
  await writeFile(probe, 'x', { flag: 'wx' });
  await rm(probe, { force: true });
}

function toGb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
