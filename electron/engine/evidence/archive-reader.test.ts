import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { finished } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import { ZipFile } from 'yazl';
import { openPackage } from './package-reader.ts';
import { READ_LIMITS } from './package-source.ts';
import { verifyPackage } from './package-verifier.ts';
import { encodeCentralRecord, encodeEnd, encodeLocalHeader, packDosDate, type ZipEntry } from './zip-layout.ts';

const DATE = packDosDate('2026-11-23')!;
let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'archive-'));
});
after(() => rm(dir, { recursive: true }));

type Crafted = { name: string; content?: string; localName?: string; offset?: number; bytes?: number; mode?: number };

/** Lays an archive out by hand, lies included. */
function craft(entries: Crafted[], extra: { before?: string; between?: string; after?: string; count?: number } = {}): Buffer {
  const parts: Buffer[] = [Buffer.from(extra.before ?? '')];
  const records: Buffer[] = [];
  let offset = parts[0]!.length;
  for (const item of entries) {
    const content = Buffer.from(item.content ?? 'x');
    const entry: ZipEntry = { name: item.name, bytes: item.bytes ?? content.length, crc32: crc32(content), offset: item.offset ?? offset };
    const local = Buffer.concat([encodeLocalHeader({ ...entry, name: item.localName ?? item.name }, DATE), content, Buffer.from(extra.between ?? '')]);
    const record = encodeCentralRecord(entry, DATE);
    if (item.mode !== undefined) record.writeUInt32LE((item.mode << 16) >>> 0, 38);
    parts.push(local);
    records.push(record);
    offset += local.length;
  }
  const directory = Buffer.concat(records);
  return Buffer.concat([...parts, directory, encodeEnd(extra.count ?? entries.length, offset, directory.length), Buffer.from(extra.after ?? '')]);
}

const hostileArchives: [string, Buffer, RegExp][] = [
  ['absolute path', craft([{ name: '/etc/passwd' }]), /\/etc\/passwd.*absolute/],
  ['drive letter', craft([{ name: 'C:/x' }]), /C:\/x.*absolute/],
  ['way out', craft([{ name: 'p/../../x' }]), /p\/\.\.\/\.\.\/x.*leave/],
  ['backslash', craft([{ name: 'p\\..\\x' }]), /backslash/],
  ['link', craft([{ name: 'p/link', mode: 0o120777 }]), /p\/link.*link/],
  ['device', craft([{ name: 'p/dev', mode: 0o020666 }]), /p\/dev.*link or special/],
  ['twice', craft([{ name: 'p/a' }, { name: 'p/a' }]), /p\/a.*twice/],
  ['only in case', craft([{ name: 'p/a' }, { name: 'p/A' }]), /p\/A.*only in case/],
  ['long name', craft([{ name: `p/${'n'.repeat(254)}` }]), /longer than 255/],
  ['control characters', craft([{ name: 'p/a\u0000b' }]), /not allowed/],
  ['a Windows device', craft([{ name: 'p/con.txt' }]), /ambiguous/],
  ['two names for one entry', craft([{ name: 'p/a', localName: 'p/b' }]), /p\/a.*two different names/],
  ['hidden data before', craft([{ name: 'p/a' }], { before: 'MZ hidden' }), /p\/a.*unlisted data/],
  ['hidden data between', craft([{ name: 'p/a' }, { name: 'p/b' }], { between: 'hidden' }), /p\/b.*unlisted data/],
  ['data at the end', craft([{ name: 'p/a' }], { after: 'tail' }), /damaged|extra data/],
  ['declared larger than it is', craft([{ name: 'p/a', bytes: 900 }]), /damaged|unlisted|overlap|directory|two/],
  ['more entries announced than there are', craft([{ name: 'p/a' }], { count: 3 }), /damaged/],
  ['two top folders', craft([{ name: 'p/a' }, { name: 'q/a' }]), /q\/a.*one top folder/],
  ['no folder at all', craft([{ name: 'a' }]), /outside/],
  ['empty', craft([]), /empty/],
  ['not an archive', Buffer.from('<html>nothing here</html>'), /damaged/],
  ['zero bytes', Buffer.alloc(0), /damaged/],
];

for (const [what, archive, expected] of hostileArchives) {
  test(`refused: ${what}`, async () => {
    const file = join(dir, 'hostile.zip');
    await writeFile(file, archive);
    const report = await verifyPackage(file);
    assert.equal(report.ok, false);
    assert.match(report.checks.map((check) => check.detail).join('\n'), expected);
  });
}

test('refused: an entry that lies inside another', async () => {
  const content = Buffer.from('x');
  const inner: ZipEntry = { name: 'p/inner', bytes: 1, crc32: crc32(content), offset: 0 };
  const smuggled = Buffer.concat([encodeLocalHeader(inner, DATE), content]);
  const outer: ZipEntry = { name: 'p/outer', bytes: smuggled.length, crc32: crc32(smuggled), offset: 0 };
  const head = encodeLocalHeader(outer, DATE);
  inner.offset = head.length;
  const directory = Buffer.concat([encodeCentralRecord(outer, DATE), encodeCentralRecord(inner, DATE)]);
  const file = join(dir, 'overlap.zip');
  await writeFile(file, Buffer.concat([head, smuggled, directory, encodeEnd(2, head.length + smuggled.length, directory.length)]));
  const report = await verifyPackage(file);
  assert.match(report.checks[0]!.detail, /p\/inner.*overlaps/);
});

test('refused: a bomb, too many entries, too many bytes', async () => {
  const file = join(dir, 'bomb.zip');
  const zip = new ZipFile();
  zip.addBuffer(Buffer.alloc(20_000_000), 'p/zeros');
  zip.addBuffer(Buffer.from('x'), 'p/x');
  zip.end();
  await finished((zip.outputStream as Readable).pipe(createWriteStream(file)));
  assert.ok((await readFile(file)).length < 100_000);
  await assert.rejects(openPackage(file), /p\/zeros.*ratio/);
  await assert.rejects(openPackage(file, { ...READ_LIMITS, entries: 1 }), /more than 1 /);
  await assert.rejects(openPackage(file, { ...READ_LIMITS, ratio: 1e9, totalBytes: 1e6 }), /p\/zeros.*1000000 bytes/);
});

test('refused while reading: an entry that unpacks to more than it declares', async () => {
  const file = join(dir, 'liar.zip');
  const zip = new ZipFile();
  zip.addBuffer(Buffer.alloc(500_000), 'p/data/zeros');
  zip.end();
  await finished((zip.outputStream as Readable).pipe(createWriteStream(file)));
  const bytes = await readFile(file);
  const record = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  bytes.writeUInt32LE(1000, record + 24);
  await writeFile(file, bytes);
  const report = await verifyPackage(file);
  assert.ok(report.checks.some((check) => !check.ok && check.detail.includes('data/zeros')));
});

/** Content that exists only as arithmetic: five gigabytes that need no disk. */
class VirtualArchive extends RandomAccessReader {
  readonly parts: { at: number; bytes: Buffer }[];
  constructor(parts: { at: number; bytes: Buffer }[]) {
    super();
    this.parts = parts;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    const chunk = Buffer.alloc(end - start);
    for (const part of this.parts) {
      const from = Math.max(start, part.at);
      const to = Math.min(end, part.at + part.bytes.length);
      if (from < to) part.bytes.copy(chunk, from - start, from - part.at, to - part.at);
    }
    return Readable.from([chunk]);
  }
}

test('beyond 4 GiB the layout is ZIP64 as another reader understands it', async () => {
  const first: ZipEntry = { name: 'p/large', bytes: 5 * 2 ** 30, crc32: 1, offset: 0 };
  const header = encodeLocalHeader(first, DATE);
  const second: ZipEntry = { name: 'p/far', bytes: 3, crc32: crc32('abc'), offset: header.length + first.bytes };
  const tail = Buffer.concat([encodeLocalHeader(second, DATE), Buffer.from('abc')]);
  const directory = Buffer.concat([first, second].map((entry) => encodeCentralRecord(entry, DATE)));
  const start = second.offset + tail.length;
  const end = Buffer.concat([tail, directory, encodeEnd(2, start, directory.length)]);
  const zip = await fromRandomAccessReaderPromise(new VirtualArchive([{ at: 0, bytes: header }, { at: second.offset, bytes: end }]), second.offset + end.length, { lazyEntries: true, autoClose: false });
  const seen: [string, number, number][] = [];
  for await (const entry of zip.eachEntry()) {
    seen.push([entry.fileName, entry.uncompressedSize, entry.relativeOffsetOfLocalHeader]);
    if (entry.fileName === 'p/far') {
      const content: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) content.push(chunk as Buffer);
      assert.equal(Buffer.concat(content).toString(), 'abc');
    }
  }
  assert.deepEqual(seen, [['p/large', first.bytes, 0], ['p/far', 3, second.offset]]);
});

test('a day that DOS cannot hold is none', () => {
  assert.equal(packDosDate('2026-11-23'), (46 << 9) | (11 << 5) | 23);
  for (const day of ['1979-12-31', '2108-01-01', '2026-13-01', '2026-1-1', '']) assert.equal(packDosDate(day), null);
});
