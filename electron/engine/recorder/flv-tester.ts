import { open } from 'node:fs/promises';
import type { DecoderConfig } from '../../contract/rooms.ts';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { FlvReader, type FlvUnit } from '../container/flv-reader.ts';
import { toDecoderConfig, type FlvConfigs } from '../container/flv-remuxer.ts';
import type { FlvOpener } from './flv-run.ts';
import { safeUrl } from './http-fetcher.ts';
import type { RunContext } from './source-run.ts';

/** What the beginning of an FLV address shows. */
export type FlvSample = { remoteAddress: string | null; bytes: number; mediaMs: number; decoder: DecoderConfig | null; clockOffsetMs: number | null };

const sampleMs = 3000;
const maxSampleBytes = 8 << 20;

/** Receives the first seconds of an FLV address into a file and says what they are. Throws FaultError. */
export async function sampleFlv(url: string, file: string, connect: FlvOpener, context: Pick<RunContext, 'signal' | 'policy'>): Promise<FlvSample> {
  return connect(url, context, async ({ chunks, capture }) => {
    const reader = new FlvReader();
    const handle = await open(file, 'w');
    const configs: FlvConfigs = { video: null, audio: null };
    const sample = { bytes: 0, firstMs: null as number | null, lastMs: 0 };
    try {
      for await (const chunk of chunks) {
        const units = reader.push(chunk);
        if (reader.broken !== null) throw new FaultError(makeFault('stream-invalid', safeUrl(url), `内容不是 FLV 直播流：${reader.broken}`, { retryable: true }));
        for (const unit of units) {
          await handle.write(unit.bytes);
          sample.bytes += unit.bytes.length;
          note(unit, configs, sample);
        }
        if (sample.firstMs !== null && (sample.lastMs - sample.firstMs >= sampleMs || sample.bytes >= maxSampleBytes)) break;
      }
    } finally {
      await handle.close();
    }
    if (sample.firstMs === null) throw new FaultError(makeFault('stream-ended', safeUrl(url), '没有收到画面或声音', { retryable: true }));
    return { remoteAddress: capture.remoteAddress, bytes: sample.bytes, mediaMs: sample.lastMs - sample.firstMs, decoder: toDecoderConfig(configs), clockOffsetMs: capture.clockOffsetMs };
  });
}

function note(unit: FlvUnit, configs: FlvConfigs, sample: { firstMs: number | null; lastMs: number }): void {
  if (unit.video?.packet === 'config') configs.video = { ...unit, bytes: Buffer.from(unit.bytes) };
  else if (unit.audio?.packet === 'config') configs.audio = { ...unit, bytes: Buffer.from(unit.bytes) };
  else if (unit.video?.packet === 'frames' || unit.audio?.packet === 'frames') {
    sample.firstMs ??= unit.timestampMs;
    sample.lastMs = Math.max(sample.lastMs, unit.timestampMs);
  }
}
