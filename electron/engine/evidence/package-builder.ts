import { createHash, sign } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { formatIso } from '../../contract/time.ts';
import { canonicalJson } from './canonical-json.ts';
import { createCheckpoint, originOf } from './checkpoint.ts';
import { inclusionProof, rootOf } from '../store/merkle.ts';
import { planFrames, renderBagInfo, renderContent, toPackagePath } from './package-content.ts';
import { BAGIT_TXT, describeBadName, FORMAT_VERSION, formatManifest, MAX_INDEX_BYTES, PENDING_JSON, type Inclusion, type ProvenLeaf } from './package-format.ts';
import type { EvidenceLog, PackageInput, PackageIo, PackageSegment } from './package-input.ts';
import { syncFolder } from './signing-key.ts';
import { renderVerifyGuide } from './verify-guide.ts';
import { packDosDate } from './zip-layout.ts';
import { ZipWriter, type WrittenFile } from './zip-writer.ts';

/** A step of the build, for the progress line. */
export type BuildStep = 'clip' | 'frames' | 'segments' | 'seal' | 'hash';

/** A finished package. */
export type BuiltPackage = { file: string; bytes: number; sha256: string };

/**
 * Builds an evidence package beside its target and renames it into place: what is not whole is never there.
 * Every segment is hashed again on its way in; one that differs from its record stops the build (`library-altered`).
 * Throws FaultError: range-empty, bad-request, library-altered, disk-full, disk-read-only, disk-error, cancelled.
 */
export async function buildPackage(
  input: PackageInput, io: PackageIo, options: { signal?: AbortSignal; onProgress?: (fraction: number, step: BuildStep) => void } = {},
): Promise<BuiltPackage> {
  const { signal } = options;
  const tell = options.onProgress ?? (() => undefined);
  checkInput(input);
  let scratch: string | null = null;
  let writer: ZipWriter | null = null;
  try {
    signal?.throwIfAborted();
    scratch = await mkdtemp(join(dirname(input.outFile), `.${input.packageId}-`));
    tell(0, 'clip');
    const clip = await io.cutClip(join(scratch, 'clip.mp4'));
    signal?.throwIfAborted();
    tell(0.2, 'frames');
    const framesDir = join(scratch, 'frames');
    await mkdir(framesDir);
    const frames = await io.takeFrames(framesDir, planFrames(input));
    signal?.throwIfAborted();

    const day = formatIso(input.createdAtMs).slice(0, 10);
    const archive = join(scratch, 'package.zip');
    writer = await ZipWriter.create(archive, packDosDate(day) ?? fail('bad-request', input.packageId, `${day} cannot be a bagging date`), signal);
    const payload = await writePayload(writer, input, { clip, clipFile: join(scratch, 'clip.mp4'), frames, framesDir }, tell);
    tell(0.85, 'seal');
    await writeSeal(writer, input, io, payload);
    const bytes = await writer.finish();
    tell(0.9, 'hash');
    const sha256 = await hashFile(archive, signal);
    signal?.throwIfAborted();
    await rename(archive, input.outFile);
    await syncFolder(dirname(input.outFile));
    tell(1, 'hash');
    return { file: input.outFile, bytes, sha256 };
  } catch (error) {
    throw toBuildFault(error, input, signal);
  } finally {
    await writer?.abandon();
    if (scratch !== null) await rm(scratch, { recursive: true, force: true });
  }
}

type Derived = { clip: { firstFrameMs: number; durationMs: number }; clipFile: string; frames: readonly { name: string; atMs: number; fault: unknown }[]; framesDir: string };

async function writePayload(writer: ZipWriter, input: PackageInput, derived: Derived, tell: (fraction: number, step: BuildStep) => void): Promise<WrittenFile[]> {
  const files: WrittenFile[] = [];
  const inBag = (name: string): string => `${input.packageId}/${name}`;
  const keep = (file: WrittenFile): void => void files.push({ ...file, name: file.name.slice(input.packageId.length + 1) });
  const totalBytes = input.segments.reduce((sum, segment) => sum + segment.record.bytes, 0) || 1;
  let doneBytes = 0;
  for (const segment of input.segments) {
    keep(await writeSegment(writer, inBag(toPackagePath(segment.record)), segment, (count) => {
      doneBytes += count;
      tell(0.25 + 0.55 * Math.min(1, doneBytes / totalBytes), 'segments');
    }));
  }
  keep(await writer.addFile(inBag('data/clip.mp4'), derived.clipFile));
  for (const frame of derived.frames) {
    if (frame.fault === null) keep(await writer.addFile(inBag(`data/frames/${frame.name}`), join(derived.framesDir, frame.name)));
  }
  for (const [name, text] of renderContent(input, derived.clip, derived.frames)) {
    if (text.length > MAX_INDEX_BYTES) fail('bad-request', name, 'the range is too long for one package: export it in parts');
    keep(await writer.addBytes(inBag(name), Buffer.from(text, 'utf8')));
  }
  if (input.rulePack !== null) {
    const pack = await writer.addFile(inBag('data/rule-pack.json'), input.rulePack.path);
    if (pack.sha256 !== input.rulePack.hash) fail('library-altered', input.rulePack.path, `${input.rulePack.path} is not the rule pack that made the flags`);
    keep(pack);
  }
  return files;
}

async function writeSegment(writer: ZipWriter, name: string, { record, path }: PackageSegment, onBytes: (count: number) => void): Promise<WrittenFile> {
  let written: WrittenFile;
  try {
    written = await writer.addFile(name, path, onBytes, record.bytes);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') fail('library-altered', path, `${path} is recorded but no longer there`);
    throw error;
  }
  if (written.sha256 !== record.sha256) fail('library-altered', path, `${path} no longer has the SHA-256 it was recorded with (${record.sha256}, now ${written.sha256})`);
  return written;
}

/** Tag files and proofs, in the order that the verifier expects. */
async function writeSeal(writer: ZipWriter, input: PackageInput, io: PackageIo, payload: WrittenFile[]): Promise<void> {
  const add = (name: string, content: string | Buffer): Promise<WrittenFile> => writer.addBytes(`${input.packageId}/${name}`, Buffer.from(content as string, 'utf8'));
  const origin = originOf(input.workstationId);
  const tags = new Map<string, string>([
    ['bagit.txt', BAGIT_TXT],
    ['bag-info.txt', renderBagInfo(input, { bytes: payload.reduce((sum, file) => sum + file.bytes, 0), files: payload.length })],
    ['VERIFY.txt', renderVerifyGuide({ packageId: input.packageId, keyId: io.signingKey.keyId, origin })],
    ['manifest-sha256.txt', formatManifest(payload)],
  ]);
  const tagManifest = formatManifest([...tags].map(([name, text]) => ({ name, sha256: sha256Of(text) })));
  const sealed = sha256Of(tags.get('manifest-sha256.txt')!);
  const packageIndex = io.log.append('package', { packageId: input.packageId, sha256: sealed, tagManifestSha256: sha256Of(tagManifest) });
  const size = io.log.size;
  const root = rootOf(size, io.log.getNode);
  const inclusion: Inclusion = {
    format: FORMAT_VERSION, treeSize: size, rootHash: root.toString('hex'),
    package: proveLeaf(io.log, 'manifest-sha256.txt', packageIndex, size),
    segments: input.segments.map(({ record, leafIndex }) => proveLeaf(io.log, toPackagePath(record), leafIndex, size)),
  };
  for (const [name, text] of tags) await add(name, text);
  await add('tagmanifest-sha256.txt', tagManifest);
  await add('proof/log-checkpoint.txt', createCheckpoint({ origin, size, root }, io.signingKey));
  await add('proof/inclusion.json', `${canonicalJson(inclusion)}\n`);
  await writer.addBytes(`${input.packageId}/proof/signature.ed25519`, sign(null, Buffer.from(tagManifest, 'utf8'), io.signingKey.privateKey));
  await add('proof/public-key.pem', io.signingKey.publicKeyPem);
  await add('proof/pending.json', PENDING_JSON);
}

function proveLeaf(log: EvidenceLog, file: string, index: number, size: number): ProvenLeaf {
  const leaf = log.getLeaf(index) ?? fail('library-altered', file, `${file} has no leaf ${index} in the log`);
  return { file, index, leaf: leaf.data, proof: inclusionProof(index, size, log.getNode).map((hash) => hash.toString('hex')) };
}

function checkInput(input: PackageInput): void {
  if (!input.segments.some((segment) => segment.record.kind === 'media')) fail('range-empty', input.packageId, 'nothing was recorded in this range');
  const names = input.segments.map((segment) => toPackagePath(segment.record));
  const bad = names.find((name) => describeBadName(`${input.packageId}/${name}`) !== null);
  if (bad !== undefined) fail('bad-request', bad, `${bad} cannot be a name in a package`);
  if (new Set(names.map((name) => name.toLowerCase())).size !== names.length) fail('bad-request', input.packageId, 'a segment was given twice');
  const stored = new Set(names);
  for (const { record } of input.segments) {
    if (record.initFile !== null && !stored.has(toPackagePath({ sessionId: record.sessionId, file: record.initFile }))) {
      fail('bad-request', record.file, `${record.file} needs ${record.initFile}, which was not given`);
    }
  }
}

function toBuildFault(error: unknown, input: PackageInput, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return new FaultError(makeFault('cancelled', input.packageId, 'the export was cancelled'));
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new FaultError(makeFault('disk-full', input.outFile, 'the disk is full: make room and export again', { retryable: true, cause: error }));
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return new FaultError(makeFault('disk-read-only', input.outFile, 'the folder cannot be written', { cause: error }));
  if (code === 'EIO' || code === 'ENOENT') return new FaultError(makeFault('disk-error', input.outFile, 'reading or writing failed', { retryable: true, cause: error }));
  return error;
}

async function hashFile(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function fail(code: 'range-empty' | 'bad-request' | 'library-altered', scope: string, message: string): never {
  throw new FaultError(makeFault(code, scope, message));
}
