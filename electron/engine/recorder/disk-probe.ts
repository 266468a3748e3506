import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFault, type Fault } from '../../contract/faults.ts';

const windowMs = 60_000;
const minSamples = 5;
const probeBytes = Buffer.alloc(64 * 1024, 0x5a);

/** Measures how long a small write with fsync takes where recordings go, over a sliding minute. */
export class DiskProbe {
  readonly #samples: { atMs: number; tookMs: number }[] = [];
  #startedMs: number | null = null;

  /** Writes and syncs once, unless the last attempt is still at it; failures are the gate's business, not a latency. */
  async measure(dir: string): Promise<void> {
    if (this.#startedMs !== null) return;
    const startedMs = performance.now();
    this.#startedMs = startedMs;
    const path = join(dir, '.write-probe');
    try {
      const file = await open(path, 'w');
      try {
        await file.write(probeBytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      this.#samples.push({ atMs: performance.now(), tookMs: performance.now() - startedMs });
      await rm(path, { force: true });
    } catch {
      // the disk's own fault is found by checkDisk
    } finally {
      this.#startedMs = null;
    }
  }

  /** The 90th percentile of the last minute in milliseconds; null before the first measurement. A write still under way counts with its age. */
  get p90Ms(): number | null {
    const nowMs = performance.now();
    while (this.#samples[0] !== undefined && nowMs - this.#samples[0].atMs > windowMs) this.#samples.shift();
    const times = this.#samples.map((sample) => sample.tookMs);
    if (this.#startedMs !== null) times.push(nowMs - this.#startedMs);
    if (times.length === 0) return null;
    times.sort((a, b) => a - b);
    return times[Math.min(times.length - 1, Math.floor(times.length * 0.9))] ?? null;
  }

  /** The fault of a slow disk, or null while it keeps up: p90 beyond the threshold, or one write stuck for three times as long. */
  judge(dir: string, slowMs: number): Fault | null {
    const stuckMs = this.#startedMs === null ? 0 : performance.now() - this.#startedMs;
    const p90Ms = this.p90Ms;
    const isSlow = stuckMs > slowMs * 3 || (p90Ms !== null && p90Ms > slowMs && this.#samples.length + (stuckMs > 0 ? 1 : 0) >= minSamples);
    return isSlow ? makeFault('disk-slow', dir, `写盘延迟 ${Math.max(p90Ms ?? 0, stuckMs).toFixed(0)} 毫秒，超过 ${slowMs} 毫秒；录制继续，新开的直播间等候`, { retryable: true }) : null;
  }
}
