import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Bench, type BenchResult, makeFigure, skipBench } from './bench-result.ts';
import { cliFile, endChild, hasCommand, startOrigin } from './child-program.ts';
import { readTreeCpuSeconds } from './process-cpu.ts';

const rooms = ['demo-tea', 'demo-bags', 'demo-jewel', 'demo-fruit'];
const copies = 3;
const warmUpMs = 8_000;
const measuredMs = 20_000;
const runs = 3;

/**
 * CPU per recorded room in the steady state: our `record` (hashing, fsync and log included) against one `ffmpeg -c copy`
 * per room, both at the same time on the same origin, counted from /proc over the same 20 s.
 */
export const recordCpu: Bench = {
  name: 'record-cpu',
  about: 'CPU per recorded room against ffmpeg -c copy',
  async run(): Promise<BenchResult> {
    if (process.platform !== 'linux') return skipBench('record-cpu', 'CPU is read from /proc, which only Linux has');
    if (!hasCommand('ffmpeg')) return skipBench('record-cpu', 'ffmpeg is not installed (Debian: apt-get install ffmpeg)');
    const ours: number[] = [];
    const peers: number[] = [];
    for (let run = 0; run < runs; run++) {
      const measured = await measureOnce();
      ours.push(measured.ours);
      peers.push(measured.peer);
    }
    const figure = makeFigure('CPU per room', '% of a core', ours, { name: 'ffmpeg -c copy', runs: peers });
    return { name: 'record-cpu', conditions: { rooms: rooms.length * copies, seconds: measuredMs / 1000, sampling: 'user+system of the process tree, /proc, after warm-up' }, figures: [figure], skipped: null };
  },
};

async function measureOnce(): Promise<{ ours: number; peer: number }> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-record-'));
  const origin = await startOrigin();
  const children: ChildProcess[] = [];
  try {
    const urls = Array.from({ length: copies }, (_, copy) => rooms.map((room) => `${origin.baseUrl}/live/${room}/540/index.m3u8?copy=${copy}`)).flat();
    const seconds = (warmUpMs + measuredMs) / 1000 + 30;
    const recorder = spawn(process.execPath, [cliFile, 'record', ...urls, '--out', join(dir, 'library'), '--for', String(seconds), '--json'], { stdio: 'ignore' });
    const peers = urls.map((url, i) => spawn('ffmpeg', ['-nostdin', '-v', 'quiet', '-i', url, '-map', '0', '-c', 'copy', '-f', 'mpegts', join(dir, `${i}.ts`)], { stdio: 'ignore' }));
    children.push(recorder, ...peers);
    const pids = (list: ChildProcess[]): number[] => list.map((child) => child.pid ?? -1);
    const read = async (): Promise<[number, number]> => [await readTreeCpuSeconds(pids([recorder])), await readTreeCpuSeconds(pids(peers))];
    await wait(warmUpMs);
    const fromMs = performance.now();
    const [ourStart, peerStart] = await read();
    await wait(measuredMs);
    const [ourEnd, peerEnd] = await read();
    const tookS = (performance.now() - fromMs) / 1000;
    const ended = children.filter((child) => child.exitCode !== null || child.signalCode !== null).length;
    if (ended > 0) throw new Error(`${ended} of ${children.length} recordings ended during the measurement`);
    await requireBytes(dir);
    const percent = (cpuS: number): number => (100 * cpuS) / tookS / urls.length;
    return { ours: percent(ourEnd - ourStart), peer: percent(peerEnd - peerStart) };
  } finally {
    await Promise.all(children.map((child) => endChild(child)));
    await origin.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** A recording that stores nothing would win: both sides must hold bytes, and about the same number of them. */
async function requireBytes(dir: string): Promise<void> {
  let ours = 0;
  let peers = 0;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { size } = await stat(join(entry.parentPath, entry.name));
    if (entry.parentPath === dir) peers += size;
    else if (/\.(ts|m4s)$/.test(entry.name)) ours += size;
  }
  // ffmpeg starts three segments before the edge and writes in blocks; the recorder may take the whole window.
  if (!(ours > 1e6 && peers > 1e6 && ours / peers > 0.6 && ours / peers < 1.7)) throw new Error(`recorded ${ours} bytes, ffmpeg ${peers}`);
}
