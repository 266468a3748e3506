import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { FaultError } from '../../contract/faults.ts';
import type { Flag } from '../../contract/flags.ts';
import { FlagId, RoomId, SessionId } from '../../contract/ids.ts';
import { setAsideDatabase } from './database.ts';
import { migrations } from './migrations.ts';
import { openStore } from './store.ts';

const roomId = RoomId.parse('r-1');
const sessionId = SessionId.parse('s-1');

function inTemp(run: (file: string) => void): () => void {
  return () => {
    const dir = mkdtempSync(join(tmpdir(), 'zbj-store-'));
    try {
      run(join(dir, 'a.db'));
    } finally {
      rmSync(dir, { recursive: true });
    }
  };
}

test('every migration applies in turn and opening again changes nothing', inTemp((file) => {
  openStore(file).close();
  openStore(file).close();
  const db = new Database(file, { readonly: true });
  assert.equal(db.pragma('user_version', { simple: true }), migrations.length);
  db.close();
}));

test('a file that is no database is refused with its name and left for setting aside', inTemp((file) => {
  writeFileSync(file, 'this is not a database, it only has its name'.repeat(100));
  assert.throws(() => openStore(file), (thrown: unknown) => thrown instanceof FaultError && thrown.fault.code === 'database-unreadable' && thrown.fault.scope === file);
  const aside = setAsideDatabase(file, 0);
  assert.ok(existsSync(aside) && !existsSync(file));
  openStore(file).close();
}));

test('a database of a newer version is refused', inTemp((file) => {
  openStore(file).close();
  const db = new Database(file);
  db.pragma('user_version = 999');
  db.close();
  assert.throws(() => openStore(file), /999/);
}));

test('the job queue: fresh work in order, then the backlog newest first; what ran at a crash waits again', inTemp((file) => {
  const store = openStore(file);
  for (const atMs of [100, 200, 5000, 5100]) store.jobs.add('decode', roomId, sessionId, atMs, { atMs });
  const order = [1, 2, 3, 4].map(() => store.jobs.claim('decode', 4000)?.atMs);
  assert.deepEqual(order, [5000, 5100, 200, 100]);
  assert.equal(store.jobs.claim('decode', 0), null);
  assert.equal(store.jobs.recoverRunning(), 4);
  assert.equal(store.jobs.claim('ocr', 0), null);
  assert.equal(store.jobs.claim('decode', 0)?.attempts, 2);
  store.close();
}));

test('the queries that run all day use their indexes', inTemp((file) => {
  openStore(file).close();
  const db = new Database(file);
  const plan = (sql: string): string => db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => (row as { detail: string }).detail).join('; ');
  assert.match(plan(`SELECT id FROM jobs WHERE lane = 'decode' AND state = 'waiting' AND at_ms >= 5 ORDER BY at_ms LIMIT 1`), /USING (COVERING )?INDEX jobs_waiting/);
  assert.match(plan(`SELECT * FROM segments WHERE room_id = 'r' AND kind = 'media' AND start_ms < 5 AND start_ms > 1 AND start_ms + duration_ms > 3 ORDER BY start_ms, seq`), /USING INDEX segments_by_time/);
  assert.match(plan(`SELECT * FROM observations WHERE room_id = 'r' AND start_ms < 5 AND start_ms > 1 AND end_ms >= 2 ORDER BY start_ms, id LIMIT 10`), /USING INDEX observations_by_time/);
  db.close();
}));

test('a review can be undone, keeps its history, and undo without an act is nothing', inTemp((file) => {
  const store = openStore(file);
  const flag: Flag = {
    id: FlagId.parse('f-1'), roomId, sessionId, startMs: 1, endMs: 2, category: 'exaggerated', subtype: 's', subtypeName: '绝对化用语', severity: 'medium', score: 0.8, quote: '最好',
    sources: [], basis: [], explanation: '', rulePackHash: '', state: 'open', reason: null, note: '', reviewedBy: null, reviewedAtMs: null, exportedTo: [], stillPath: null, createdAtMs: 1,
  };
  store.flags.save(flag);
  assert.equal(store.flags.undo('甲'), null);
  store.transact(() => store.flags.review(flag, { state: 'confirmed', reason: null, note: '属实', reviewedBy: '甲', reviewedAtMs: 5 }));
  assert.equal(store.flags.get(flag.id)?.state, 'confirmed');
  assert.equal(store.flags.undo('乙'), null);
  assert.deepEqual(store.flags.undo('甲'), flag);
  assert.deepEqual(store.flags.listHistory(flag.id).map((act) => [act.user, act.state, act.undone]), [['甲', 'confirmed', true]]);
  store.close();
}));

test('the journal replays from any kept cursor and the log holds', inTemp((file) => {
  const store = openStore(file);
  for (let index = 0; index < 10; index += 1) {
    store.journal.append('roomRemoved', { id: roomId }, index);
    store.log.append('gap', { index });
  }
  assert.equal(store.journal.readAfter(7, 100).length, 3);
  assert.ok(store.journal.canReplayFrom(0) && store.journal.canReplayFrom(10) && !store.journal.canReplayFrom(11));
  assert.ok(store.log.verify());
  const head = store.log.head;
  store.close();
  const db = new Database(file);
  db.prepare(`UPDATE log_leaves SET data = '{"kind":"gap","index":99}' WHERE idx = 4`).run();
  db.close();
  const again = openStore(file);
  assert.equal(again.log.head, head);
  assert.equal(again.log.verify(), false);
  again.close();
}));
