import type { FlvUnit } from '../container/flv-reader.ts';
import type { FlvConfigs } from '../container/flv-remuxer.ts';

/** What a piece of the stream says of the headers in force: nothing, the same again, or another decoder configuration. */
export type HeaderNews = 'none' | 'first' | 'repeated' | 'changed';

/** The headers in force of one connection: file header, metadata, parameter sets; what a file needs that begins in the middle of the stream. */
export class FlvHeaders {
  #file: Buffer | null = null;
  #script: Buffer | null = null;
  #configs: FlvConfigs = { video: null, audio: null };

  /** The parameter sets in force. */
  get configs(): FlvConfigs {
    return this.#configs;
  }

  /** What this piece would change, without taking it. */
  compare(unit: FlvUnit): HeaderNews {
    if (unit.kind === 'header') return this.#file === null ? 'first' : 'repeated';
    const payload = unit.video?.packet === 'config' ? unit.video.payload : unit.audio?.packet === 'config' ? unit.audio.payload : null;
    if (payload === null) return 'none';
    const known = unit.kind === 'video' ? this.#configs.video : this.#configs.audio;
    if (known === null) return 'first';
    return (known.video ?? known.audio)?.payload.equals(payload) === true && known.video?.codec === unit.video?.codec ? 'repeated' : 'changed';
  }

  /** Takes a piece into account. */
  take(unit: FlvUnit): void {
    if (unit.kind === 'header') this.#file = Buffer.from(unit.bytes);
    else if (unit.kind === 'script') this.#script = Buffer.from(unit.bytes);
    else if (unit.video?.packet === 'config' || unit.audio?.packet === 'config') this.#configs = { ...this.#configs, [unit.kind]: detach(unit) };
  }

  /** The headers in force as the beginning of an FLV file. */
  toBytes(): Buffer {
    return Buffer.concat([this.#file, this.#script, this.#configs.video?.bytes, this.#configs.audio?.bytes].filter((part): part is Buffer => part !== null && part !== undefined));
  }
}

/** A copy of its own: a slice would keep the whole received chunk alive. */
function detach(unit: FlvUnit): FlvUnit {
  const bytes = Buffer.from(unit.bytes);
  const toOwn = (payload: Buffer): Buffer => bytes.subarray(payload.byteOffset - unit.bytes.byteOffset, payload.byteOffset - unit.bytes.byteOffset + payload.length);
  const own: FlvUnit = { ...unit, bytes };
  if (unit.video !== undefined) own.video = { ...unit.video, payload: toOwn(unit.video.payload) };
  if (unit.audio !== undefined) own.audio = { ...unit.audio, payload: toOwn(unit.audio.payload) };
  return own;
}
