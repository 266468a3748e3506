import { createDecipheriv, randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredMedia } from '../../contract/perception.ts';
import type { Encryption } from '../../contract/rooms.ts';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { FlvReader } from '../container/flv-reader.ts';
import { remuxFlv } from '../container/flv-remuxer.ts';

/** Longest stored file that is turned into another form in memory, in bytes; what the recorder stores is far below. */
const maxBytes = 256 << 20;
const sniffedBytes = 256 << 10;

/** Undoes AES-128 (CBC, PKCS#7 over the whole file, RFC 8216 4.3.2.4); throws key-unavailable without a key, segment-undecodable with a wrong one. */
export function decryptBytes(bytes: Buffer, encryption: Encryption, file: string): Buffer {
  if (encryption.method !== 'AES-128') throw new FaultError(makeFault('codec-unsupported', file, `不支持的加密方式 ${encryption.method}`));
  if (encryption.keyHex === null) throw new FaultError(makeFault('key-unavailable', file, '没有这一段的密钥'));
  try {
    const decipher = createDecipheriv('aes-128-cbc', Buffer.from(encryption.keyHex, 'hex'), Buffer.from(encryption.ivHex, 'hex'));
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  } catch (thrown) {
    throw new FaultError(makeFault('segment-undecodable', file, '密钥与分段不符，解不开', { cause: thrown }));
  }
}

/** A stored file in the form that browsers and FFmpeg read: decrypted, or remuxed to fMP4 (init section and segment apart). Throws FaultError. */
export function readPlayable(media: StoredMedia): { init: Buffer | null; body: Buffer } {
  const { size } = statSync(media.file);
  if (size > maxBytes) throw new FaultError(makeFault('segment-too-large', media.file, `${size} bytes`));
  const bytes = readFileSync(media.file);
  const plain = media.encryption === null ? bytes : decryptBytes(bytes, media.encryption, media.file);
  if (media.container !== 'flv') return { init: null, body: plain };
  const remuxed = remuxFlv(media.initFile === null ? null : readFileSync(media.initFile), plain);
  if (remuxed === null) throw new FaultError(makeFault('segment-undecodable', media.file, 'FLV 内没有可播放的画面或声音'));
  return { init: remuxed.init, body: remuxed.media };
}

/** A file as FFmpeg is to open it, and how to be rid of what was made for that. */
export type OpenableFile = { media: StoredMedia; release: () => void };

/** Gives FFmpeg something that it reads: the stored file itself, or a copy that was decrypted or, for HEVC under codec id 12, which it does not know, remuxed. */
export function toOpenable(media: StoredMedia): OpenableFile {
  if (media.encryption === null && !(media.container === 'flv' && isLegacyHevc(media))) return { media, release: () => undefined };
  const { init, body } = readPlayable(media);
  const file = join(tmpdir(), `zhibojian-${randomUUID()}`);
  writeFileSync(file, init === null ? body : Buffer.concat([init, body]), { mode: 0o600 });
  const opened: StoredMedia = init === null ? { ...media, file, encryption: null } : { container: 'fmp4', file, initFile: null, encryption: null };
  return { media: opened, release: () => rmSync(file, { force: true }) };
}

function isLegacyHevc(media: StoredMedia): boolean {
  const reader = new FlvReader();
  const head = readFileSync(media.initFile ?? media.file).subarray(0, sniffedBytes);
  return reader.push(head).some((unit) => unit.video?.codec === 'hevc' && ((unit.bytes[11] ?? 0) & 0x80) === 0);
}
