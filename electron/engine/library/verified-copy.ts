import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { hashAtPace, type Pace } from './file-verifier.ts';

const chunkBytes = 1 << 20;

/** How a copy is checked: against a hash known beforehand, or (null) against what was read. */
export type CopyJob = { from: string; to: string; sha256: string | null };

/**
 * Copies a file and reads the copy back: it gets its name only when its hash is right. A copy that is there already and matches is kept,
 * so that an interrupted run goes on where it stopped. Throws FaultError `library-altered` when the source no longer matches its recorded hash.
 */
export async function copyVerified(job: CopyJob, pace: Pace, onBytes: (bytes: number) => void): Promise<{ sha256: string; bytes: number }> {
  const known = job.sha256 === null ? null : await hashAtPace(job.to, pace);
  if (known !== null && known.sha256 === job.sha256) {
    onBytes(known.bytes);
    return known;
  }
  await mkdir(dirname(job.to), { recursive: true });
  const part = `${job.to}.part`;
  try {
    const copied = await copyHashing(job.from, part, pace, onBytes);
    if (job.sha256 !== null && copied.sha256 !== job.sha256) throw new FaultError(makeFault('library-altered', job.from, '文件与入库时的校验值不符', { cause: `${job.sha256} → ${copied.sha256}` }));
    const back = await hashAtPace(part, pace);
    if (back?.sha256 !== copied.sha256) throw new FaultError(makeFault('disk-error', job.to, '写入后读回的内容不一致', { retryable: true }));
    await rename(part, job.to);
    return copied;
  } catch (thrown) {
    await rm(part, { force: true });
    throw thrown;
  }
}

async function copyHashing(from: string, to: string, pace: Pace, onBytes: (bytes: number) => void): Promise<{ sha256: string; bytes: number }> {
  const source = await open(from, 'r').catch((cause: unknown) => {
    throw new FaultError(makeFault('not-found', from, '文件读不到', { cause }));
  });
  try {
    const target = await open(to, 'w');
    try {
      const hash = createHash('sha256');
      const buffer = Buffer.allocUnsafe(chunkBytes);
      let bytes = 0;
      for (;;) {
        if (pace.signal.aborted) throw new FaultError(makeFault('cancelled', to, '已取消'));
        const { bytesRead } = await source.read(buffer, 0, chunkBytes, bytes);
        if (bytesRead === 0) break;
        const chunk = buffer.subarray(0, bytesRead);
        hash.update(chunk);
        for (let written = 0; written < bytesRead; ) written += (await target.write(chunk, written, bytesRead - written, bytes + written)).bytesWritten;
        bytes += bytesRead;
        onBytes(bytesRead);
        await pace.rest(bytesRead);
      }
      await target.datasync();
      return { sha256: hash.digest('hex'), bytes };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
