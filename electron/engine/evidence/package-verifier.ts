import { createHash, createPublicKey, X509Certificate, verify, type KeyObject } from 'node:crypto';
import type { VerifyCheck, VerifyReport } from '../../contract/evidence.ts';
import { FaultError, makeFault, toFault } from '../../contract/faults.ts';
import { BAGIT_TXT, MAX_INDEX_BYTES, parseManifest, PENDING_JSON, PROOF_FILES, TAG_FILES, TAGGED_FILES } from './package-format.ts';
import { checkInclusion, checkSegments } from './package-log-checks.ts';
import { openPackage } from './package-reader.ts';
import type { PackageFile, PackageSource, ReadLimits, WrappingReport } from './package-source.ts';
import { keyIdOf } from './signing-key.ts';
import { originOf, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { renderVerifyGuide } from './verify-guide.ts';

/** PEM texts of keys or certificates that may have signed; limits; progress from 0 to 1. */
export type VerifyOptions = { trust?: string[]; limits?: ReadLimits; signal?: AbortSignal; onProgress?: (fraction: number) => void };

const KEPT = new Set<string>([...TAG_FILES, ...PROOF_FILES, 'data/segments.json']);
const NAMED_AT_MOST = 20;

/**
 * Checks a package, archive or folder, without network and in bounded memory: each file is read once, only indexes are kept.
 * Whatever is wrong with the package is in the report; throws FaultError only where there is nothing to check (not-found, bad-request for a bad trust key, cancelled).
 */
export async function verifyPackage(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const trusted = (options.trust ?? []).map(parseTrusted);
  let source: PackageSource;
  try {
    source = await openPackage(path, options.limits);
  } catch (error) {
    if (error instanceof FaultError && error.fault.code === 'not-found') throw error;
    return closeReport([check('archive', toFault(error, path).message)]);
  }
  try {
    return await checkSource(source, trusted, options);
  } finally {
    await source.close();
  }
}

/** A package as it was read: hash and size of every file, text of the index files. */
export type ReadPackage = { hashes: Map<string, { sha256: string; bytes: number }>; texts: Map<string, Buffer>; order: string[] };

async function checkSource(source: PackageSource, trusted: KeyObject[], options: VerifyOptions): Promise<VerifyReport> {
  const { read, problems } = await readAll(source, options);
  const text = (name: string): string => read.texts.get(name)?.toString('utf8') ?? '';
  const known = new Set<string>([...TAG_FILES, ...PROOF_FILES]);
  const names = [...read.hashes.keys()];
  const manifest = parseManifest(text('manifest-sha256.txt'));
  const info = new Map(text('bag-info.txt').split('\n').map((line) => line.split(': ', 2) as [string, string]));

  const structure = [
    ...problems,
    ...[...known].filter((name) => !read.hashes.has(name)).map((name) => `缺少 / missing: ${name}`),
    ...names.filter((name) => !name.startsWith('data/') && !known.has(name)).map((name) => `不属于证据包 / not part of a package: ${name}`),
    ...(text('bagit.txt') === BAGIT_TXT ? [] : ['已改动 / changed: bagit.txt']),
  ];
  const checks: VerifyCheck[] = [check('structure', structure), checkPayload(read, manifest)];
  const payload = names.filter((name) => name.startsWith('data/'));
  const oxum = `${payload.reduce((sum, name) => sum + read.hashes.get(name)!.bytes, 0)}.${payload.length}`;
  checks.push(check('payload-oxum', info.get('Payload-Oxum') === oxum ? [] : [`bag-info.txt: ${info.get('Payload-Oxum') ?? '—'} ≠ ${oxum}`]));
  checks.push(checkTagManifest(read, text('tagmanifest-sha256.txt')));

  const key = readPublicKey(text('proof/public-key.pem'));
  checks.push(checkSignature(read, key), checkTrust(key, trusted));
  const checkpoint = parseCheckpoint(text('proof/log-checkpoint.txt'));
  const sender = info.get('Internal-Sender-Identifier') ?? '';
  const origin = /^[0-9A-Za-z._-]{1,64}$/.test(sender) ? originOf(sender) : null;
  const signedHead = checkpoint !== null && key !== null && checkpoint.origin === origin && verifyCheckpoint(checkpoint, key);
  checks.push(check('checkpoint', signedHead ? [] : ['日志检查点无效 / not a checkpoint of this workstation signed by this key: proof/log-checkpoint.txt']));
  checks.push(check('inclusion', checkInclusion(read, checkpoint, info.get('External-Identifier') ?? '')));
  checks.push(check('segments', checkSegments(read)));
  checks.push(check('pending', text('proof/pending.json') === PENDING_JSON ? [] : ['已改动 / changed: proof/pending.json'],
    '时间戳、CMS、SM2、书面报告尚待补充，见 proof/pending.json / timestamp, CMS, SM2 and report are pending, see proof/pending.json'));
  const guide = key === null || origin === null ? null : renderVerifyGuide({ packageId: info.get('External-Identifier') ?? '', keyId: keyIdOf(key), origin });
  checks.push(check('guide', guide === text('VERIFY.txt') ? [] : ['已改动 / changed: VERIFY.txt']));
  if (source.wrapping !== null) checks.unshift(checkWrapping(await source.wrapping(info.get('Bagging-Date') ?? ''), read, manifest.files));
  return closeReport(checks);
}

async function readAll(source: PackageSource, options: VerifyOptions): Promise<{ read: ReadPackage; problems: string[] }> {
  const read: ReadPackage = { hashes: new Map(), texts: new Map(), order: source.files.map((file) => file.name) };
  const problems: string[] = [];
  const totalBytes = source.files.reduce((sum, file) => sum + file.bytes, 0) || 1;
  let doneBytes = 0;
  for (const file of source.files) {
    try {
      const kept = await readFile(file, (count) => {
        if (options.signal?.aborted === true) throw new FaultError(makeFault('cancelled', file.name, 'verification was cancelled'));
        doneBytes += count;
        options.onProgress?.(Math.min(1, doneBytes / totalBytes));
      });
      read.hashes.set(file.name, { sha256: kept.sha256, bytes: kept.bytes });
      if (kept.content !== null) read.texts.set(file.name, kept.content);
    } catch (error) {
      if (error instanceof FaultError && error.fault.code === 'cancelled') throw error;
      problems.push(`无法读出 / cannot be read: ${file.name} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  return { read, problems };
}

async function readFile(file: PackageFile, onBytes: (count: number) => void): Promise<{ sha256: string; bytes: number; content: Buffer | null }> {
  const hash = createHash('sha256');
  const keep = KEPT.has(file.name);
  if (keep && file.bytes > MAX_INDEX_BYTES) throw new Error('index file too large');
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of await file.open()) {
    const part = chunk as Buffer;
    bytes += part.length;
    if (bytes > file.bytes) throw new Error('more bytes than declared');
    onBytes(part.length);
    hash.update(part);
    if (keep) parts.push(part);
  }
  if (bytes !== file.bytes) throw new Error('fewer bytes than declared');
  return { sha256: hash.digest('hex'), bytes, content: keep ? Buffer.concat(parts) : null };
}

function checkPayload(read: ReadPackage, manifest: ReturnType<typeof parseManifest>): VerifyCheck {
  if (manifest.files === null) return check('payload', [`manifest-sha256.txt: ${manifest.fault}`]);
  const faults: string[] = [];
  for (const [name, sha256] of manifest.files) {
    const found = read.hashes.get(name);
    if (!name.startsWith('data/')) faults.push(`清单列出了 data 之外的文件 / listed outside data: ${name}`);
    else if (found === undefined) faults.push(`缺少 / missing: ${name}`);
    else if (found.sha256 !== sha256) faults.push(`已改动 / changed: ${name}`);
  }
  for (const name of read.hashes.keys()) if (name.startsWith('data/') && !manifest.files.has(name)) faults.push(`多出 / added: ${name}`);
  return check('payload', faults, `${manifest.files.size} 个文件与清单一致 / files match the manifest`);
}

function checkTagManifest(read: ReadPackage, text: string): VerifyCheck {
  const tags = parseManifest(text);
  if (tags.files === null) return check('tagmanifest', [`tagmanifest-sha256.txt: ${tags.fault}`]);
  const listed = [...tags.files.keys()];
  const faults = listed.join() === TAGGED_FILES.join() ? [] : ['tagmanifest-sha256.txt: 所列文件不符 / lists other files than it must'];
  for (const [name, sha256] of tags.files) if (read.hashes.get(name)?.sha256 !== sha256) faults.push(`已改动 / changed: ${name}`);
  return check('tagmanifest', faults);
}

function checkSignature(read: ReadPackage, key: KeyObject | null): VerifyCheck {
  if (key === null) return check('signature', ['不是 Ed25519 公钥 / not an Ed25519 public key: proof/public-key.pem']);
  const signature = read.texts.get('proof/signature.ed25519');
  const signed = read.texts.get('tagmanifest-sha256.txt');
  const holds = signature !== undefined && signed !== undefined && verify(null, signed, key, signature);
  return check('signature', holds ? [] : ['签名不符 / does not hold: proof/signature.ed25519, tagmanifest-sha256.txt, proof/public-key.pem']);
}

function checkTrust(key: KeyObject | null, trusted: KeyObject[]): VerifyCheck {
  if (key === null) return check('trust', ['没有可核对的公钥 / no key to compare: proof/public-key.pem']);
  const id = keyIdOf(key);
  if (trusted.length === 0) {
    return check('trust', [], `公钥由本包自述，请与导出单位公布的指纹核对 / the key is stated by the package itself, compare its fingerprint with the office's: ${id}`);
  }
  return check('trust', trusted.some((item) => keyIdOf(item) === id) ? [] : [`签名密钥不在受信任之列 / signed by a key that is not trusted: ${id} (proof/public-key.pem)`], `受信任 / trusted: ${id}`);
}

function checkWrapping(report: WrappingReport, read: ReadPackage, manifest: Map<string, string> | null): VerifyCheck {
  if (report.kind === 'repacked') return check('archive', [], '压缩包由其他程序重新打包，已按文件内容核验 / re-packed by another program; its files were checked');
  if (report.kind === 'altered') return check('archive', [`压缩包结构已改动 / the archive's own bytes were changed at: ${report.where}`]);
  const expected = [...(manifest?.keys() ?? []), ...TAG_FILES, ...PROOF_FILES];
  const moved = read.order.findIndex((name, i) => name !== expected[i]);
  return check('archive', moved === -1 ? [] : [`次序已改动 / order was changed at: ${read.order[moved]!}`]);
}

function readPublicKey(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' && key.export({ type: 'spki', format: 'pem' }) === pem ? key : null;
  } catch {
    return null;
  }
}

function parseTrusted(pem: string): KeyObject {
  try {
    return pem.includes('CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  } catch (cause) {
    throw new FaultError(makeFault('bad-request', 'trust', 'a trusted key must be a PEM public key or certificate', { cause }));
  }
}

function check(name: string, faults: string | string[], fine = '通过 / holds'): VerifyCheck {
  const list = typeof faults === 'string' ? [faults] : faults;
  if (list.length === 0) return { name, ok: true, detail: fine };
  const more = list.length > NAMED_AT_MOST ? `；另有 ${list.length - NAMED_AT_MOST} 项 / and ${list.length - NAMED_AT_MOST} more` : '';
  return { name, ok: false, detail: list.slice(0, NAMED_AT_MOST).join('; ') + more };
}

function closeReport(checks: VerifyCheck[]): VerifyReport {
  return { ok: checks.every((item) => item.ok), checks };
}
