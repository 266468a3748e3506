import type { Readable } from 'node:stream';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { describeBadName } from './package-format.ts';

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
