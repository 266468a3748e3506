import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';

/** Version of the package's form; raised when an old verifier would misread a new package. */
export const FORMAT_VERSION = 1;

/** Largest index file (manifest, segments, proofs) that is read into memory: about 100,000 segments. */
export const MAX_INDEX_BYTES = 128 * 1024 * 1024;

/** Files outside data/, in the order in which they lie in the archive after the payload. */
export const TAG_FILES = ['bagit.txt', 'bag-info.txt', 'VERIFY.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt'] as const;

/** Tag files that the tag manifest lists: it cannot list itself. */
export const TAGGED_FILES = TAG_FILES.slice(0, 4);

/** Files of proof/ that this version writes and can check; anything else there is refused. */
export const PROOF_FILES = ['proof/log-checkpoint.txt', 'proof/inclusion.json', 'proof/signature.ed25519', 'proof/public-key.pem', 'proof/pending.json'] as const;

/** bagit.txt of BagIt 1.0. */
export const BAGIT_TXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/** A lower-case hex SHA-256. */
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** One leaf with its proof; `leaf` is the exact text the log hashed. */
export const ProvenLeaf = z.strictObject({ file: z.string(), index: z.number().int().min(0), leaf: z.string(), proof: z.array(Sha256Hex).max(64) });
export type ProvenLeaf = z.infer<typeof ProvenLeaf>;

/** proof/inclusion.json. */
export const Inclusion = z.strictObject({ format: z.literal(FORMAT_VERSION), treeSize: z.number().int().min(1), rootHash: Sha256Hex, package: ProvenLeaf, segments: z.array(ProvenLeaf) });
export type Inclusion = z.infer<typeof Inclusion>;

/** One entry of data/segments.json, as far as the verifier relies on it. */
export const PackagedSegment = z.looseObject({
  file: z.string(), roomId: z.string(), sessionId: z.string(), seq: z.number(), kind: z.enum(['media', 'init']), libraryFile: z.string(),
  initFile: z.string().nullable(), startMs: z.number(), sha256: Sha256Hex, bytes: z.number().int(), logIndex: z.number().int(),
});

/** data/segments.json. */
export const SegmentIndex = z.looseObject({ format: z.literal(FORMAT_VERSION), segments: z.array(PackagedSegment).min(1) });
export type SegmentIndex = z.infer<typeof SegmentIndex>;

/** A segment's leaf, as far as the verifier relies on it. */
export const SegmentLeaf = z.looseObject({ kind: z.literal('segment'), roomId: z.string(), sessionId: z.string(), seq: z.number(), file: z.string(), sha256: Sha256Hex, bytes: z.number().int(), startMs: z.number() });

/** The package's own leaf; sha256 is that of manifest-sha256.txt. */
export const PackageLeaf = z.looseObject({ kind: z.literal('package'), packageId: z.string(), sha256: Sha256Hex, tagManifestSha256: Sha256Hex });

/** Text of proof/pending.json: parts of the contract that this package does not carry, and why. It is always the same text, so no byte of it is free. */
export const PENDING_JSON = `${canonicalJson({
  format: FORMAT_VERSION,
  pending: [
    { file: 'proof/timestamp.tsr', standard: 'RFC 3161', zh: '可信时间戳尚未取得：本包在离线状态下或由尚不支持时间戳的版本导出。', en: 'No trusted timestamp yet: exported offline or by a version without timestamps.' },
    { file: 'proof/signature.p7s', standard: 'RFC 5652', zh: '尚无 CMS 签名：以 proof/signature.ed25519 的分离签名代替。', en: 'No CMS signature yet: the detached signature proof/signature.ed25519 stands in for it.' },
    { file: 'proof/signature-sm2.json', standard: 'GM/T 0003', zh: '本工作站尚无 SM2 密钥。', en: 'The workstation has no SM2 key yet.' },
    { file: 'data/report.pdf', standard: 'PDF', zh: '尚无书面报告：内容见 data 目录各 JSON 文件。', en: 'No written report yet: see the JSON files under data.' },
  ],
})}\n`;

/** Says why a name may not stand in a package, in both languages; null when it may. Only portable characters are allowed, so no file system can read a name two ways. */
export function describeBadName(name: string): string | null {
  if (name.length > 255 || Buffer.byteLength(name) > 255) return '文件名超过 255 字节 / name longer than 255 bytes';
  if (name === '' || name.startsWith('/') || /^[A-Za-z]:/.test(name)) return '绝对路径或空文件名 / absolute path or empty name';
  if (name.includes('\\')) return '文件名含反斜杠 / backslash in the name';
  const parts = name.split('/');
  if (parts.some((part) => part === '..' || part === '.' || part === '')) return '路径可能越出目录 / path could leave its folder';
  if (!/^[0-9A-Za-z._/-]+$/.test(name)) return '文件名含不允许的字符 / character not allowed in a name';
  if (parts.some((part) => part.endsWith('.') || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(part))) return '文件名在 Windows 上有歧义 / name is ambiguous on Windows';
  return null;
}

/** One line of a manifest: two blanks, as sha256sum -c reads it. */
export function formatManifest(files: readonly { name: string; sha256: string }[]): string {
  return files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}

/** Reads a manifest of exactly that form into name → hash; or the first bad line. */
export function parseManifest(text: string): { files: Map<string, string>; fault: null } | { files: null; fault: string } {
  const files = new Map<string, string>();
  const lines = text.split('\n');
  if (lines.pop() !== '') return { files: null, fault: '末行不完整 / last line is cut off' };
  for (const [i, line] of lines.entries()) {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    const name = match?.[2] ?? '';
    const bad = match ? describeBadName(name) : '格式不符 / not a manifest line';
    if (bad !== null) return { files: null, fault: `第 ${i + 1} 行 / line ${i + 1}: ${bad}` };
    if (files.has(name)) return { files: null, fault: `重复列出 ${name} / ${name} listed twice` };
    files.set(name, match![1]!);
  }
  return { files, fault: null };
}
