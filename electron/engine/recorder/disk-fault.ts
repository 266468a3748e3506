import { statfs } from 'node:fs/promises';
import { makeFault, type Fault, type FaultCode } from '../../contract/faults.ts';

const codes: Record<string, FaultCode> = { ENOSPC: 'disk-full', EDQUOT: 'disk-full', EROFS: 'disk-read-only', EACCES: 'disk-read-only', EPERM: 'disk-read-only', ENOENT: 'disk-gone', ENODEV: 'disk-gone', EIO: 'disk-error' };

/** Turns a file-system error into a fault; null when the error is of another kind (a bug). */
export function toDiskFault(thrown: unknown, path: string): Fault | null {
  const error = thrown as NodeJS.ErrnoException;
  if (typeof error?.code !== 'string' || error.syscall === undefined) return null;
  const code = codes[error.code];
  return code === undefined ? null : makeFault(code, path, error.message, { retryable: true });
}

let configuredMinFreeBytes = 512 * 1_048_576;

/** Sets how much must stay free; ZHIBOJIAN_MIN_FREE_MB still has the last word. */
export function setMinFreeBytes(bytes: number): void {
  configuredMinFreeBytes = bytes;
}

/** Bytes that stay free on the recording disk, so that logs and the database can still be written. */
export function minFreeBytes(): number {
  const override = process.env['ZHIBOJIAN_MIN_FREE_MB'];
  const megabytes = override === undefined || override.trim() === '' ? NaN : Number(override);
  return Number.isFinite(megabytes) && megabytes >= 0 ? megabytes * 1_048_576 : configuredMinFreeBytes;
}

/** Looks at the disk below a path; the gate's fault, or null while there is room. */
export async function checkDisk(path: string): Promise<{ freeBytes: number; totalBytes: number; fault: Fault | null }> {
  try {
    const stat = await statfs(path);
    const freeBytes = stat.bavail * stat.bsize;
    const min = minFreeBytes();
    const fault = freeBytes < min
      ? makeFault('disk-full', path, `剩余 ${(freeBytes / 1_048_576).toFixed(0)} MB，低于保留的 ${(min / 1_048_576).toFixed(0)} MB`, { retryable: true })
      : null;
    return { freeBytes, totalBytes: stat.blocks * stat.bsize, fault };
  } catch (thrown) {
    return { freeBytes: 0, totalBytes: 0, fault: toDiskFault(thrown, path) ?? makeFault('disk-error', path, String(thrown), { retryable: true }) };
  }
}
