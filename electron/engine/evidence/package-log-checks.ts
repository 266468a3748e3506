import type { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import type { Checkpoint } from './checkpoint.ts';
import { hashLeaf, verifyInclusion } from '../store/merkle.ts';
import { toPackagePath } from './package-content.ts';
import { Inclusion, PackageLeaf, SegmentIndex, SegmentLeaf, type ProvenLeaf } from './package-format.ts';
import type { ReadPackage } from './package-verifier.ts';

const INCLUSION = 'proof/inclusion.json';
const SEGMENTS = 'data/segments.json';

/** What is wrong with the proofs that manifest and segments are in the log; each fault names its file. */
export function checkInclusion(read: ReadPackage, checkpoint: Checkpoint | null, packageId: string): string[] {
  const text = read.texts.get(INCLUSION)?.toString('utf8') ?? '';
  const inclusion = parseJson(text, Inclusion);
  // One value has one text here, so that no byte of the file is free.
  if (inclusion === null || `${canonicalJson(inclusion)}\n` !== text) return [`格式不符或已改动 / malformed or changed: ${INCLUSION}`];
  const index = readSegmentIndex(read);
  if (checkpoint === null || index === null) return [`无法核对 / cannot be compared: ${checkpoint === null ? 'proof/log-checkpoint.txt' : SEGMENTS}`];
  if (inclusion.treeSize !== checkpoint.size || inclusion.rootHash !== checkpoint.root.toString('hex')) return [`与检查点不符 / does not match the checkpoint: ${INCLUSION}`];
  const faults: string[] = [];
  const holds = (item: ProvenLeaf): boolean =>
    verifyInclusion(item.index, checkpoint.size, hashLeaf(Buffer.from(item.leaf, 'utf8')), item.proof.map((hash) => Buffer.from(hash, 'hex')), checkpoint.root);
  const own = parseJson(inclusion.package.leaf, PackageLeaf);
  if (
    !holds(inclusion.package) || own === null || inclusion.package.file !== 'manifest-sha256.txt' || own.packageId !== packageId ||
    own.sha256 !== read.hashes.get('manifest-sha256.txt')?.sha256 || own.tagManifestSha256 !== read.hashes.get('tagmanifest-sha256.txt')?.sha256
  ) faults.push(`清单不在日志中 / not in the log as it is here: manifest-sha256.txt (${INCLUSION})`);
  if (inclusion.segments.length !== index.segments.length) faults.push(`分片证明数量不符 / number of proofs differs from ${SEGMENTS}: ${INCLUSION}`);
  for (const [i, segment] of index.segments.entries()) {
    const proven = inclusion.segments[i];
    const leaf = proven === undefined ? null : parseJson(proven.leaf, SegmentLeaf);
    const found = read.hashes.get(segment.file);
    const agrees = proven !== undefined && leaf !== null && proven.file === segment.file && proven.index === segment.logIndex && holds(proven) &&
      leaf.sha256 === found?.sha256 && leaf.bytes === found.bytes && leaf.file === segment.libraryFile && leaf.roomId === segment.roomId &&
      leaf.sessionId === segment.sessionId && leaf.seq === segment.seq && leaf.startMs === segment.startMs;
    if (!agrees) faults.push(`分片不在日志中 / not in the log as it is here: ${segment.file} (${INCLUSION})`);
  }
  return faults;
}

/** What is wrong between data/segments.json and the files under data/segments. */
export function checkSegments(read: ReadPackage): string[] {
  const index = readSegmentIndex(read);
  if (index === null) return [`格式不符 / malformed: ${SEGMENTS}`];
  const faults: string[] = [];
  const named = new Set<string>();
  for (const segment of index.segments) {
    const found = read.hashes.get(segment.file);
    if (named.has(segment.file)) faults.push(`重复列出 / listed twice: ${segment.file}`);
    named.add(segment.file);
    if (segment.file !== toPackagePath({ sessionId: segment.sessionId, file: segment.libraryFile })) faults.push(`路径不符 / wrong path: ${segment.file}`);
    if (found === undefined) faults.push(`缺少 / missing: ${segment.file}`);
    else if (found.sha256 !== segment.sha256 || found.bytes !== segment.bytes) faults.push(`已改动 / changed: ${segment.file}`);
  }
  for (const segment of index.segments) {
    if (segment.initFile !== null && !named.has(toPackagePath({ sessionId: segment.sessionId, file: segment.initFile }))) faults.push(`缺少初始化段 / init section missing for: ${segment.file}`);
  }
  for (const name of read.hashes.keys()) if (name.startsWith('data/segments/') && !named.has(name)) faults.push(`未列出 / not in ${SEGMENTS}: ${name}`);
  return faults;
}

function readSegmentIndex(read: ReadPackage): SegmentIndex | null {
  return parseJson(read.texts.get(SEGMENTS)?.toString('utf8') ?? '', SegmentIndex);
}

function parseJson<T extends z.ZodType>(text: string, schema: T): z.infer<T> | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
