import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { openPromise, type Entry, type LocalFileHeader, type ZipFile } from 'yauzl';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { createNameGuard, hostile, type PackageFile, type PackageSource, type ReadLimits, type WrappingReport } from './package-source.ts';
import { encodeCentralRecord, encodeEnd, encodeLocalHeader, packDosDate, type ZipEntry } from './zip-layout.ts';

type Listed = { name: string; entry: Entry; dataStart: number };

const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED_FLAG = 1;
const DESCRIPTOR_FLAG = 8;
const MAX_DESCRIPTOR_BYTES = 24;
const END_BYTES = 22;
const ZIP64_END_BYTES = 76;
const RATIO_FLOOR_BYTES = 1 << 20;
const FILE_TYPE_MASK = 0o170000;
const REGULAR_FILE = 0o100000;
const FOLDER = 0o040000;

/** Opens an archive after refusing everything that could make two readers see different contents. */
export async function openArchive(path: string, limits: ReadLimits): Promise<PackageSource> {
  const handle = await open(path, 'r');
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true });
    const directoryStart = (zip as unknown as { readEntryCursor: number }).readEntryCursor;
    if (zip.entryCount > limits.entries) throw hostile(path, `条目多于 ${limits.entries} 个 / more than ${limits.entries} entries`);
    if (zip.fileSize - directoryStart > limits.directoryBytes) throw hostile(path, '目录区过大 / the directory is too large');
    const listed = await listEntries(zip, limits);
    const directoryEnd = (zip as unknown as { readEntryCursor: number }).readEntryCursor;
    await checkLayout(zip, listed, directoryStart, directoryEnd, path);
    const opened = zip;
    const top = findTopFolder(listed, path);
    const files = listed.filter(({ name }) => !name.endsWith('/')).map(({ name, entry }): PackageFile => ({
      name: name.slice(top.length), bytes: entry.uncompressedSize,
      open: async (): Promise<Readable> => (await opened.openReadStreamPromise(entry)),
    }));
    return {
      files,
      wrapping: (day) => compareWrapping(handle, listed, { start: directoryStart, end: directoryEnd, fileSize: opened.fileSize }, day),
      close: async () => {
        opened.close();
        await handle.close();
      },
    };
  } catch (error) {
    zip?.close();
    await handle.close();
    if (error instanceof FaultError) throw error;
    throw new FaultError(makeFault('package-unreadable', path, `压缩包结构损坏 / the archive is damaged: ${error instanceof Error ? error.message : String(error)}`));
  }
}

async function listEntries(zip: ZipFile, limits: ReadLimits): Promise<Listed[]> {
  const listed: Listed[] = [];
  const guard = createNameGuard(limits);
  for await (const entry of zip.eachEntry()) {
    const raw = entry.fileName as unknown as Buffer;
    if (raw.length > 255) throw hostile(raw.subarray(0, 80).toString('latin1'), '文件名超过 255 字节 / name longer than 255 bytes');
    const name = raw.toString('latin1');
    const isFolder = name.endsWith('/');
    guard(isFolder ? name.slice(0, -1) : name, entry.uncompressedSize);
    const mode = entry.externalFileAttributes >>> 16;
    const type = mode & FILE_TYPE_MASK;
    if (type !== 0 && type !== (isFolder ? FOLDER : REGULAR_FILE)) throw hostile(name, '链接或特殊文件 / a link or special file');
    if (isFolder && entry.uncompressedSize !== 0) throw hostile(name, '目录条目带有内容 / a folder entry with content');
    if ((entry.generalPurposeBitFlag & ENCRYPTED_FLAG) !== 0) throw hostile(name, '条目已加密 / the entry is encrypted');
    if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) throw hostile(name, '压缩方式不受支持 / unknown compression');
    if (entry.extraFields.some((field) => field.id === 0x7075)) throw hostile(name, '条目带有第二个文件名 / the entry carries a second name');
    if (entry.uncompressedSize > entry.compressedSize * limits.ratio + RATIO_FLOOR_BYTES) {
      throw hostile(name, `压缩比超过 ${limits.ratio} / compression ratio beyond ${limits.ratio}`);
    }
    const local: LocalFileHeader = await zip.readLocalFileHeaderPromise(entry, { minimal: false } as never) as unknown as LocalFileHeader;
    if (!local.fileName.equals(raw)) throw hostile(name, '两处文件名不一致 / the entry has two different names');
    if (local.compressionMethod !== entry.compressionMethod) throw hostile(name, '两处压缩方式不一致 / the entry has two compression methods');
    listed.push({ name, entry, dataStart: local.fileDataStart });
  }
  return listed;
}

/** Entries must lie one after another with nothing before, between or behind them. */
async function checkLayout(zip: ZipFile, listed: Listed[], directoryStart: number, directoryEnd: number, path: string): Promise<void> {
  if (listed.length === 0) throw hostile(path, '空压缩包 / the archive is empty');
  let end = 0;
  let slack = 0;
  for (const { name, entry, dataStart } of [...listed].sort((a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader)) {
    const start = entry.relativeOffsetOfLocalHeader;
    if (start < end) throw hostile(name, '与前一条目重叠 / overlaps the entry before it');
    if (start > end + slack) throw hostile(name, '条目之前有未列出的数据 / unlisted data before the entry');
    end = dataStart + entry.compressedSize;
    slack = (entry.generalPurposeBitFlag & DESCRIPTOR_FLAG) === 0 ? 0 : MAX_DESCRIPTOR_BYTES;
  }
  if (directoryStart < end || directoryStart > end + slack) throw hostile(path, '目录区之前有未列出的数据 / unlisted data before the directory');
  const tail = zip.fileSize - directoryEnd;
  if (tail !== END_BYTES && tail !== END_BYTES + ZIP64_END_BYTES) throw hostile(path, '压缩包末尾有多余数据 / extra data at the end');
}

function findTopFolder(listed: Listed[], path: string): string {
  const first = listed[0]!.name;
  const top = first.slice(0, first.indexOf('/') + 1);
  const stray = listed.find(({ name }) => top === '' || !name.startsWith(top));
  if (stray !== undefined) throw hostile(stray.name, `不在 ${path} 的唯一顶层目录内 / outside the archive's one top folder`);
  return top;
}

/**
 * Demands the archive's headers back byte for byte. Where not a single directory record is ours, another program packed the files anew:
 * that is not tampering, and only the files themselves can then be checked.
 */
async function compareWrapping(handle: FileHandle, listed: Listed[], bounds: { start: number; end: number; fileSize: number }, day: string): Promise<WrappingReport> {
  const date = packDosDate(day);
  if (date === null) return { kind: 'altered', where: 'bag-info.txt' };
  const entries = listed.map(({ name, entry }): ZipEntry => ({ name, bytes: entry.uncompressedSize, crc32: entry.crc32, offset: entry.relativeOffsetOfLocalHeader }));
  const directory = await readExactly(handle, bounds.start, bounds.end - bounds.start);
  const bad: string[] = [];
  let cursor = 0;
  let offset = 0;
  for (const [i, item] of entries.entries()) {
    const record = encodeCentralRecord(item, date);
    const { entry } = listed[i]!;
    const length = 46 + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    const header = encodeLocalHeader(item, date);
    const recordFits = directory.subarray(cursor, cursor + length).equals(record);
    if (!recordFits) bad.push(item.name);
    else if (item.offset !== offset || !(await readExactly(handle, item.offset, header.length)).equals(header)) return { kind: 'altered', where: item.name };
    cursor += length;
    offset = item.offset + header.length + item.bytes;
  }
  // Two or more records of which none is ours: no single change does that.
  if (bad.length === entries.length && entries.length > 1) return { kind: 'repacked' };
  if (bad.length > 0) return { kind: 'altered', where: bad[0]! };
  const end = encodeEnd(entries.length, bounds.start, bounds.end - bounds.start);
  if (bounds.start !== offset || bounds.fileSize - bounds.end !== end.length || !(await readExactly(handle, bounds.end, end.length)).equals(end)) {
    return { kind: 'altered', where: '压缩包尾部 / end of archive' };
  }
  return { kind: 'original' };
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
