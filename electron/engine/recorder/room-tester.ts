import { rm } from 'node:fs/promises';
import { lookup } from 'node:dns/promises';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError, makeFault, toFault, type Fault } from '../../contract/faults.ts';
import type { RecordingSource } from '../../contract/recording.ts';
import type { RoomTest, TestStep } from '../../contract/rooms.ts';
import { toAddressPolicy } from './address-policy.ts';
import { HlsSource } from './hls-source.ts';
import { fetchSegment } from './segment-fetcher.ts';

/** A test of which nothing is known yet. */
export const noTest: RoomTest = { ok: false, steps: [], variants: [], gbPerDay: null, sourceKind: null, bitrateBps: null, codecs: null, clockOffsetMs: null, clockSource: '' };

/** The result of trying an address, with the files it fetched for the decoder to look at (null when it got none). */
export type AddressTest = { test: RoomTest; file: string | null; initFile: string | null };

/** Tries an address step by step as the recorder would use it; stops at the first step that fails. */
export async function testAddress({ url, allowPrivate }: RecordingSource, dir: string, signal: AbortSignal): Promise<AddressTest> {
  const policy = toAddressPolicy(url, allowPrivate);
  const steps: TestStep[] = [];
  const test: RoomTest = { ...noTest, steps };
  const result: AddressTest = { test, file: null, initFile: null };
  const attempt = async <T>(name: TestStep['name'], run: () => Promise<{ value: T; detail: string }>): Promise<T> => {
    try {
      const { value, detail } = await run();
      steps.push({ name, ok: true, detail, fault: null });
      return value;
    } catch (thrown) {
      const fault = toFault(thrown, url);
      steps.push({ name, ok: false, detail: fault.message, fault });
      throw new FaultError(fault);
    }
  };
  try {
    await mkdir(dir, { recursive: true });
    await attempt('resolve', () => resolveHost(url));
    const source = new HlsSource(url, policy);
    const read = await source.read(signal).catch((thrown: unknown) => {
      const fault = toFault(thrown, url);
      if (fault.code.startsWith('playlist-')) steps.push({ name: 'connect', ok: true, detail: '', fault: null });
      steps.push({ name: fault.code.startsWith('playlist-') ? 'playlist' : 'connect', ok: false, detail: fault.message, fault });
      throw new FaultError(fault);
    });
    steps.push({ name: 'connect', ok: true, detail: read.capture.remoteAddress ?? '', fault: null });
    const { segments, targetDurationMs } = read.playlist;
    test.variants = source.variants.map(({ width, height, bandwidth }) => ({ width, height, bandwidth }));
    steps.push({ name: 'playlist', ok: true, detail: `${segments.length} × ${(targetDurationMs / 1000).toFixed(1)} s${read.playlist.ended ? ' (ended)' : ''}`, fault: null });
    const last = segments.at(-1);
    await attempt('segment', async () => {
      if (last === undefined) throw new FaultError(makeFault('playlist-empty', url, '播放列表里没有分段'));
      const fetched = orThrow(await fetchSegment({ uri: last.uri, range: last.range, dir, stem: 'segment', budgetMs: 10_000, signal, policy }));
      result.file = join(dir, 'segment.bin');
      await rename(fetched.partPath, result.file);
      if (last.init !== null) {
        const init = orThrow(await fetchSegment({ uri: last.init.uri, range: last.init.range, dir, stem: 'init', budgetMs: 10_000, signal, policy }));
        result.initFile = join(dir, 'init.bin');
        await rename(init.partPath, result.initFile);
      }
      const bitsPerSecond = last.durationMs > 0 ? (fetched.bytes * 8000) / last.durationMs : 0;
      test.gbPerDay = (bitsPerSecond / 8) * 86_400 / 1e9;
      return { value: null, detail: `${(fetched.bytes / 1024).toFixed(0)} KB · ${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s` };
    });
    const offset = source.clockOffsetMs;
    steps.push({ name: 'clock', ok: offset === null || Math.abs(offset) < 2000, detail: offset === null ? '—' : `${offset >= 0 ? '+' : ''}${(offset / 1000).toFixed(1)} s`, fault: null });
    test.ok = true;
  } catch (thrown) {
    if (!(thrown instanceof FaultError)) throw thrown;
    await rm(dir, { recursive: true, force: true });
  }
  return result;
}

function orThrow<T extends object>(result: T | Fault): T {
  if ('code' in result) throw new FaultError(result);
  return result;
}

async function resolveHost(url: string): Promise<{ value: null; detail: string }> {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new FaultError(makeFault('url-invalid', url, '不是有效的地址，应以 http:// 或 https:// 开头'));
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw new FaultError(makeFault('url-invalid', url, `只支持 http 与 https 地址，这里是 ${parsed.protocol}`));
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  try {
    const { address } = await lookup(host);
    return { value: null, detail: address };
  } catch (thrown) {
    throw new FaultError(makeFault('dns-failed', host, `找不到主机 ${host}`, { retryable: true, cause: thrown }));
  }
}
