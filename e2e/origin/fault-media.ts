import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Renditions that a faulty channel can send: two sizes of one TS stream, and fMP4 under two init sections. */
export type Rendition = 'hd' | 'sd' | 'mp4' | 'mp4b';

/** Seconds of one segment of every rendition. */
export const segmentSeconds = 2;

const demoDir = path.join(import.meta.dirname, '../../resources/demo');
const folders: Record<Rendition, string> = { hd: 'demo-jewel/540', sd: 'demo-jewel/270', mp4: 'demo-bags/540', mp4b: 'demo-bags/540' };
const loopLength = 20;
const files = new Map<string, Buffer>();

function read(file: string): Buffer {
  let bytes = files.get(file);
  if (bytes === undefined) files.set(file, (bytes = readFileSync(path.join(demoDir, file))));
  return bytes;
}

/** Whether a rendition is fragmented MP4. */
export function isFragmented(rendition: Rendition): boolean {
  return rendition === 'mp4' || rendition === 'mp4b';
}

/** Segment `number` of a channel: real media, and a stamp that players skip (a TS null packet, an MP4 free box), so that no two segments of any channel have the same bytes. */
export function makeSegment(channel: string, rendition: Rendition, number: number): Buffer {
  const index = String(number % loopLength).padStart(3, '0');
  const stamp = Buffer.from(`${channel}/${rendition}/${number}`);
  if (isFragmented(rendition)) return Buffer.concat([read(`${folders[rendition]}/${index}.m4s`), makeFreeBox(stamp)]);
  const packet = Buffer.alloc(188, 0xff);
  packet.set([0x47, 0x1f, 0xff, 0x10]);
  packet.set(stamp.subarray(0, 180), 4);
  return Buffer.concat([read(`${folders[rendition]}/${index}.ts`), packet]);
}

/** The init section of a fragmented rendition; the two differ in bytes, not in meaning. */
export function makeInit(rendition: Rendition): Buffer {
  const init = read(`${folders[rendition]}/init.mp4`);
  return rendition === 'mp4b' ? Buffer.concat([init, makeFreeBox(Buffer.from('second encoder'))]) : init;
}

function makeFreeBox(body: Buffer): Buffer {
  const box = Buffer.alloc(8 + body.length);
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4, 'latin1');
  body.copy(box, 8);
  return box;
}

/** The AES-128 key of a rotation period, the same in every run. */
export function makeKey(channel: string, period: number): Buffer {
  return createHash('sha256').update(`${channel} key ${period}`).digest().subarray(0, 16);
}

/** The IV that a playlist which gives none implies: the media sequence number (RFC 8216 5.2). */
export function toSequenceIv(sequence: number): Buffer {
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(sequence, 12);
  return iv;
}

/** AES-128-CBC over the whole segment with PKCS7 padding (RFC 8216 4.3.2.4). */
export function encryptSegment(plain: Buffer, key: Buffer, iv: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-cbc', key, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** SHA-256 in hex. */
export function hashBytes(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
