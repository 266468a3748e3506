import type { Container } from '../../contract/rooms.ts';

const mp4Boxes = new Set(['ftyp', 'styp', 'moof', 'sidx', 'moov', 'prft', 'emsg', 'mdat']);

/** Tells a segment's container from its first 16 bytes, falling back to how it is listed; never trusts the address alone. */
export function sniffContainer(head: Buffer, uri: string): Container {
  if (head.subarray(0, 3).toString('latin1') === 'FLV') return 'flv';
  if (head.subarray(0, 6).toString('latin1') === 'WEBVTT') return 'vtt';
  if (head[0] === 0x47) return 'ts';
  if (mp4Boxes.has(head.subarray(4, 8).toString('latin1'))) return 'fmp4';
  if (head.subarray(0, 3).toString('latin1') === 'ID3' || (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0)) return 'aac';
  return /\.(aac|adts)(\?|$)/i.test(uri) ? 'aac' : /\.(m4s|mp4|cmfv|cmfa)(\?|$)/i.test(uri) ? 'fmp4' : 'ts';
}

/** The file extension under which a container is stored. */
export function extensionOf(container: Container): string {
  return container === 'fmp4' ? 'm4s' : container === 'file' ? 'bin' : container;
}
