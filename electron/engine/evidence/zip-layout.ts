/** A stored (never compressed) file of an archive; sizes and offsets in bytes. */
export type ZipEntry = { name: string; bytes: number; crc32: number; offset: number };

/** A date as DOS keeps it in archives (local, no zone): of a package, the day of Bagging-Date at 00:00. */
export type DosDate = number;

const ZIP64_MARK = 0xffffffff;
const ZIP64_COUNT_MARK = 0xffff;
const NAMES_ARE_UTF8 = 0x0800;
const VERSION_PLAIN = 20;
const VERSION_ZIP64 = 45;
const MADE_BY_UNIX = (3 << 8) | VERSION_ZIP64;
const REGULAR_FILE_0644 = (0o100644 << 16) >>> 0;

/** Packs a calendar day YYYY-MM-DD; null when it is none that DOS can hold. */
export function packDosDate(day: string): DosDate | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return null;
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number];
  if (year < 1980 || year > 2107 || month < 1 || month > 12 || date < 1 || date > 31) return null;
  return ((year - 1980) << 9) | (month << 5) | date;
}

/** Local header, with sizes and checksum known: a reader needs no trailing descriptor. */
export function encodeLocalHeader(entry: ZipEntry, date: DosDate): Buffer {
  const name = Buffer.from(entry.name, 'utf8');
  const large = entry.bytes >= ZIP64_MARK;
  const extra = large ? encodeZip64([entry.bytes, entry.bytes]) : Buffer.alloc(0);
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(0x04034b50, 0);
  fixed.writeUInt16LE(large ? VERSION_ZIP64 : VERSION_PLAIN, 4);
  fixed.writeUInt16LE(NAMES_ARE_UTF8, 6);
  fixed.writeUInt16LE(date, 12);
  fixed.writeUInt32LE(entry.crc32, 14);
  fixed.writeUInt32LE(large ? ZIP64_MARK : entry.bytes, 18);
  fixed.writeUInt32LE(large ? ZIP64_MARK : entry.bytes, 22);
  fixed.writeUInt16LE(name.length, 26);
  fixed.writeUInt16LE(extra.length, 28);
  return Buffer.concat([fixed, name, extra]);
}

/** The entry's record in the central directory. */
export function encodeCentralRecord(entry: ZipEntry, date: DosDate): Buffer {
  const name = Buffer.from(entry.name, 'utf8');
  const large = entry.bytes >= ZIP64_MARK;
  const far = entry.offset >= ZIP64_MARK;
  const extra = large || far ? encodeZip64([...(large ? [entry.bytes, entry.bytes] : []), ...(far ? [entry.offset] : [])]) : Buffer.alloc(0);
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  fixed.writeUInt16LE(MADE_BY_UNIX, 4);
  fixed.writeUInt16LE(large || far ? VERSION_ZIP64 : VERSION_PLAIN, 6);
  fixed.writeUInt16LE(NAMES_ARE_UTF8, 8);
  fixed.writeUInt16LE(date, 14);
  fixed.writeUInt32LE(entry.crc32, 16);
  fixed.writeUInt32LE(large ? ZIP64_MARK : entry.bytes, 20);
  fixed.writeUInt32LE(large ? ZIP64_MARK : entry.bytes, 24);
  fixed.writeUInt16LE(name.length, 28);
  fixed.writeUInt16LE(extra.length, 30);
  fixed.writeUInt32LE(REGULAR_FILE_0644, 38);
  fixed.writeUInt32LE(far ? ZIP64_MARK : entry.offset, 42);
  return Buffer.concat([fixed, name, extra]);
}

/** Everything after the central directory. */
export function encodeEnd(count: number, directoryOffset: number, directoryBytes: number): Buffer {
  const large = count >= ZIP64_COUNT_MARK || directoryOffset >= ZIP64_MARK || directoryBytes >= ZIP64_MARK;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, ZIP64_COUNT_MARK), 8);
  end.writeUInt16LE(Math.min(count, ZIP64_COUNT_MARK), 10);
  end.writeUInt32LE(Math.min(directoryBytes, ZIP64_MARK), 12);
  end.writeUInt32LE(Math.min(directoryOffset, ZIP64_MARK), 16);
  if (!large) return end;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(MADE_BY_UNIX, 12);
  record.writeUInt16LE(VERSION_ZIP64, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryOffset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end]);
}

function encodeZip64(values: number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(values.length * 8, 2);
  values.forEach((value, i) => extra.writeBigUInt64LE(BigInt(value), 4 + i * 8));
  return extra;
}
