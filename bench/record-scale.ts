import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Bench, type BenchFigure, type BenchResult, makeFigure, skipBench } from './bench-result.ts';
import { cliFile, endChild, hasCommand, mediaDir } from './child-program.ts';
import { readTreeCpuSeconds, readTreeMemoryMiB } from './process-cpu.ts';

const rooms = toCount('BENCH_ROOMS', 50);
const seconds = toCount('BENCH_SECONDS', 60);
const bitsPerSecond = toCount('BENCH_BITRATE', 2_000_000);
const peerRooms = toCount('BENCH_PEERS', 8);
const warmUpMs = 10_000;
const sampleMs = 10_000;

function toCount(name: string, fallback: number): number {
  const value = Number(process.env[name]);
  return Number.isInteger(value) && value >= 0 && process.env[name] !== undefined ? value : fallback;
}

/** Many rooms at once: CPU per room against `ffmpeg -c copy` and streamlink on the same origin, memory over time, and segments missed. */
export const recordScale: Bench = {
  name: 'record-scale',
  about: `${rooms} rooms at ${bitsPerSecond / 1e6} Mbit/s for ${seconds} s against ffmpeg -c copy and streamlink (BENCH_ROOMS, BENCH_SECONDS, BENCH_BITRATE, BENCH_PEERS)`,
  async run(): Promise<BenchResult> {
    if (process.platform !== 'linux') return skipBench('record-scale', 'CPU is read from /proc, which only Linux has');
    const peers = [['ffmpeg -c copy', 'ffmpeg'], ['streamlink', 'streamlink']].filter(([, command]) => hasCommand(command as string, [command === 'ffmpeg' ? '-version' : '--version']));
    const dir = await mkdtemp(join(tmpdir(), 'bench-scale-'));
    const origin = fork(join(import.meta.dirname, 'scale-origin.ts'), [join(mediaDir, 'demo-tea', '540'), String(bitsPerSecond)]);
    const children: ChildProcess[] = [];
    try {
      const [ready] = (await once(origin, 'message')) as [unknown];
      const { baseUrl } = z.object({ baseUrl: z.string() }).parse(ready);
      const library = join(dir, 'library');
      const urls = Array.from({ length: rooms }, (_, room) => `${baseUrl}/${room}/index.m3u8`);
      const recorder = spawn(process.execPath, [cliFile, 'record', ...urls, '--out', library, '--for', String(seconds + warmUpMs / 1000 + 120), '--json'], { stdio: 'ignore' });
      const groups = peers.map(([name, command]) => ({ name: name as string, list: Array.from({ length: peerRooms }, (_, i) => startPeer(command as string, `${baseUrl}/${command}-${i}/index.m3u8`, join(dir, `${command}-${i}.ts`))) }));
      children.push(recorder, ...groups.flatMap(({ list }) => list));
      const pidsOf = (list: ChildProcess[]): number[] => list.map((child) => child.pid ?? -1);
      await wait(warmUpMs);
      const before = await Promise.all([[recorder], ...groups.map(({ list }) => list)].map((list) => readTreeCpuSeconds(pidsOf(list))));
      const fromMs = performance.now();
      const memory: number[] = [];
      while (performance.now() - fromMs < seconds * 1000) {
        await wait(Math.min(sampleMs, seconds * 1000));
        memory.push(await readTreeMemoryMiB(pidsOf([recorder])));
      }
      const tookS = (performance.now() - fromMs) / 1000;
      const after = await Promise.all([[recorder], ...groups.map(({ list }) => list)].map((list) => readTreeCpuSeconds(pidsOf(list))));
      const ended = children.filter((child) => child.exitCode !== null || child.signalCode !== null).length;
      if (ended > 0) throw new Error(`${ended} of ${children.length} recordings ended during the measurement`);
      const percent = (index: number, count: number): number => (100 * ((after[index] ?? 0) - (before[index] ?? 0))) / tookS / count;
      const ours = percent(0, rooms);
      await endChild(recorder);
      const counted = await countSegments(library);
      const figures: BenchFigure[] = groups.length === 0 ? [makeFigure('CPU per room', '% of a core', [ours])]
        : groups.map(({ name, list }, index) => makeFigure('CPU per room', '% of a core', [ours], { name, runs: [percent(index + 1, list.length)] }));
      figures.push(
        makeFigure('segments missed', `of ${counted.stored + counted.missed}`, [counted.missed]),
        makeFigure('gaps', 'stored', [counted.gaps]),
        makeFigure('memory of all processes, first minute', 'MiB', memory.slice(0, 6)),
        makeFigure('memory of all processes, last minute', 'MiB', memory.slice(-6)),
      );
      return { name: 'record-scale', conditions: { rooms, seconds, bitsPerSecond, peerRooms }, figures, skipped: null };
    } finally {
      await Promise.all(children.map((child) => endChild(child, 'SIGTERM')));
      await endChild(origin);
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

function startPeer(command: string, url: string, file: string): ChildProcess {
  const args = command === 'ffmpeg' ? ['-nostdin', '-v', 'quiet', '-i', url, '-map', '0', '-c', 'copy', '-f', 'mpegts', file] : ['--loglevel', 'none', '-o', file, `hls://${url}`, 'best'];
  return spawn(command, args, { stdio: 'ignore' });
}

/** Every media sequence between a room's first and last stored one must be there once. */
async function countSegments(library: string): Promise<{ stored: number; missed: number; gaps: number }> {
  const result = { stored: 0, missed: 0, gaps: 0 };
  for (const entry of await readdir(library, { recursive: true, withFileTypes: true })) {
    if (entry.name !== 'segments.jsonl' && entry.name !== 'gaps.jsonl') continue;
    const lines = (await readFile(join(entry.parentPath, entry.name), 'utf8')).trim().split('\n').filter((line) => line !== '');
    if (entry.name === 'gaps.jsonl') result.gaps += lines.length;
    else {
      const sequences = new Set(lines.map((line) => (JSON.parse(line) as { mediaSequence: number }).mediaSequence));
      result.stored += lines.length;
      result.missed += Math.max(...sequences) - Math.min(...sequences) + 1 - sequences.size;
    }
  }
  return result;
}
