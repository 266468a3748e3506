import { lookup } from 'node:dns/promises';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FaultError, makeFault, toFault, type Fault } from '../../contract/faults.ts';
import type { RecordingSource } from '../../contract/recording.ts';
import type { DecoderConfig, RoomTest, TestStep } from '../../contract/rooms.ts';
import { isPrivateAddress, toAddressPolicy, type AddressPolicy } from './address-policy.ts';
import { checkDisk } from './disk-fault.ts';
import { openHttpFlv } from './flv-http-opener.ts';
import type { FlvOpener } from './flv-run.ts';
import { sampleFlv } from './flv-tester.ts';
import { HlsSource } from './hls-source.ts';
import { resolvePage } from './page-resolver.ts';
import { openRtmp } from './rtmp-opener.ts';
import { fetchSegment } from './segment-fetcher.ts';
import { findSourceKind } from './source-opener.ts';

/** A test of which nothing is known yet. */
export const noTest: RoomTest = { ok: false, steps: [], variants: [], gbPerDay: null, sourceKind: null, bitrateBps: null, codecs: null, clockOffsetMs: null, clockSource: '' };

/** The result of trying an address, with the files it fetched for the decoder to look at (null when it got none). */
export type AddressTest = { test: RoomTest; file: string | null; initFile: string | null };

type Trial = { url: string; policy: AddressPolicy; dir: string; signal: AbortSignal; test: RoomTest; result: AddressTest };

const clockToleranceMs = 2000;

/** Tries an address step by step as the recorder would use it; stops at the first step that fails. */
export async function testAddress(source: RecordingSource, dir: string, signal: AbortSignal): Promise<AddressTest> {
  const test: RoomTest = { ...noTest, steps: [] };
  const result: AddressTest = { test, file: null, initFile: null };
  const trial: Trial = { url: source.url, policy: toAddressPolicy(source.url, source.allowPrivate), dir, signal, test, result };
  try {
    await mkdir(dir, { recursive: true });
    await step(test, 'resolve', () => resolveHost(trial));
    const kind = source.sourceKind === 'auto' ? await step(test, 'connect', async () => ({ value: await findSourceKind(source.url, trial), detail: '' }), { keep: false }) : source.sourceKind;
    test.sourceKind = kind;
    let streamKind = kind;
    if (kind === 'page') {
      const found = await step(test, 'playlist', async () => {
        const page = await resolvePage(source.url, signal);
        return { value: page, detail: `${page.tool} · ${(page.tookMs / 1000).toFixed(1)} s` };
      });
      trial.url = found.url;
      trial.policy = { ...trial.policy, headers: found.headers };
      streamKind = found.kind;
    }
    if (streamKind === 'flv') await testFlv(trial, openHttpFlv);
    else if (streamKind === 'rtmp') await testFlv(trial, openRtmp);
    else await testHls(trial);
    const offset = test.clockOffsetMs;
    test.steps.push({ name: 'clock', ok: offset === null || Math.abs(offset) < clockToleranceMs, detail: offset === null ? '—' : `${offset >= 0 ? '+' : ''}${(offset / 1000).toFixed(1)} s · ${test.clockSource}`, fault: null });
    await step(test, 'disk', () => testDisk(trial));
    test.ok = true;
  } catch (thrown) {
    if (!(thrown instanceof FaultError)) throw thrown;
    await rm(dir, { recursive: true, force: true });
    result.file = null;
    result.initFile = null;
  }
  return result;
}

async function step<T>(test: RoomTest, name: TestStep['name'], run: () => Promise<{ value: T; detail: string }>, { keep = true } = {}): Promise<T> {
  try {
    const { value, detail } = await run();
    if (keep) test.steps.push({ name, ok: true, detail, fault: null });
    return value;
  } catch (thrown) {
    throw await failStep(test, name, toFault(thrown, name));
  }
}

function failStep(test: RoomTest, name: TestStep['name'], fault: Fault): Promise<FaultError> {
  test.steps.push({ name, ok: false, detail: fault.message, fault });
  return Promise.resolve(new FaultError(fault));
}

async function testFlv({ url, policy, dir, signal, test, result }: Trial, connect: FlvOpener): Promise<void> {
  const file = join(dir, 'segment.bin');
  const sample = await step(test, 'segment', async () => {
    const value = await sampleFlv(url, file, connect, { policy, signal });
    const bitsPerSecond = value.mediaMs > 0 ? (value.bytes * 8000) / value.mediaMs : 0;
    return { value, detail: `${value.remoteAddress ?? ''} · ${(value.bytes / 1024).toFixed(0)} KB · ${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s` };
  });
  noteRate(test, sample.bytes, sample.mediaMs);
  noteDecoder(test, sample.decoder);
  noteClock(test, sample.clockOffsetMs, url);
  result.file = file;
}

async function testHls({ url, policy, dir, signal, test, result }: Trial): Promise<void> {
  const source = new HlsSource(url, policy);
  const read = await source.read(signal).catch(async (thrown: unknown) => {
    const fault = toFault(thrown, url);
    if (fault.code.startsWith('playlist-')) test.steps.push({ name: 'connect', ok: true, detail: '', fault: null });
    throw await failStep(test, fault.code.startsWith('playlist-') ? 'playlist' : 'connect', fault);
  });
  test.steps.push({ name: 'connect', ok: true, detail: read.capture.remoteAddress ?? '', fault: null });
  const { segments, targetDurationMs } = read.playlist;
  test.variants = source.variants.map(({ width, height, bandwidth }) => ({ width, height, bandwidth }));
  test.codecs = source.variants[0]?.codecs ?? null;
  test.steps.push({ name: 'playlist', ok: true, detail: `${segments.length} × ${(targetDurationMs / 1000).toFixed(1)} s${read.playlist.ended ? ' (ended)' : ''}`, fault: null });
  const last = segments.at(-1);
  await step(test, 'segment', async () => {
    if (last === undefined) throw new FaultError(makeFault('playlist-empty', url, '播放列表里没有分段'));
    const fetched = orThrow(await fetchSegment({ uri: last.uri, range: last.range, dir, stem: 'segment', budgetMs: 10_000, signal, policy }));
    result.file = join(dir, 'segment.bin');
    await rename(fetched.partPath, result.file);
    if (last.init !== null) {
      const init = orThrow(await fetchSegment({ uri: last.init.uri, range: last.init.range, dir, stem: 'init', budgetMs: 10_000, signal, policy }));
      result.initFile = join(dir, 'init.bin');
      await rename(init.partPath, result.initFile);
    }
    noteRate(test, fetched.bytes, last.durationMs);
    if (last.key !== null) result.file = null; // what is encrypted is not looked into here
    return { value: null, detail: `${(fetched.bytes / 1024).toFixed(0)} KB · ${((test.bitrateBps ?? 0) / 1e6).toFixed(2)} Mbit/s${last.key === null ? '' : ` · ${last.key.method}`}` };
  });
  noteClock(test, source.clockOffsetMs, read.capture.playlistUrl);
}

/** The disk must hold a day of this room beyond what stays free. */
async function testDisk({ dir, test }: Trial): Promise<{ value: null; detail: string }> {
  const { freeBytes, fault } = await checkDisk(dirname(dir));
  if (fault !== null) throw new FaultError(fault);
  const days = test.gbPerDay === null || test.gbPerDay === 0 ? null : freeBytes / 1e9 / test.gbPerDay;
  return { value: null, detail: `${(freeBytes / 1e9).toFixed(0)} GB${days === null ? '' : ` · 可录约 ${days >= 10 ? Math.floor(days) : days.toFixed(1)} 天`}` };
}

function noteRate(test: RoomTest, bytes: number, mediaMs: number): void {
  if (mediaMs <= 0) return;
  test.bitrateBps = Math.round((bytes * 8000) / mediaMs);
  test.gbPerDay = (test.bitrateBps / 8) * 86_400 / 1e9;
}

function noteDecoder(test: RoomTest, decoder: DecoderConfig | null): void {
  if (decoder === null) return;
  test.codecs = [decoder.videoCodec, decoder.audioCodec].filter((codec) => codec !== null).join(',') || null;
  if (decoder.width !== null) test.variants = [{ width: decoder.width, height: decoder.height, bandwidth: test.bitrateBps }];
}

function noteClock(test: RoomTest, offsetMs: number | null, url: string): void {
  test.clockOffsetMs = offsetMs;
  if (offsetMs !== null) test.clockSource = `HTTP Date ${new URL(url).host}`;
}

function orThrow<T extends object>(result: T | Fault): T {
  if ('code' in result) throw new FaultError(result);
  return result;
}

async function resolveHost({ url, policy }: Trial): Promise<{ value: null; detail: string }> {
  if (!URL.canParse(url)) throw new FaultError(makeFault('url-invalid', url, '不是有效的地址，应以 http:// 或 https:// 开头'));
  const parsed = new URL(url);
  if (!['http:', 'https:', 'rtmp:', 'rtmps:'].includes(parsed.protocol)) throw new FaultError(makeFault('url-invalid', url, `只支持 http、https 与 rtmp 地址，这里是 ${parsed.protocol}`));
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  let addresses: { address: string }[];
  try {
    addresses = await lookup(host, { all: true });
  } catch (thrown) {
    throw new FaultError(makeFault('dns-failed', host, `找不到主机 ${host}`, { retryable: true, cause: thrown }));
  }
  const refused = policy.allowPrivate ? undefined : addresses.find(({ address }) => isPrivateAddress(address));
  if (refused !== undefined) throw new FaultError(makeFault('address-private', host, `${host}（${refused.address}）是内部网络地址`));
  return { value: null, detail: addresses[0]?.address ?? '' };
}
