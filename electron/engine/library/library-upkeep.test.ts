import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FaultError } from '../../contract/faults.ts';
import { RoomId, SessionId } from '../../contract/ids.ts';
import { LibrarySettings } from '../../contract/library.ts';
import { openStore, type Store } from '../store/store.ts';
import { DiskProbe } from '../recorder/disk-probe.ts';
import { makePace, verifySegments } from './file-verifier.ts';
import { toLayout, toSessionDir, type LibraryLayout } from './library-layout.ts';
import { checkQuotas } from './quota.ts';
import { repairLibrary } from './session-ingest.ts';
import { readDeletionMarker, removeSessionMedia } from './session-remover.ts';
import { copyVerified } from './verified-copy.ts';

const roomId = RoomId.parse('r-1');
const startMs = Date.parse('2026-01-01T00:00:00Z');
const pace = makePace(new AbortController().signal, () => null);

function withLibrary(run: (store: Store, layout: LibraryLayout) => Promise<void>): () => Promise<void> {
  return async () => {
    const layout = toLayout(mkdtempSync(join(tmpdir(), 'zbj-upkeep-')));
    const store = openStore(layout.database);
    try {
      await run(store, layout);
    } finally {
      store.close();
      rmSync(layout.root, { recursive: true });
    }
  };
}

function writeSession(layout: LibraryLayout, name: string, files: number, firstMs = startMs): SessionId {
  const sessionId = SessionId.parse(name);
  const dir = toSessionDir(layout, roomId, sessionId);
  mkdirSync(dir, { recursive: true });
  for (let seq = 0; seq < files; seq += 1) {
    const body = `${name} ${seq}`;
    const file = `${String(seq).padStart(6, '0')}.ts`;
    writeFileSync(join(dir, file), body);
    appendFileSync(join(dir, 'segments.jsonl'), `${JSON.stringify({
      seq, kind: 'media', container: 'ts', file, initFile: null, sha256: createHash('sha256').update(body).digest('hex'), bytes: body.length, startAt: new Date(firstMs + seq * 2000).toISOString(), duration: 2,
      discontinuity: false, mediaSequence: seq, uri: file, arrivedAt: new Date(startMs).toISOString(), monotonicMs: 0, clockOffsetMs: null,
    })}\n`);
  }
  return sessionId;
}

test('a file that rotted and one that is gone are found, the others are not', withLibrary(async (store, layout) => {
  const sessionId = writeSession(layout, 'a', 4);
  repairLibrary(store, layout, { analyse: false, nowMs: Date.now() });
  const dir = toSessionDir(layout, roomId, sessionId);
  const segments = store.recordings.listSegments(sessionId);
  assert.deepEqual(await verifySegments(dir, segments, pace, () => undefined), []);
  const body = readFileSync(join(dir, '000001.ts'));
  body[0] = (body[0] ?? 0) ^ 1; // one bit
  writeFileSync(join(dir, '000001.ts'), body);
  rmSync(join(dir, '000003.ts'));
  const altered = await verifySegments(dir, segments, pace, () => undefined);
  assert.deepEqual(altered.map(({ seq, actual }) => [seq, actual === null]), [[1, false], [3, true]]);
}));

test('a repair passes over a broken line and a missing file, and says so; the next one leaves finished sessions alone', withLibrary(async (store, layout) => {
  const first = writeSession(layout, 'a', 3);
  writeSession(layout, 'b', 1, startMs + 60_000);
  const list = join(toSessionDir(layout, roomId, first), 'segments.jsonl');
  const lines = readFileSync(list, 'utf8').split('\n');
  writeFileSync(list, [lines[0], '{"this is":"not ours"}', 'nor this', ...lines.slice(1)].join('\n'));
  rmSync(join(toSessionDir(layout, roomId, first), '000001.ts'));
  const repair = repairLibrary(store, layout, { analyse: false, nowMs: Date.now() + 10 });
  assert.deepEqual([repair.sessions, repair.ingested, repair.setAside, repair.missing], [2, 4, 2, 1]);
  assert.equal(store.deletions.listAltered().length, 1);
  assert.equal(store.log.verify(), true);
  store.recordings.endSession(SessionId.parse('b'), startMs + 2000);
  assert.equal(repairLibrary(store, layout, { analyse: false, nowMs: Date.now() + 10 }).sessions, 1, 'only the one that was open');
  assert.equal(repairLibrary(store, layout, { analyse: false, nowMs: Date.now() + 10 }).sessions, 0);
  utimesSync(toSessionDir(layout, roomId, first), new Date(), new Date(Date.now() + 60_000));
  assert.equal(repairLibrary(store, layout, { analyse: false, nowMs: Date.now() + 10 }).sessions, 1, 'what changed is looked into again');
}));

test('a deleted session keeps its lists, and an index built anew knows that it was deleted', withLibrary(async (store, layout) => {
  const sessionId = writeSession(layout, 'a', 2);
  const dir = toSessionDir(layout, roomId, sessionId);
  assert.equal(await removeSessionMedia(dir, { deletedAt: '2026-06-01T00:00:00Z', deletedBy: '甲', reason: '保存期满', scheduledAt: '2026-05-20T00:00:00Z' }), 2);
  assert.ok(existsSync(join(dir, 'segments.jsonl')) && !existsSync(join(dir, '000000.ts')));
  assert.equal(readDeletionMarker(dir)?.deletedBy, '甲');
  const repair = repairLibrary(store, layout, { analyse: true, nowMs: Date.now() });
  assert.deepEqual([repair.ingested, repair.missing], [2, 0]);
  assert.equal(store.deletions.get(sessionId)?.deletedMs, Date.parse('2026-06-01T00:00:00Z'));
  assert.equal(store.jobs.countByLane().get('decode'), undefined);
}));

test('a verified copy is resumed by content, refuses an altered source and leaves nothing behind when stopped', withLibrary(async (_store, layout) => {
  const from = join(layout.root, 'from');
  const to = join(layout.root, 'deep', 'to');
  const body = Buffer.alloc(3_500_000, 7);
  writeFileSync(from, body);
  const sha256 = createHash('sha256').update(body).digest('hex');
  assert.deepEqual(await copyVerified({ from, to, sha256 }, pace, () => undefined), { sha256, bytes: body.length });
  rmSync(from);
  assert.equal((await copyVerified({ from, to, sha256 }, pace, () => undefined)).sha256, sha256, 'what is there and right is not copied again');
  writeFileSync(from, 'other');
  writeFileSync(to, 'damaged');
  await assert.rejects(copyVerified({ from, to, sha256 }, pace, () => undefined), (thrown) => thrown instanceof FaultError && thrown.fault.code === 'library-altered');
  const abort = new AbortController();
  writeFileSync(from, body);
  await assert.rejects(copyVerified({ from, to: `${to}2`, sha256 }, makePace(abort.signal, () => null), () => abort.abort()), (thrown) => thrown instanceof FaultError && thrown.fault.code === 'cancelled');
  assert.ok(!existsSync(`${to}2`) && !existsSync(`${to}2.part`));
}));

test('quotas close at their limit and open below it, for the library and for one room', () => {
  const settings = { ...LibrarySettings.parse({}), quotaBytes: 100, roomQuotaBytes: { 'r-1': 40 } };
  const over = checkQuotas(settings, { totalBytes: 100, byRoom: new Map([[roomId, 40]]) });
  assert.equal(over.total?.code, 'quota-reached');
  assert.equal(over.rooms.get(roomId)?.code, 'quota-reached');
  const under = checkQuotas(settings, { totalBytes: 99, byRoom: new Map([[roomId, 39]]) });
  assert.equal(under.total, null);
  assert.equal(under.rooms.size, 0);
});

test('a disk is slow beyond its threshold, and by itself no longer', withLibrary(async (_store, layout) => {
  const probe = new DiskProbe();
  assert.equal(probe.judge(layout.root, 0), null, 'nothing measured yet');
  for (let count = 0; count < 6; count += 1) await probe.measure(layout.root);
  assert.ok((probe.p90Ms ?? 0) > 0);
  assert.equal(probe.judge(layout.root, 0)?.code, 'disk-slow');
  assert.equal(probe.judge(layout.root, 60_000), null);
  await probe.measure(join(layout.root, 'not-there'));
  assert.equal(probe.judge(layout.root, 60_000), null, 'a disk that is gone is not a slow one');
}));
