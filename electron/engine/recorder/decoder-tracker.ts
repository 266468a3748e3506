import { createDecipheriv, createHash } from 'node:crypto';
import type { Container, DecoderConfig, Encryption } from '../../contract/rooms.ts';
import { readFragmentStarts, readTracks, type Mp4Track } from '../container/mp4-boxes.ts';
import { readAdts, readTsHeaders } from '../container/ts-headers.ts';

type Picture = { codec: string | null; width: number | null; height: number | null; sets: Buffer };
type Sound = { codec: string | null; sets: Buffer };

/** What the first bytes of a stored file say of it; `change` describes a decoder configuration that is not the one before. */
export type SegmentFacts = { mediaStartMs: number | null; decoder: DecoderConfig | null; change: string | null };

/** Reads each file's decoder configuration and first time, and notices when the configuration changes. What a file's first bytes leave out (sound that comes late) is taken to be as before. */
export class DecoderTracker {
  #picture: Picture | null = null;
  #sound: Sound | null = null;

  /** Takes the next file: the first bytes as a decoder would get them, and its init section's tracks (fMP4). */
  take(container: Container, head: Buffer | null, tracks: readonly Mp4Track[] | null): SegmentFacts {
    const read = head === null ? null : readHead(container, head, tracks);
    if (read === null) return { mediaStartMs: null, decoder: null, change: null };
    const changes: string[] = [];
    if (this.#picture !== null && read.picture !== null && !this.#picture.sets.equals(read.picture.sets)) changes.push(`${describe(this.#picture)} → ${describe(read.picture)}`);
    if (this.#sound !== null && read.sound !== null && !this.#sound.sets.equals(read.sound.sets)) changes.push(`${this.#sound.codec ?? '?'} → ${read.sound.codec ?? '?'}`);
    this.#picture = read.picture ?? this.#picture;
    this.#sound = read.sound ?? this.#sound;
    return { mediaStartMs: read.startMs, decoder: this.#toConfig(), change: changes.length === 0 ? null : changes.join(', ') };
  }

  #toConfig(): DecoderConfig | null {
    const [picture, sound] = [this.#picture, this.#sound];
    if (picture === null && sound === null) return null;
    const hash = createHash('sha256').update(picture?.sets ?? '').update('|').update(sound?.sets ?? '');
    return { configHash: hash.digest('hex').slice(0, 16), videoCodec: picture?.codec ?? null, audioCodec: sound?.codec ?? null, width: picture?.width ?? null, height: picture?.height ?? null };
  }
}


/** The first bytes of an AES-128 file in clear; null while the key is unknown or the method another. */
export function decryptHead(head: Buffer, { method, keyHex, ivHex }: Encryption): Buffer | null {
  if (method !== 'AES-128' || keyHex === null || ivHex.length !== 32) return null;
  const whole = head.length - (head.length % 16);
  return whole === 0 ? null : createDecipheriv('aes-128-cbc', Buffer.from(keyHex, 'hex'), Buffer.from(ivHex, 'hex')).setAutoPadding(false).update(head.subarray(0, whole));
}

function readHead(container: Container, head: Buffer, tracks: readonly Mp4Track[] | null): { startMs: number | null; picture: Picture | null; sound: Sound | null } | null {
  if (container === 'ts') {
    const headers = readTsHeaders(head);
    if (headers === null) return null;
    const { video, audio } = headers;
    return {
      startMs: headers.startMs, sound: audio === null ? null : { codec: audio.codec, sets: audio.sets },
      picture: video === null ? null : { codec: video.codec, width: video.format?.width ?? null, height: video.format?.height ?? null, sets: video.sets },
    };
  }
  if (container === 'fmp4') {
    const known = tracks ?? readTracks(head);
    if (known === null) return null;
    const starts = readFragmentStarts(head).flatMap(({ trackId, decodeTime }) => {
      const track = known.find((candidate) => candidate.trackId === trackId);
      return track === undefined ? [] : [Math.round((decodeTime * 1000) / track.timescale)];
    });
    const video = known.find((track) => track.kind === 'video');
    const audio = known.find((track) => track.kind === 'audio');
    return {
      startMs: starts.length === 0 ? null : Math.min(...starts),
      picture: video === undefined ? null : { codec: video.codec, width: video.width, height: video.height, sets: video.config },
      sound: audio === undefined ? null : { codec: audio.codec, sets: audio.config },
    };
  }
  if (container !== 'aac') return null;
  const tagged = head.length > 10 && head.toString('latin1', 0, 3) === 'ID3';
  const tagBytes = tagged ? 10 + head.subarray(6, 10).reduce((size, byte) => size * 128 + (byte & 0x7f), 0) : 0;
  const audio = readAdts(head.subarray(Math.min(tagBytes, head.length)));
  return { startMs: tagged ? readTimestampTag(head.subarray(0, tagBytes)) : null, picture: null, sound: audio === null ? null : { codec: audio.codec, sets: audio.sets } };
}

/** Packed audio carries its first time in an ID3 PRIV frame (RFC 8216, 3.4). */
function readTimestampTag(tag: Buffer): number | null {
  const owner = 'com.apple.streaming.transportStreamTimestamp\0';
  const at = tag.indexOf(owner, 0, 'latin1');
  if (at < 0 || at + owner.length + 8 > tag.length) return null;
  const startMs = Math.round(Number(tag.readBigUInt64BE(at + owner.length) & 0x1_ffff_ffffn) / 90);
  return startMs;
}

function describe({ codec, width, height }: Picture): string {
  return `${codec ?? '?'} ${width ?? '?'}×${height ?? '?'}`;
}
