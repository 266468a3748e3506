/** What a Range header asks of a body: a slice [from, to), everything, or something that is not there. */
export type ByteRange = { kind: 'all' } | { kind: 'slice'; from: number; to: number } | { kind: 'unsatisfiable' };

/** Reads a Range header of one byte range (RFC 9110 §14); anything else is ignored, as the RFC allows. */
export function parseByteRange(header: string | undefined, totalBytes: number): ByteRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return { kind: 'all' };
  if (match[1] === '') {
    const suffix = Math.min(Number(match[2]), totalBytes);
    return suffix === 0 ? { kind: 'unsatisfiable' } : { kind: 'slice', from: totalBytes - suffix, to: totalBytes };
  }
  const from = Number(match[1]);
  const last = match[2] === '' ? totalBytes - 1 : Number(match[2]);
  if (last < from && match[2] !== '') return { kind: 'all' };
  if (from >= totalBytes) return { kind: 'unsatisfiable' };
  return { kind: 'slice', from, to: Math.min(last + 1, totalBytes) };
}
