import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Flag, Observation } from '../../contract/flags.ts';
import { Segment } from '../../contract/rooms.ts';
import { appendLeaf, hashLeaf } from '../store/merkle.ts';
import type { EvidenceLog, PackageInput, PackageIo, PackageSegment } from './package-input.ts';
import { loadOrCreateSigningKey } from './signing-key.ts';

const START_MS = Date.UTC(2026, 10, 23, 4, 0, 0);

/** A package's ingredients in a temporary folder: real files with transport-stream bytes, a real log, a real key. For tests. */
export type PackageFixture = { dir: string; input: PackageInput; io: PackageIo; segments: PackageSegment[] };

/** Makes a fixture of `count` media segments behind one init section; the log holds other leaves around them. */
export async function makePackageFixture(count = 3): Promise<PackageFixture> {
  const dir = await mkdtemp(join(tmpdir(), 'evidence-'));
  await mkdir(join(dir, 'session', 'media'), { recursive: true });
  const log = createMemoryLog();
  log.append('gap', { note: 'before' });
  const segments: PackageSegment[] = [];
  for (let seq = 0; seq <= count; seq++) {
    const file = seq === 0 ? 'media/init.mp4' : `media/${String(seq).padStart(6, '0')}.m4s`;
    const content = toTransportStream(seq, 3 + seq);
    await writeFile(join(dir, 'session', file), content);
    const record = Segment.parse({
      roomId: 'room-a', sessionId: '20261123-040000', seq, kind: seq === 0 ? 'init' : 'media', container: 'fmp4', file, initFile: seq === 0 ? null : 'media/init.mp4',
      sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length, startMs: START_MS + Math.max(0, seq - 1) * 2000, durationMs: seq === 0 ? 0 : 2000,
      mediaSequence: seq, discontinuity: false, uri: `http://127.0.0.1/${seq}.m4s`, arrivedAtMs: START_MS + seq * 2000, monotonicMs: seq * 2000, clockOffsetMs: 3,
    });
    const leafIndex = log.append('segment', { roomId: record.roomId, sessionId: record.sessionId, seq, file, sha256: record.sha256, bytes: record.bytes, startMs: record.startMs });
    segments.push({ record, path: join(dir, 'session', file), leafIndex });
  }
  const observation = Observation.parse({
    id: 1, roomId: 'room-a', sessionId: '20261123-040000', lane: 'speech', startMs: START_MS + 500, endMs: START_MS + 1900, text: '全网最低价，绝对有效', confidence: 0.9, engine: 'test',
  });
  const flag = Flag.parse({
    id: 'f1', roomId: 'room-a', sessionId: '20261123-040000', startMs: START_MS + 500, endMs: START_MS + 1900, category: 'exaggerated', subtype: 'absolute', subtypeName: '绝对化用语',
    severity: 'high', score: 0.9, quote: '绝对有效', sources: [], basis: [{ law: '广告法', article: '第九条' }], explanation: '', rulePackHash: '', state: 'confirmed', reason: null, note: '',
    reviewedBy: '张三', reviewedAtMs: START_MS + 60_000, exportedTo: [], stillPath: null, createdAtMs: START_MS + 3000,
  });
  const rulePack = join(dir, 'rules.json');
  await writeFile(rulePack, '{"terms":[]}');
  return {
    dir, segments,
    input: {
      packageId: 'p-test-1', outFile: join(dir, 'p-test-1.zip'), fromMs: START_MS, toMs: START_MS + count * 2000, createdAtMs: START_MS + 3_600_000, createdBy: '李四',
      workstationId: 'ws-test', software: { name: 'zhibojian', version: '0.1.0' }, room: { id: 'room-a', name: '测试直播间', platform: '', host: '', url: 'http://127.0.0.1/live.m3u8' },
      sessions: [], segments, gaps: [], flags: [{ flag, history: [{ atMs: START_MS + 60_000, user: '张三', state: 'confirmed', reason: null, note: '', undone: false }] }],
      observations: [observation], chat: [{ at: '2026-11-23T04:00:01Z', user: '观众', text: '真的吗', arrivedAt: '2026-11-23T04:00:01Z' }],
      capture: { url: 'http://127.0.0.1/live.m3u8', resolvedAddress: '127.0.0.1', clockOffsetMs: 3 }, custody: [{ atMs: START_MS, user: 'system', act: 'recorded', detail: {} }],
      rulePack: { hash: createHash('sha256').update('{"terms":[]}').digest('hex'), version: '1', path: rulePack },
    },
    io: {
      // Decoding is perception's: what counts here is that whatever it wrote is packed byte for byte.
      cutClip: async (outFile) => {
        await writeFile(outFile, randomBytes(3000));
        return { firstFrameMs: START_MS, durationMs: count * 2000 };
      },
      takeFrames: async (outDir, frames) => {
        for (const frame of frames) await writeFile(join(outDir, frame.name), randomBytes(500));
        return frames.map((frame) => ({ ...frame, fault: null }));
      },
      log, signingKey: await loadOrCreateSigningKey(join(dir, 'keys')),
    },
  };
}

/** A log kept in memory, leaf texts as the store writes them. */
export function createMemoryLog(): EvidenceLog {
  const nodes = new Map<string, Uint8Array>();
  const leaves: string[] = [];
  const getNode = (level: number, index: number): Uint8Array => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`log node ${level}/${index} is missing`);
    return hash;
  };
  return {
    get size() {
      return leaves.length;
    },
    getNode,
    getLeaf: (index) => (leaves[index] === undefined ? null : { data: leaves[index] }),
    append: (kind, fact) => {
      const data = JSON.stringify({ kind, ...fact });
      for (const node of appendLeaf(leaves.length, getNode, hashLeaf(Buffer.from(data)))) nodes.set(`${node.level}/${node.index}`, node.hash);
      return leaves.push(data) - 1;
    },
  };
}

function toTransportStream(seed: number, packets: number): Buffer {
  const content = Buffer.alloc(packets * 188);
  for (let i = 0; i < content.length; i++) content[i] = i % 188 === 0 ? 0x47 : (i * 31 + seed * 7) % 256;
  return content;
}
