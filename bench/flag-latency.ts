import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import WebSocket from 'ws';
import { z } from 'zod';
import { SegmentRecord } from '../electron/contract/recording.ts';
import { events, paths, ServerMessage } from '../electron/contract/rpc.ts';
import type { Flag } from '../electron/contract/flags.ts';
import { type Bench, type BenchResult, makeFigure, percentile } from './bench-result.ts';
import { startServe } from './child-program.ts';

const watchedMs = 100_000;

type Sighting = { flag: Flag; seenAtMs: number };

/** Time from a segment's last byte (arrivedAt in segments.jsonl) to its flag reaching a WebSocket client of `serve --demo`, over 100 s from a cold start. */
export const flagLatency: Bench = {
  name: 'flag-latency',
  about: "from a segment's arrival to its flag at a client",
  async run(): Promise<BenchResult> {
    const dataDir = await mkdtemp(join(tmpdir(), 'bench-flags-'));
    const serve = await startServe(dataDir);
    try {
      const sightings = await watchFlags(serve.url);
      const segments = await readSegments(join(dataDir, 'rooms'));
      const latencies = sightings.flatMap(({ flag, seenAtMs }) => measureFlag(flag, seenAtMs, segments) ?? []);
      if (latencies.length === 0) throw new Error(`no flag from a segment in ${watchedMs / 1000} s (${sightings.length} flags, ${segments.length} segments)`);
      const firstMs = Math.min(...sightings.map((sighting) => sighting.seenAtMs)) - serve.spawnedAtMs;
      const figure = (label: string, value: number) => ({ ...makeFigure(label, 's', latencies), median: value / 1000, runs: latencies.map((ms) => ms / 1000) });
      return {
        name: 'flag-latency', conditions: { seconds: watchedMs / 1000, flags: sightings.length, fromSegments: latencies.length, rooms: 4 }, skipped: null,
        figures: [figure('arrival → flag, p50', percentile(latencies, 0.5)), figure('arrival → flag, p95', percentile(latencies, 0.95)), makeFigure('spawn → first flag', 's', [firstMs / 1000])],
      };
    } finally {
      await serve.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

async function watchFlags(url: string): Promise<Sighting[]> {
  const socket = new WebSocket(new URL(paths.socket, url));
  const seen = new Map<string, Sighting>();
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', cursor: 0, userName: 'bench' })));
  socket.on('message', (raw) => {
    const seenAtMs = Date.now();
    const message = ServerMessage.parse(JSON.parse(String(raw)));
    if (message.type !== 'event' || message.event !== 'flagsCommitted') return;
    // A flag that grows is sent again: only its first sighting is its latency.
    for (const flag of events.flagsCommitted.parse(message.data).flags) if (!seen.has(flag.id)) seen.set(flag.id, { flag, seenAtMs });
  });
  const failed = new Promise<never>((_, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the engine closed the connection')));
  });
  await Promise.race([wait(watchedMs), failed]);
  failed.catch(() => undefined);
  socket.close();
  return [...seen.values()];
}

type Arrival = { roomId: string; startMs: number; endMs: number; arrivedAtMs: number };

async function readSegments(roomsDir: string): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  for (const entry of await readdir(roomsDir, { recursive: true })) {
    if (!entry.endsWith('segments.jsonl')) continue;
    const roomId = entry.split(/[\\/]/)[0] ?? '';
    for (const line of (await readFile(join(roomsDir, entry), 'utf8')).split('\n').filter(Boolean)) {
      const record = SegmentRecord.parse(z.json().parse(JSON.parse(line)));
      if (record.kind !== 'media') continue;
      const startMs = Date.parse(record.startAt);
      arrivals.push({ roomId, startMs, endMs: startMs + record.duration * 1000, arrivedAtMs: Date.parse(record.arrivedAt) });
    }
  }
  return arrivals;
}

/** Milliseconds from the arrival of the segment that first showed or said it; null for flags from chat alone. */
function measureFlag(flag: Flag, seenAtMs: number, segments: readonly Arrival[]): number | null {
  const source = flag.sources.filter((s) => s.lane !== 'chat').sort((a, b) => a.startMs - b.startMs)[0];
  if (!source) return null;
  const segment = segments.find((s) => s.roomId === flag.roomId && source.startMs >= s.startMs - 20 && source.startMs < s.endMs - 20);
  return segment ? seenAtMs - segment.arrivedAtMs : null;
}
