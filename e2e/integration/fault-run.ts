import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RoomId } from '../../electron/contract/ids.ts';
import { GapRecord, type SegmentRecord } from '../../electron/contract/recording.ts';
import { openLibraryStore } from '../../electron/engine/entry/library-store.ts';
import { RecorderHost, type LiveState } from '../../electron/engine/entry/recorder-host.ts';
import { toLayout, toRoomId } from '../../electron/engine/library/library-layout.ts';
import { makeDataDir } from '../engine-process.ts';
import { FaultChannel } from '../origin/fault-channel.ts';
import { hlsFaults, type HlsFaultName } from '../origin/hls-faults.ts';
import { expectations, type Expectation } from './fault-expectations.ts';
import { readStoredSegments } from './stored-library.ts';

type ShownState = LiveState & { atMs: number };

/** What came of one fault. */
export type FaultOutcome = {
  name: HlsFaultName; published: number; stored: number; missing: number; gapReasons: string[]; shown: string[]; recoveryS: number | null; requestsDuring: number; problems: string[];
};

/** How long each part of a run lasts. */
export type FaultRunTimes = { beforeMs: number; faultMs: number; recoveryMs: number };

const settleMs = 2500;

/** Meets every named fault at once, each in a room of its own, with one recorder: normal, faulty, normal again; then compares what lies on disk with what was served. */
export async function runFaultMatrix(names: readonly HlsFaultName[], times: FaultRunTimes): Promise<FaultOutcome[]> {
  process.env['NODE_EXTRA_CA_CERTS'] = path.join(import.meta.dirname, '../origin/certificates/ca.pem'); // read by the recorder's process when it starts
  const dataDir = makeDataDir();
  const layout = toLayout(dataDir);
  const { store } = openLibraryStore(layout);
  const channels = new Map<RoomId, FaultChannel>();
  const states = new Map<RoomId, ShownState[]>();
  const arrivals = new Map<RoomId, number[]>();
  const host = new RecorderHost({
    store, layout, analyse: false, untilEnd: false, onClock: () => undefined, onClockStep: () => undefined, onStatus: () => undefined, onStopped: () => undefined, onNotice: () => undefined,
    onIngested: (roomId, { segments }) => arrivals.get(roomId)?.push(...segments.filter((segment) => segment.kind === 'media').map((segment) => segment.arrivedAtMs)),
    onState: (roomId, live) => states.get(roomId)?.push({ ...live, atMs: Date.now() }),
  });
  try {
    for (const name of names) {
      const channel = new FaultChannel(name, hlsFaults[name]);
      await channel.open();
      const roomId = toRoomId(channel.url);
      store.rooms.save({ id: roomId, name, url: channel.url, sourceKind: 'auto', allowPrivate: null, chatUrl: null, platform: '', host: '', note: '', demo: false, enabled: false, createdAtMs: Date.now() });
      channels.set(roomId, channel);
      states.set(roomId, []);
      arrivals.set(roomId, []);
    }
    host.start();
    for (const [roomId, channel] of channels) host.startRoom({ roomId, source: { url: channel.url, chatUrl: null, sourceKind: 'hls', allowPrivate: null } });
    await wait(times.beforeMs);
    for (const channel of channels.values()) await channel.setPhase('during');
    const beganMs = Date.now();
    await wait(times.faultMs);
    for (const channel of channels.values()) await channel.setPhase('after');
    const endedMs = Date.now();
    const hasRecovered = ([roomId, list]: [RoomId, number[]]): boolean => list.some((atMs) => atMs > endedMs) && host.getLive(roomId)?.state === 'live';
    while (Date.now() - endedMs < times.recoveryMs && ![...arrivals].every(hasRecovered)) await wait(200);
    await wait(settleMs);
    const judgedMs = Date.now() - settleMs / 2;
    await host.stop();
    return [...channels].map(([roomId, channel]) => judge({
      name: channel.name as HlsFaultName, channel, roomId, roomDir: path.join(layout.rooms, roomId), libraryDir: dataDir, beganMs, endedMs, judgedMs, shown: states.get(roomId) ?? [], arrivals: arrivals.get(roomId) ?? [],
    }));
  } finally {
    await Promise.all([...channels.values()].map((channel) => channel.close()));
    await host.stop();
    store.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Evidence = {
  name: HlsFaultName; channel: FaultChannel; roomId: RoomId; roomDir: string; libraryDir: string; beganMs: number; endedMs: number; judgedMs: number; shown: ShownState[]; arrivals: number[];
};

function readGaps(roomDir: string): GapRecord[] {
  if (!existsSync(roomDir)) return [];
  return readdirSync(roomDir).sort().flatMap((session) => {
    const file = path.join(roomDir, session, 'gaps.jsonl');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1).map((line) => GapRecord.parse(JSON.parse(line))) : [];
  });
}

/** Every number that is not stored lies in a hole between two that are, and every hole has a gap on the time line. */
function findSilentHoles(records: readonly { number: number; record: SegmentRecord }[], gaps: readonly GapRecord[], isMissing: (number: number) => boolean): string[] {
  const silent: string[] = [];
  for (const [index, { number, record }] of records.entries()) {
    const before = records[index - 1];
    if (before === undefined || number === before.number + 1) continue;
    const hole = Array.from({ length: Math.max(0, number - before.number - 1) }, (_, step) => before.number + 1 + step).filter(isMissing);
    if (hole.length > 0 && !gaps.some((gap) => Date.parse(gap.from) >= Date.parse(before.record.startAt) && Date.parse(gap.to) <= Date.parse(record.startAt) + 1)) silent.push(`nothing says why ${hole.join(' ')} are missing`);
  }
  return silent;
}

function judge(evidence: Evidence): FaultOutcome {
  const { name, channel, roomId, libraryDir, roomDir, beganMs, endedMs, judgedMs, arrivals } = evidence;
  const expected: Expectation = expectations[name];
  const problems: string[] = [];
  const numberOf = new Map(channel.served.map((piece) => [piece.sha256, piece.number]));
  const media = readStoredSegments(libraryDir, roomId).filter((record) => record.kind === 'media');
  const known = media.flatMap((record) => {
    const number = numberOf.get(record.sha256);
    if (number === undefined) problems.push(`stored ${record.mediaSequence} (${record.bytes} bytes), which was never served whole`);
    return number === undefined ? [] : [{ number, record }];
  });
  const numbers = known.map((item) => item.number);
  const storedNumbers = new Set(numbers);
  for (const number of storedNumbers) if (numbers.filter((item) => item === number).length > 1) problems.push(`${number} is stored twice`);
  const lost = new Set(channel.served.filter((piece) => piece.atMs < judgedMs && !storedNumbers.has(piece.number)).map((piece) => piece.number));
  if (lost.size > 0) problems.push(`served whole but not stored: ${[...lost].join(' ')}`);
  const gaps = readGaps(roomDir);
  const isMissing = (number: number): boolean => channel.listed.has(number) && !storedNumbers.has(number);
  problems.push(...findSilentHoles(known, gaps, isMissing));
  for (const [index, { number }] of known.entries()) if (expected.isReordered !== true && number < (known[index - 1]?.number ?? -1)) problems.push(`${number} stored after ${known[index - 1]?.number}`);
  const [first, last] = [Math.min(...storedNumbers), Math.max(...storedNumbers)];
  const missing = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index).filter(isMissing).length;
  const gapReasons = [...new Set(gaps.map((gap) => gap.reason.code))];
  for (const code of gapReasons) if (!expected.gaps.includes(code)) problems.push(`a gap for the reason ${code}`);
  if (expected.gaps.length === 0 && missing > 0) problems.push(`${missing} missing`);
  const inFault = evidence.shown.filter((state) => state.atMs >= beganMs && state.atMs < endedMs + 1000);
  const shown = [...new Set(inFault.filter((state) => state.state !== 'live').map((state) => `${state.state} ${state.fault?.code ?? ''}`))];
  if (expected.shows.length > 0 && !expected.shows.some((item) => shown.includes(item))) problems.push(`shows ${shown.join(', ') || 'nothing'}, not ${expected.shows.join(' or ')}`);
  if (expected === expectations.none && shown.length > 0) problems.push(`shows ${shown.join(', ')}`);
  for (const state of inFault) {
    if (state.state !== 'live' && state.state !== 'connecting' && (state.fault === null || state.fault.message === '')) problems.push(`${state.state} without a reason`);
    if (Math.abs(state.atMs - state.sinceMs) > 1000 && !evidence.shown.some((other) => other.state === state.state && Math.abs(other.atMs - state.sinceMs) < 1000)) problems.push(`${state.state} since another time`);
  }
  const back = arrivals.filter((atMs) => atMs > endedMs);
  const recoveryS = back.length === 0 ? null : (Math.min(...back) - endedMs) / 1000;
  if (recoveryS === null || recoveryS > expected.recoversWithinS) problems.push(`${recoveryS === null ? 'not recording again' : `recording again after ${recoveryS.toFixed(1)} s`}, allowed ${expected.recoversWithinS} s`);
  if (evidence.shown.at(-1)?.state !== 'live') problems.push(`in the end ${evidence.shown.at(-1)?.state} ${evidence.shown.at(-1)?.fault?.code ?? ''}`);
  const sessions = existsSync(roomDir) ? readdirSync(roomDir).length : 0;
  if (sessions !== (expected.sessions ?? 1)) problems.push(`${sessions} sessions`);
  if (expected.maxRequests !== undefined && channel.requestsDuring > expected.maxRequests) problems.push(`${channel.requestsDuring} requests while it could not answer`);
  return { name, published: channel.newest(judgedMs) - first + 1, stored: numbers.length, missing, gapReasons, shown, recoveryS, requestsDuring: channel.requestsDuring, problems };
}

/** The outcomes as a table for docs/benchmarks.md. */
export function formatFaultTable(outcomes: readonly FaultOutcome[]): string[] {
  return [
    '| fault | held | stored | missing | gap reasons | shown meanwhile | recording again after | requests during |', '|---|---|---|---|---|---|---|---|',
    ...outcomes.map((item) => `| ${item.name} | ${item.problems.length === 0 ? 'yes' : 'NO'} | ${item.stored} | ${item.missing} | ${item.gapReasons.join(', ') || '—'} | ${item.shown.join('; ') || 'live'} | ${item.recoveryS?.toFixed(1) ?? '—'} s | ${item.requestsDuring} |`),
  ];
}
