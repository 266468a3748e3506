import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError, makeFault } from '../../contract/faults.ts';
import type { AlteredFile } from '../../contract/library.ts';
import type { Segment } from '../../contract/rooms.ts';

const chunkBytes = 1 << 20;

/** How a pass over files is slowed down and stopped. */
export type Pace = {
  signal: AbortSignal;
  /** Called after every chunk read; resolves when the next may be read. */
  rest: (bytes: number) => Promise<void>;
};

/** A pace of so many bytes a second (null = as fast as the disk), which also gives way while `isBusy`. */
export function makePace(signal: AbortSignal, bytesPerSecond: () => number | null, isBusy: () => boolean = () => false): Pace {
  let dueMs = performance.now();
  return {
    signal,
    rest: async (bytes) => {
      const rate = bytesPerSecond();
      if (rate !== null) {
        dueMs = Math.max(dueMs, performance.now() - 1000) + (bytes / rate) * 1000;
        await waitUntil(() => performance.now() >= dueMs, dueMs - performance.now(), signal);
      }
      while (isBusy() && !signal.aborted) await waitUntil(() => !isBusy(), 1000, signal);
    },
  };
}

async function waitUntil(isOver: () => boolean, waitMs: number, signal: AbortSignal): Promise<void> {
  if (isOver() || waitMs <= 0) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Hashes a file at a pace; null when it is not there or cannot be read. Throws FaultError `cancelled` when stopped. */
export async function hashAtPace(path: string, pace: Pace): Promise<{ sha256: string; bytes: number } | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let bytes = 0;
  try {
    for (;;) {
      if (pace.signal.aborted) throw new FaultError(makeFault('cancelled', path, '已取消'));
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, bytes);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
      await pace.rest(bytesRead);
    }
    return { sha256: hash.digest('hex'), bytes };
  } catch (thrown) {
    if (thrown instanceof FaultError) throw thrown;
    return null; // a sector that cannot be read is rot like any other
  } finally {
    await file.close();
  }
}

/** Reads every stored file of one session and returns those that do not match their recorded hash. */
export async function verifySegments(dir: string, segments: readonly Segment[], pace: Pace, onBytes: (bytes: number) => void): Promise<AlteredFile[]> {
  const altered: AlteredFile[] = [];
  for (const segment of segments) {
    const path = join(dir, segment.file);
    const actual = await hashAtPace(path, pace);
    if (actual?.sha256 !== segment.sha256) {
      altered.push({ roomId: segment.roomId, sessionId: segment.sessionId, seq: segment.seq, path, expected: segment.sha256, actual: actual?.sha256 ?? null, foundAtMs: Date.now() });
    }
    onBytes(segment.bytes);
  }
  return altered;
}
