import { hashLeaf } from './merkle.ts';

/** JSON with sorted keys and no white space (RFC 8785 for what JSON can carry): one value has one text. Members that are undefined are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value));
}

/** The bytes that a leaf of the log commits to: canonical JSON of {data, kind}. */
export function encodeLogLeaf(kind: string, data: unknown): Buffer {
  return Buffer.from(canonicalJson({ kind, data }), 'utf8');
}

/** Leaf hash of a log entry, as the Merkle tree takes it. */
export function hashLogLeaf(kind: string, data: unknown): Buffer {
  return hashLeaf(encodeLogLeaf(kind, data));
}

/** Kind of the leaf that every stored segment and init section gets. */
export const SEGMENT_LEAF = 'segment';

/** Kind of the leaf that every evidence package gets. */
export const PACKAGE_LEAF = 'package';

/** What a segment's leaf says; `file` is the path below the session's folder. */
export type SegmentLeafData = { roomId: string; sessionId: string; seq: number; kind: 'media' | 'init'; file: string; sha256: string; bytes: number; startMs: number };

/** Picks from a stored segment what its leaf commits to. */
export function segmentLeafData(segment: SegmentLeafData): SegmentLeafData {
  const { roomId, sessionId, seq, kind, file, sha256, bytes, startMs } = segment;
  return { roomId, sessionId, seq, kind, file, sha256, bytes, startMs };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  // A null prototype keeps a member named __proto__ a member; integer-like keys are moved first by JavaScript itself, the same way each time.
  const sorted = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(value).sort()) sorted[key] = sortKeys((value as Record<string, unknown>)[key]);
  return sorted;
}
