import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname, platform, release } from 'node:os';
import { join } from 'node:path';
import { FaultError, makeFault, toFault } from '../../contract/faults.ts';
import type { EvidencePackage, ExportRequest, VerifyReport } from '../../contract/evidence.ts';
import { PackageId, type SessionId } from '../../contract/ids.ts';
import { ChatRecord } from '../../contract/recording.ts';
import { formatIso } from '../../contract/time.ts';
import { buildPackage, type BuildStep } from '../evidence/package-builder.ts';
import type { PackageInput, PackageIo } from '../evidence/package-input.ts';
import { verifyPackage } from '../evidence/package-verifier.ts';
import { loadOrCreateSigningKey } from '../evidence/signing-key.ts';
import { toSessionDir, type LibraryLayout } from '../library/library-layout.ts';
import { PerceptionClient } from '../perception/perception-client.ts';
import { checkDisk } from '../recorder/disk-fault.ts';
import { sessionFiles } from '../library/session-files.ts';
import type { StoredSegment } from '../store/recording-store.ts';
import type { Store } from '../store/store.ts';
import { rulePackFile } from './program-files.ts';

/** What the service works with. */
export type EvidenceServiceOptions = {
  store: Store; layout: LibraryLayout; modelsDir: string;
  rulePack: { hash: string; version: string };
  versions: () => Record<string, string>;
  onChanged: (item: EvidencePackage) => void;
};

type Running = { abort: AbortController; done: Promise<void> };

const clipTimeoutMs = 15 * 60_000;
const maxRangeMs = 4 * 3_600_000;
const stepNames: Record<BuildStep, string> = { clip: '截取片段', frames: '提取画面', segments: '收入原始分段', seal: '签名封存', hash: '计算校验值' };

/** Makes, keeps and verifies evidence packages; one is built at a time, the others wait. */
export class EvidenceService {
  readonly #options: EvidenceServiceOptions;
  readonly #running = new Map<PackageId, Running>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: EvidenceServiceOptions) {
    this.#options = options;
    for (const item of options.store.packages.list()) {
      if (item.state === 'queued' || item.state === 'building') options.store.packages.save({ ...item, state: 'failed', fault: makeFault('child-crashed', item.id, '程序中断，导出未完成；可以重新导出') });
    }
  }

  /** Packages, newest first. */
  list(): EvidencePackage[] {
    return this.#options.store.packages.list();
  }

  /** Queues an export and returns its entry at once; `outFile` is for the command line. */
  start(request: ExportRequest, user: string, outFile?: string): EvidencePackage {
    const { store, layout } = this.#options;
    if (request.toMs <= request.fromMs) throw new FaultError(makeFault('bad-request', 'range', '结束时间应晚于开始时间'));
    if (request.toMs - request.fromMs > maxRangeMs) throw new FaultError(makeFault('bad-request', 'range', '一个证据包最长 4 小时，请分段导出'));
    if (store.recordings.listSegmentsInRange(request.roomId, request.fromMs, request.toMs).length === 0) throw new FaultError(makeFault('range-empty', request.roomId, '所选时段没有录制内容'));
    const nowMs = Date.now();
    const id = PackageId.parse(`p${new Date(nowMs).toISOString().replaceAll(/[-:TZ.]/g, '').slice(0, 14)}-${randomBytes(3).toString('hex')}`);
    const item: EvidencePackage = {
      id, roomId: request.roomId, roomName: store.rooms.get(request.roomId)?.name ?? request.roomId, fromMs: request.fromMs, toMs: request.toMs, flagIds: request.flagIds,
      state: 'queued', progress: 0, step: '', fault: null, file: outFile ?? join(layout.packages, `${id}.zip`), bytes: null, sha256: null, createdAtMs: nowMs, createdBy: user, verify: null,
    };
    this.#save(item);
    const abort = new AbortController();
    const done = this.#last.then(() => this.#build(item, abort.signal)).finally(() => this.#running.delete(id));
    this.#last = done;
    this.#running.set(id, { abort, done });
    return item;
  }

  /** Resolves when an export is over, however it ended. */
  async finished(id: PackageId): Promise<EvidencePackage> {
    await this.#running.get(id)?.done;
    return this.#get(id);
  }

  /** Stops an export; nothing of it stays. */
  async cancel(id: PackageId): Promise<EvidencePackage> {
    this.#running.get(id)?.abort.abort();
    return this.finished(id);
  }

  /** Verifies a finished package and keeps the answer. */
  async verify(id: PackageId): Promise<VerifyReport> {
    const item = this.#get(id);
    if (item.file === null || item.state !== 'done') throw new FaultError(makeFault('package-unreadable', id, '这个证据包没有完成，无法核验'));
    const report = await verifyPackage(item.file, {});
    this.#save({ ...item, verify: report });
    return report;
  }

  /** Where a finished package lies; null when there is none. */
  findFile(id: PackageId): { path: string; name: string } | null {
    const item = this.#options.store.packages.get(id);
    return item?.state === 'done' && item.file !== null && existsSync(item.file) ? { path: item.file, name: `${item.id}.zip` } : null;
  }

  /** Cancels what runs and waits for it. */
  async stop(): Promise<void> {
    for (const running of this.#running.values()) running.abort.abort();
    await this.#last;
  }

  async #build(queued: EvidencePackage, signal: AbortSignal): Promise<void> {
    const { layout } = this.#options;
    let item: EvidencePackage = { ...queued, state: 'building' };
    const save = (change: Partial<EvidencePackage>): void => this.#save((item = { ...item, ...change }));
    const client = new PerceptionClient({ lane: 'decode', modelsDir: this.#options.modelsDir, userModelsDir: layout.models, onStatus: () => undefined });
    try {
      if (signal.aborted) throw new FaultError(makeFault('cancelled', item.id, '导出已取消'));
      client.start();
      const input = await this.#collect(item);
      const signingKey = await loadOrCreateSigningKey(layout.keys);
      const built = await buildPackage(input, this.#toIo(input, client, signal, signingKey), {
        signal, onProgress: (fraction, step) => save({ progress: fraction, step: stepNames[step] }),
      });
      const report = await verifyPackage(built.file, {});
      save({ state: 'done', progress: 1, step: '', file: built.file, bytes: built.bytes, sha256: built.sha256, verify: report });
      this.#remember(item, built.sha256);
    } catch (thrown) {
      const fault = toFault(thrown, item.id);
      if (fault.code === 'internal') process.stderr.write(`[evidence] ${thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown)}\n`);
      save({ state: fault.code === 'cancelled' ? 'cancelled' : 'failed', fault, step: '' });
    } finally {
      await client.stop();
    }
  }

  #remember(item: EvidencePackage, sha256: string): void {
    const { store } = this.#options;
    store.transact(() => {
      const flags = item.flagIds.map((flagId) => store.flags.get(flagId)).filter((flag) => flag !== null).map((flag) => ({ ...flag, exportedTo: [...flag.exportedTo, item.id] }));
      for (const flag of flags) store.flags.save(flag);
      if (flags.length > 0) store.journal.append('flagsCommitted', { flags }, Date.now());
      store.packages.addCustody({ atMs: Date.now(), user: item.createdBy, act: 'package-exported', roomId: item.roomId, detail: { packageId: item.id, sha256, fromMs: item.fromMs, toMs: item.toMs } });
    });
  }

  async #collect(item: EvidencePackage): Promise<PackageInput> {
    const { store, layout, rulePack } = this.#options;
    const media = store.recordings.listSegmentsInRange(item.roomId, item.fromMs, item.toMs);
    const beside = [...store.recordings.listSegmentsInRange(item.roomId, item.fromMs, item.toMs, 'audio'), ...store.recordings.listSegmentsInRange(item.roomId, item.fromMs, item.toMs, 'caption')];
    const sessionIds = [...new Set(media.map((segment) => segment.sessionId))];
    const inits = [...new Set([...media, ...beside].map((segment) => (segment.initFile === null ? null : `${segment.sessionId}/${segment.initFile}`)))]
      .filter((key) => key !== null).map((key) => {
        const [sessionId, file] = key.split('/') as [SessionId, string];
        return store.recordings.findFile(sessionId, file);
      }).filter((segment) => segment !== null);
    const room = store.rooms.get(item.roomId);
    const inRange = store.flags.list({ roomId: item.roomId, fromMs: item.fromMs, toMs: item.toMs, limit: 5000 });
    const chosen = item.flagIds.map((id) => store.flags.get(id)).filter((flag) => flag !== null);
    const flags = [...new Map([...chosen, ...inRange].map((flag) => [flag.id, flag])).values()].sort((a, b) => a.startMs - b.startMs);
    const observations = store.observations.list(item.roomId, item.fromMs, item.toMs, 100_000);
    return {
      packageId: item.id, outFile: item.file as string, fromMs: item.fromMs, toMs: item.toMs, createdAtMs: item.createdAtMs, createdBy: item.createdBy,
      workstationId: workstationIdOf(store), software: { name: 'zhibojian', version: this.#options.versions()['zhibojian'] ?? '' },
      room: { id: item.roomId, name: item.roomName, platform: room?.platform ?? '', host: room?.host ?? '', url: room?.url ?? '' },
      sessions: sessionIds.map((id) => store.recordings.getSession(id)),
      segments: [...inits, ...media, ...beside.sort((a, b) => a.seq - b.seq)].map((segment) => ({ record: toRecord(segment), path: join(toSessionDir(layout, segment.roomId, segment.sessionId), segment.file), leafIndex: segment.leafIndex })),
      gaps: store.recordings.listGaps(item.roomId, item.fromMs, item.toMs),
      flags: flags.map((flag) => ({ flag, history: store.flags.listHistory(flag.id) })),
      observations: observations.filter((observation) => observation.lane !== 'chat'),
      chat: await this.#chatAsReceived(item, sessionIds),
      capture: await this.#captureFacts(item, sessionIds),
      custody: store.packages.listCustody(item.roomId, Math.min(...media.map((segment) => segment.startMs)) - 86_400_000).map(({ atMs, user, act, detail }) => ({ atMs, user, act, detail })),
      rulePack: { ...rulePack, path: rulePackFile },
    };
  }

  // From the recorder's own file, since only that knows when each message arrived.
  async #chatAsReceived(item: EvidencePackage, sessionIds: readonly SessionId[]): Promise<ChatRecord[]> {
    const messages: ChatRecord[] = [];
    for (const sessionId of sessionIds) {
      const file = join(toSessionDir(this.#options.layout, item.roomId, sessionId), sessionFiles.chat);
      if (!existsSync(file)) continue;
      // The last line may still be being written: only whole ones count.
      for (const line of (await readFile(file, 'utf8')).split('\n').slice(0, -1)) {
        const message = ChatRecord.parse(JSON.parse(line));
        const atMs = Date.parse(message.at);
        if (atMs >= item.fromMs && atMs < item.toMs) messages.push(message);
      }
    }
    return messages;
  }

  async #captureFacts(item: EvidencePackage, sessionIds: readonly SessionId[]): Promise<Record<string, unknown>> {
    const { layout, versions } = this.#options;
    const connections: unknown[] = [];
    for (const sessionId of sessionIds) {
      const file = join(toSessionDir(layout, item.roomId, sessionId), sessionFiles.capture);
      if (!existsSync(file)) continue;
      for (const line of (await readFile(file, 'utf8')).split('\n')) if (line !== '') connections.push({ sessionId, ...(JSON.parse(line) as object) });
    }
    const { freeBytes, totalBytes } = await checkDisk(layout.root);
    return {
      connections, operator: item.createdBy, device: { hostname: hostname(), system: `${platform()} ${release()}` }, versions: versions(),
      preflight: { at: formatIso(Date.now()), disk: { freeBytes, totalBytes }, proxy: process.env['HTTPS_PROXY'] ?? process.env['HTTP_PROXY'] ?? null },
    };
  }

  #toIo(input: PackageInput, client: PerceptionClient, signal: AbortSignal, signingKey: PackageIo['signingKey']): PackageIo {
    const { store } = this.#options;
    const path = new Map(input.segments.map(({ record, path: file }) => [`${record.sessionId}/${record.file}`, file]));
    const media = input.segments.filter(({ record }) => record.kind === 'media').map(({ record, path: file }) => ({
      file, initFile: record.initFile === null ? null : path.get(`${record.sessionId}/${record.initFile}`) ?? null, container: record.container, encryption: record.encryption,
      startMs: record.startMs, durationMs: record.durationMs, discontinuity: record.discontinuity,
    }));
    const sound = input.segments.filter(({ record }) => record.kind === 'audio').map(({ record, path: file }) => ({
      file, initFile: record.initFile === null ? null : path.get(`${record.sessionId}/${record.initFile}`) ?? null, container: record.container, encryption: record.encryption, startMs: record.startMs,
    }));
    return {
      signingKey,
      log: {
        get size() {
          return store.log.size;
        },
        getNode: store.log.getNode, getLeaf: (index) => store.log.getLeaf(index),
        append: (kind, fact) => store.transact(() => store.log.append(kind, fact)),
      },
      cutClip: async (outFile) => {
        const reply = await client.request({ type: 'clip', outFile, fromMs: input.fromMs, toMs: input.toMs, segments: media, sound }, { timeoutMs: clipTimeoutMs, signal });
        if (reply.type !== 'clipped') throw new Error(`clip answered ${reply.type}`);
        return reply;
      },
      takeFrames: async (outDir, frames) => {
        const wishes = frames.flatMap(({ name, atMs }) => {
          const source = media.findLast((segment) => segment.startMs <= atMs) ?? media[0];
          return source === undefined ? [] : [{ name, atMs, file: source.file, initFile: source.initFile, container: source.container, encryption: source.encryption, startMs: source.startMs }];
        });
        const reply = await client.request({ type: 'frames', outDir, frames: wishes }, { timeoutMs: clipTimeoutMs, signal });
        if (reply.type !== 'framed') throw new Error(`frames answered ${reply.type}`);
        return reply.files;
      },
    };
  }

  #get(id: PackageId): EvidencePackage {
    const item = this.#options.store.packages.get(id);
    if (item === null) throw new FaultError(makeFault('not-found', id, '没有这个证据包'));
    return item;
  }

  #save(item: EvidencePackage): void {
    this.#options.store.packages.save(item);
    this.#options.onChanged(item);
  }
}

function toRecord(segment: StoredSegment): PackageInput['segments'][number]['record'] {
  const { leafIndex: _leaf, continuity: _continuity, ...record } = segment;
  return record;
}

function workstationIdOf(store: Store): string {
  const known = store.rooms.getSetting('workstation.id');
  if (known !== null) return known;
  const made = randomBytes(8).toString('hex');
  store.rooms.setSetting('workstation.id', made);
  return made;
}
