import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFault } from '../../contract/faults.ts';
import { RoomId, SessionId } from '../../contract/ids.ts';
import type { SegmentRecord } from '../../contract/recording.ts';
import { openStore, type Store } from '../store/store.ts';
import { inspectLibrary } from './library-inspector.ts';
import { toLayout, toSessionDir, type LibraryLayout } from './library-layout.ts';
import { makePlaylist } from './local-playlist.ts';
import { ingestSession, repairLibrary, toResumePoint } from './session-ingest.ts';

const roomId = RoomId.parse('r-1');
const sessionId = SessionId.parse('20260101T000000Z-abcdef');
const startMs = Date.parse('2026-01-01T00:00:00Z');
const options = { analyse: true, nowMs: startMs };

function withLibrary(run: (store: Store, layout: LibraryLayout, dir: string) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const root = mkdtempSync(join(tmpdir(), 'zbj-library-'));
    const layout = toLayout(root);
    const store = openStore(layout.database);
    const dir = toSessionDir(layout, roomId, sessionId);
    mkdirSync(dir, { recursive: true });
    try {
      await run(store, layout, dir);
    } finally {
      store.close();
      rmSync(root, { recursive: true });
    }
  };
}

function writeSegment(dir: string, seq: number, atMs = startMs + seq * 2000, extra: Partial<SegmentRecord> = {}): void {
  const body = `bytes of ${seq}`;
  const file = `${String(seq).padStart(6, '0')}.ts`;
  writeFileSync(join(dir, file), body);
  const record: SegmentRecord = {
    seq, kind: 'media', container: 'ts', file, initFile: null, sha256: createHash('sha256').update(body).digest('hex'), bytes: body.length, startAt: new Date(atMs).toISOString(), duration: 2,
    discontinuity: false, mediaSequence: 100 + seq, uri: `http://host/${seq}.ts`, arrivedAt: new Date(atMs + 2000).toISOString(), monotonicMs: 0, clockOffsetMs: null, mediaStartMs: null, encryption: null, byteRange: null, decoder: null, ...extra,
  };
  appendFileSync(join(dir, 'segments.jsonl'), `${JSON.stringify(record)}\n`);
}

test('what the recorder appended is committed once: row, leaf, job and journal entry', withLibrary((store, layout, dir) => {
  writeSegment(dir, 0);
  writeSegment(dir, 1);
  assert.equal(ingestSession(store, layout, roomId, sessionId, options).segments.length, 2);
  assert.equal(ingestSession(store, layout, roomId, sessionId, options).segments.length, 0);
  writeSegment(dir, 2);
  assert.equal(ingestSession(store, layout, roomId, sessionId, options).segments.length, 1);
  assert.equal(store.log.size, 3);
  assert.equal(store.jobs.countByLane().get('decode')?.waiting, 3);
  assert.equal(store.journal.readAfter(0, 100).filter((entry) => entry.event === 'segmentCommitted').length, 3);
}));

test('a half-written line waits for its end; a line whose file is not there yet waits for the file', withLibrary((store, layout, dir) => {
  writeSegment(dir, 0);
  writeSegment(dir, 1);
  rmSync(join(dir, '000001.ts'));
  appendFileSync(join(dir, 'gaps.jsonl'), '{"from":"2026-01-01T0');
  const first = ingestSession(store, layout, roomId, sessionId, options);
  assert.deepEqual([first.segments.length, first.gaps.length], [1, 0]);
  writeFileSync(join(dir, '000001.ts'), 'bytes of 1');
  assert.equal(ingestSession(store, layout, roomId, sessionId, options).segments.length, 1);
}));

test('a lost database is rebuilt from the files to the same log head', withLibrary((store, layout, dir) => {
  for (let seq = 0; seq < 5; seq += 1) writeSegment(dir, seq);
  appendFileSync(join(dir, 'chat.jsonl'), `${JSON.stringify({ at: '2026-01-01T00:00:03Z', user: '观众', text: '好', arrivedAt: '2026-01-01T00:00:03Z' })}\n`);
  repairLibrary(store, layout, options);
  const rebuilt = openStore(join(layout.root, 'other.db'));
  try {
    assert.equal(repairLibrary(rebuilt, layout, options).ingested, 5);
    assert.equal(rebuilt.log.head, store.log.head);
    assert.deepEqual(rebuilt.recordings.listSegments(sessionId), store.recordings.listSegments(sessionId));
    assert.equal(rebuilt.observations.list(roomId, startMs, startMs + 60_000, 10)[0]?.text, '好');
  } finally {
    rebuilt.close();
  }
}));

test('inspection finds an altered and a missing file', withLibrary(async (store, layout, dir) => {
  for (let seq = 0; seq < 3; seq += 1) writeSegment(dir, seq);
  ingestSession(store, layout, roomId, sessionId, options);
  const problems = async (): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const line of inspectLibrary(store, layout)) {
      if (line.type === 'problem') found.push(line['problem']);
      if (line.type === 'log') assert.equal(line['ok'], true);
    }
    return found;
  };
  assert.deepEqual(await problems(), []);
  writeFileSync(join(dir, '000001.ts'), 'bytes of !');
  rmSync(join(dir, '000002.ts'));
  assert.deepEqual(await problems(), ['altered', 'missing']);
}));

test('playlists break where footage breaks, and the live window keeps counting breaks it no longer shows', withLibrary((store, layout, dir) => {
  writeSegment(dir, 0);
  writeSegment(dir, 1, startMs + 30_000);
  writeSegment(dir, 2, startMs + 32_000);
  writeSegment(dir, 3, startMs + 34_000, { discontinuity: true });
  appendFileSync(join(dir, 'gaps.jsonl'), `${JSON.stringify({ from: '2026-01-01T00:00:02Z', to: '2026-01-01T00:00:30Z', reason: makeFault('timed-out', 'r', 'x') })}\n`);
  ingestSession(store, layout, roomId, sessionId, options);
  const segments = store.recordings.listSegments(sessionId);
  const whole = makePlaylist(segments, { type: 'vod', toAddress: (file) => file });
  assert.equal(whole.match(/#EXT-X-DISCONTINUITY\n/g)?.length, 2);
  assert.equal(whole.match(/#EXT-X-PROGRAM-DATE-TIME/g)?.length, 4);
  assert.ok(whole.endsWith('#EXT-X-ENDLIST\n'));
  const live = makePlaylist(segments.slice(2), { type: 'live', toAddress: (file) => file });
  assert.match(live, /#EXT-X-MEDIA-SEQUENCE:2\n/);
  assert.match(live, /#EXT-X-DISCONTINUITY-SEQUENCE:1\n/);
  assert.equal(store.recordings.listGaps(roomId, startMs, startMs + 60_000)[0]?.reason.code, 'timed-out');
  assert.equal(toResumePoint(store, roomId)?.nextSeq, 4);
}));
