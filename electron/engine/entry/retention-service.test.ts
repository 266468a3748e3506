import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FaultError } from '../../contract/faults.ts';
import { RoomId, SessionId } from '../../contract/ids.ts';
import { LibrarySettings } from '../../contract/library.ts';
import { toLayout, toSessionDir } from '../library/library-layout.ts';
import { repairLibrary } from '../library/session-ingest.ts';
import { openStore } from '../store/store.ts';
import { RetentionService } from './retention-service.ts';

const roomId = RoomId.parse('r-1');
const dayMs = 86_400_000;

test('automatic retention schedules what expired, waits out the grace, purges, and a hold beats it at every step', async () => {
  const layout = toLayout(mkdtempSync(join(tmpdir(), 'zbj-retention-')));
  const store = openStore(layout.database);
  try {
    const ids = ['a', 'b', 'c'].map((name) => SessionId.parse(name));
    const [a, b, c] = ids as [SessionId, SessionId, SessionId];
    const bornMs = Date.now() - 100 * dayMs;
    ids.forEach((id, index) => {
      const dir = toSessionDir(layout, roomId, id);
      mkdirSync(dir, { recursive: true });
      writeFileSync(join(dir, '0.ts'), 'x');
      const startAt = new Date(index === 2 ? Date.now() - 10 * dayMs : bornMs + index * 60_000).toISOString();
      writeFileSync(join(dir, 'segments.jsonl'), `${JSON.stringify({
        seq: 0, kind: 'media', container: 'ts', file: '0.ts', initFile: null, sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881', bytes: 1, startAt, duration: 2,
        discontinuity: false, mediaSequence: 0, uri: 'x', arrivedAt: startAt, monotonicMs: 0, clockOffsetMs: null,
      })}\n`);
    });
    repairLibrary(store, layout, { analyse: true, nowMs: Date.now() });
    const settings = LibrarySettings.parse({ automaticRetention: true });
    const service = new RetentionService({ store, layout, settings: () => settings, isRunning: () => false });
    const hold = service.addHold({ roomId, sessionId: null, fromMs: bornMs + 60_000, toMs: bornMs + 61_000, reason: '立案' }, '甲');
    const plan = service.plan(Date.now());
    assert.deepEqual([plan.expiring.map((item) => item.id), plan.protected.map((item) => item.id)], [[a], [b]], 'c is not of age');
    assert.deepEqual(await service.runAutomatic(Date.now()), { scheduled: 1, purged: 0 });
    assert.deepEqual(await service.runAutomatic(Date.now()), { scheduled: 0, purged: 0 }, 'the grace runs');
    const endGrace = (id: SessionId): void => {
      const deletion = store.deletions.get(id);
      assert.ok(deletion !== null);
      store.deletions.save({ ...deletion, purgeAfterMs: Date.now() - 1 });
    };
    endGrace(a);
    assert.deepEqual(await service.runAutomatic(Date.now()), { scheduled: 0, purged: 1 });
    assert.equal(existsSync(join(toSessionDir(layout, roomId, a), '0.ts')), false);
    const [gone] = service.get([a]);
    assert.equal(gone?.state, 'deleted');
    assert.equal(gone.segments, 1, 'its facts remain');
    assert.throws(() => service.undo([a], '甲'), (thrown) => thrown instanceof FaultError && thrown.fault.code === 'conflict');

    service.releaseHold(hold.id, '结案', '甲');
    service.schedule([b], { early: false, reason: '' }, '甲');
    endGrace(b);
    service.addHold({ roomId, sessionId: b, fromMs: null, toMs: null, reason: '复查' }, '乙');
    assert.equal(store.deletions.get(b), null, 'a hold brings back what was on its way out');
    await assert.rejects(service.purge([b], '甲'), (thrown) => thrown instanceof FaultError && thrown.fault.code === 'conflict');
    assert.throws(() => service.schedule([c], { early: false, reason: '' }, '甲'), (thrown) => thrown instanceof FaultError && thrown.fault.code === 'conflict');

    const kinds = Array.from({ length: store.log.size }, (_, index) => store.log.getLeaf(index)?.kind ?? '');
    assert.equal(kinds.filter((kind) => kind === 'deletion').length, 4);
    assert.equal(kinds.filter((kind) => kind === 'hold').length, 3);
    assert.equal(store.log.verify(), true);
    assert.equal(store.jobs.countByLane().get('decode')?.waiting, 2, 'nothing waits for what is deleted');
  } finally {
    store.close();
    rmSync(layout.root, { recursive: true });
  }
});
