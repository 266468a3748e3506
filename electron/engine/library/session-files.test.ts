import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SegmentRecord } from '../../contract/recording.ts';
import { PartFile, repairSession, SessionWriter } from './session-files.ts';

async function storeOne(writer: SessionWriter, seq: number, body: string): Promise<SegmentRecord> {
  const part = await PartFile.create(writer.dir, `fetch-${seq}`);
  await part.write(Buffer.from(body));
  const { sha256, bytes } = await part.seal();
  const record: SegmentRecord = {
    seq, kind: 'media', container: 'ts', file: `${String(seq).padStart(6, '0')}.ts`, initFile: null, sha256, bytes, startAt: '2026-01-01T00:00:00.000Z', duration: 2,
    discontinuity: false, mediaSequence: seq, uri: 'http://host/x.ts', arrivedAt: '2026-01-01T00:00:02.000Z', monotonicMs: 0, clockOffsetMs: null, mediaStartMs: null, encryption: null, byteRange: null, decoder: null,
  };
  await writer.commit(record, part.path);
  return record;
}

async function withSession(run: (writer: SessionWriter) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'zbj-session-'));
  try {
    const writer = new SessionWriter(join(dir, 's'));
    await writer.prepare();
    await run(writer);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test('a committed segment lies under its name with its line', () => withSession(async (writer) => {
  const record = await storeOne(writer, 0, 'GGGG');
  assert.equal(readFileSync(join(writer.dir, record.file), 'utf8'), 'GGGG');
  assert.deepEqual(JSON.parse(readFileSync(join(writer.dir, 'segments.jsonl'), 'utf8')), record);
  assert.deepEqual(repairSession(writer.dir), { renamed: 0, discardedParts: 0, cutBytes: 0 });
}));

test('killed between line and rename: the sealed file gets its name', () => withSession(async (writer) => {
  await storeOne(writer, 0, 'first');
  const record = await storeOne(writer, 1, 'second');
  renameSync(join(writer.dir, record.file), join(writer.dir, 'fetch-1.part'));
  assert.deepEqual(repairSession(writer.dir), { renamed: 1, discardedParts: 0, cutBytes: 0 });
  assert.equal(readFileSync(join(writer.dir, record.file), 'utf8'), 'second');
}));

test('killed while receiving or while writing the line: what is unfinished goes, what is whole stays', () => withSession(async (writer) => {
  const record = await storeOne(writer, 0, 'whole');
  writeFileSync(join(writer.dir, 'fetch-7.part'), 'half');
  appendFileSync(join(writer.dir, 'segments.jsonl'), '{"seq":1,"kind":"me');
  const repair = repairSession(writer.dir);
  assert.deepEqual({ renamed: repair.renamed, discardedParts: repair.discardedParts, cutBytes: repair.cutBytes }, { renamed: 0, discardedParts: 1, cutBytes: 19 });
  assert.ok(existsSync(join(writer.dir, record.file)));
  assert.equal(readFileSync(join(writer.dir, 'segments.jsonl'), 'utf8').trimEnd().split('\n').length, 1);
}));

test('a folder that goes away between line and name: the file counts as stored once, and gets its name when the folder is back', () => withSession(async (writer) => {
  await storeOne(writer, 0, 'first');
  const part = await PartFile.create(writer.dir, 'fetch-1');
  await part.write(Buffer.from('second'));
  const sealed = await part.seal();
  const away = `${writer.dir}-away`;
  renameSync(writer.dir, away);
  const first = JSON.parse(readFileSync(join(away, 'segments.jsonl'), 'utf8')) as SegmentRecord;
  await writer.commit({ ...first, seq: 1, file: '000001.ts', sha256: sealed.sha256 }, part.path);
  await assert.rejects(writer.commit({ ...first, seq: 2, file: '000002.ts' }, join(writer.dir, 'fetch-2.part')), { code: 'ENOENT' });
  renameSync(away, writer.dir);
  await storeOne(writer, 2, 'third');
  const lines = readFileSync(join(writer.dir, 'segments.jsonl'), 'utf8').trimEnd().split('\n').map((line) => (JSON.parse(line) as SegmentRecord).seq);
  assert.deepEqual(lines, [0, 1, 2]);
  assert.equal(readFileSync(join(writer.dir, '000001.ts'), 'utf8'), 'second');
}));
