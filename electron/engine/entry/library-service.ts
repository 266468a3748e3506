import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { FaultError, makeFault, toFault, type Fault } from '../../contract/faults.ts';
import { SessionId, type RoomId } from '../../contract/ids.ts';
import type { LibraryOverview, LibrarySettings, LibrarySettingsChange, LibraryTask, TargetPreflight } from '../../contract/library.ts';
import { exportSession } from '../library/exporter.ts';
import { makePace } from '../library/file-verifier.ts';
import { toSessionDir, type LibraryLayout } from '../library/library-layout.ts';
import { copyRecordings, listRecordingFiles } from '../library/mover.ts';
import { checkQuotas, type Usage } from '../library/quota.ts';
import { isRecordingsDirPresent, writeRecordingsRoot } from '../library/recordings-root.ts';
import { PerceptionClient } from '../perception/perception-client.ts';
import { minFreeBytes, setMinFreeBytes } from '../recorder/disk-fault.ts';
import { DiskProbe } from '../recorder/disk-probe.ts';
import type { StoredRoom } from '../store/room-store.ts';
import type { Store } from '../store/store.ts';
import { ImportPayload, makeViewPieces, runImport, type ImporterParts } from './library-importer.ts';
import { changeLibrarySettings, readLibrarySettings } from './library-settings.ts';
import { LibraryTasks, type TaskRun } from './library-tasks.ts';
import { isCancelled, RehashPass } from './rehash-pass.ts';
import { RetentionService } from './retention-service.ts';
import { checkTarget } from './target-preflight.ts';

/** The part of the recorder's host that the library steers; the command line has none. */
export type RecorderControl = {
  getLive: (roomId: RoomId) => { sessionId: SessionId | null } | null;
  setGate: (roomId: RoomId | null, fault: Fault | null) => void;
  setMinFreeBytes: (bytes: number) => void;
  holdNewRooms: (fault: Fault | null) => void;
  suspend: <T>(run: () => Promise<T>) => Promise<T>;
};

/** What the service works with. */
export type LibraryServiceOptions = {
  store: Store; layout: LibraryLayout; modelsDir: string; recorder: RecorderControl | null; analyse: boolean;
  /** How many decode jobs wait: reading in the background gives way to them. */
  waitingJobs: () => number;
  onTask: (task: LibraryTask) => void;
  onOverview: (overview: LibraryOverview) => void;
  onJournal: () => void;
  onRoom: (room: StoredRoom) => void;
  onNotice: (fault: Fault) => void;
};

const tickMs = 3000;
const retentionEveryMs = 3_600_000;
const busyJobs = 20;
const freshMs = 120_000;
const oldDirKey = 'library-old-recordings';
const MovePayload = z.object({ target: z.string(), user: z.string() });
const ExportPayload = z.object({ target: z.string(), sessionIds: z.array(SessionId), user: z.string() });
const VerifyPayload = z.object({ sessionId: SessionId.nullable(), sessionIds: z.array(SessionId).default([]) });

/** The library as people steer it: gates and quotas, retention, checks, imports, exports, the move to another disk. */
export class LibraryService {
  readonly retention: RetentionService;
  readonly tasks: LibraryTasks;
  readonly #options: LibraryServiceOptions;
  readonly #rehash: RehashPass;
  readonly #probe = new DiskProbe();
  readonly #stop = new AbortController();
  readonly #gatedRooms = new Set<RoomId>();
  #settings: LibrarySettings;
  #quotaFault: Fault | null = null;
  #slowFault: Fault | null = null;
  #goneFault: Fault | null = null;
  #timer: NodeJS.Timeout | null = null;
  #nextRetentionMs = 0;
  #background: Promise<void> = Promise.resolve();
  #isBackgroundBusy = false;

  constructor(options: LibraryServiceOptions) {
    this.#options = options;
    const { store, layout } = options;
    this.#settings = readLibrarySettings(store);
    const isRunning = (roomId: RoomId, sessionId: SessionId): boolean => (options.recorder === null ? isFresh(store, sessionId) : options.recorder.getLive(roomId)?.sessionId === sessionId);
    this.retention = new RetentionService({ store, layout, settings: () => this.#settings, isRunning });
    this.#rehash = new RehashPass({ store, layout, settings: () => this.#settings, isRunning, busyBecause: () => this.#busyBecause(), onAltered: options.onNotice });
    this.tasks = new LibraryTasks(store, {
      import: (payload, run) => runImport(this.#importer, ImportPayload.parse(payload), run),
      export: (payload, run) => this.#export(ExportPayload.parse(payload), run),
      verify: (payload, run) => this.#verify(VerifyPayload.parse(payload), run),
      move: (payload, run) => this.#move(MovePayload.parse(payload), run),
    }, (task) => {
      options.onTask(task);
      options.onJournal();
      if (task.endedAtMs !== null) this.#announce();
    });
    this.#applySettings();
    if (!isRecordingsDirPresent(layout)) options.recorder?.setGate(null, makeFault('disk-gone', layout.rooms, `录像盘不在：${layout.rooms}`, { retryable: true }));
  }

  /** Judges disk and quotas now and then every few seconds; checks files and runs retention in the background. */
  async start(): Promise<void> {
    await this.retention.finishPurges();
    await this.tick();
    this.#timer = setInterval(() => void this.tick(), tickMs);
    this.#background = this.#packViews();
  }

  /** Stops everything and waits for it. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stop.abort();
    await this.tasks.stop();
    await this.#background;
  }

  /** The fault of a disk that is gone or slow, for the status; null while neither. */
  get diskFault(): Fault | null {
    return this.#goneFault ?? this.#slowFault;
  }

  /** The library as a whole. */
  overview(): LibraryOverview {
    const { store, layout } = this.#options;
    const usage = this.#usage();
    const deletions = store.deletions.list();
    const scheduled = new Set(deletions.filter((item) => item.deletedMs === null).map((item) => item.sessionId));
    const sizes = store.recordings.listSizes();
    const { runningSessionId, doneBytes } = this.#rehash.progress;
    return {
      settings: this.#settings, minFreeBytes: minFreeBytes(), recordingsDir: layout.rooms, sessions: sizes.length, bytes: usage.totalBytes,
      scheduledBytes: sizes.reduce((sum, session) => sum + (scheduled.has(session.id) ? session.fileBytes : 0), 0), deletedSessions: deletions.length - scheduled.size,
      bytesByRoom: Object.fromEntries(usage.byRoom), holds: store.holds.list(null, false).length, alteredFiles: store.deletions.listAltered().length,
      rehash: { due: this.#rehash.listDue(Date.now()).length, runningSessionId, doneBytes, pausedBecause: this.#busyBecause() },
      writeLatencyMs: this.#probe.p90Ms, quotaFault: this.#quotaFault, oldRecordingsDir: this.#oldDir(),
    };
  }

  /** Changes settings; they hold at once. */
  configure(change: LibrarySettingsChange, user: string): LibraryOverview {
    this.#settings = changeLibrarySettings(this.#options.store, change, user);
    this.#applySettings();
    this.#judgeQuotas();
    return this.#announce();
  }

  /** Checks some sessions, or all of them where none is named. */
  startVerify(sessionIds: readonly SessionId[], user: string): LibraryTask {
    this.retention.get(sessionIds);
    return this.tasks.start('verify', sessionIds.length === 1 ? sessionIds[0] ?? '' : '', { sessionId: null, sessionIds }, user);
  }

  /** Whether a move (no sessions) or an export (of these sessions) could go to a folder, before anything is copied. */
  preflight(target: string, sessionIds: readonly SessionId[]): Promise<TargetPreflight> {
    const { layout, store } = this.#options;
    const wanted = new Set<string>(sessionIds);
    const neededBytes = sessionIds.length === 0 ? this.#usage().totalBytes : store.recordings.listSizes().reduce((sum, item) => sum + (wanted.has(item.id) ? item.fileBytes : 0), 0);
    return checkTarget({ target, recordingsDir: layout.rooms, neededBytes, isMove: sessionIds.length === 0 });
  }

  /** Brings recordings in. */
  startImport(input: Omit<ImportPayload, 'user'>, user: string): LibraryTask {
    return this.tasks.start('import', input.paths.map((path) => basename(path)).join('、').slice(0, 200), { ...input, user } satisfies ImportPayload, user);
  }

  /** Copies whole sessions out. */
  startExport(sessionIds: SessionId[], target: string, user: string): LibraryTask {
    for (const item of this.retention.get(sessionIds)) {
      if (item.state === 'deleted') throw new FaultError(makeFault('conflict', item.id, '这场录像的文件已经删除'));
      if (item.state === 'recording') throw new FaultError(makeFault('conflict', item.id, '这场直播还在录制，结束后再整场导出'));
    }
    return this.tasks.start('export', target, { sessionIds, target: resolve(target), user }, user);
  }

  /** Moves the recordings below another folder. */
  startMove(target: string, user: string): LibraryTask {
    const { layout } = this.#options;
    const to = resolve(target);
    if (this.tasks.isActive('move')) throw new FaultError(makeFault('library-busy', to, '录像正在迁移'));
    if (to === layout.rooms || to.startsWith(layout.rooms + sep) || layout.rooms.startsWith(to + sep)) throw new FaultError(makeFault('bad-request', to, '新位置不能在录像文件夹之内，也不能包含它'));
    return this.tasks.start('move', to, { target: to, user }, user);
  }

  /** After a move: removes the old copy, once every file is found in the new place. */
  async removeOld(user: string): Promise<LibraryOverview> {
    const { store, layout } = this.#options;
    const old = this.#oldDir();
    if (old === null || old === layout.rooms) throw new FaultError(makeFault('not-found', 'library', '没有待清理的旧副本'));
    for (const file of listRecordingFiles(old, (id) => store.recordings.listSegments(id))) {
      const moved = await stat(join(layout.rooms, file.path)).catch(() => null);
      if (file.sha256 !== null && moved?.size !== file.bytes) throw new FaultError(makeFault('library-altered', file.path, '新位置缺少文件，旧副本保留'));
    }
    await rm(old, { recursive: true, force: true });
    store.rooms.setSetting(oldDirKey, '');
    store.packages.addCustody({ atMs: Date.now(), user, act: 'library-old-copy-removed', roomId: null, detail: { dir: old } });
    return this.#announce();
  }

  /** One round of judging the disk and the quotas, and of the background work if it is due. */
  async tick(): Promise<void> {
    const { layout, recorder, onNotice } = this.#options;
    if (this.#stop.signal.aborted) return;
    const gone = isRecordingsDirPresent(layout) && existsSync(layout.rooms) ? null : makeFault('disk-gone', layout.rooms, `录像盘不在：${layout.rooms}`, { retryable: true });
    if (gone !== null && this.#goneFault === null) onNotice(gone);
    this.#goneFault = gone;
    if (gone === null) void this.#probe.measure(layout.rooms);
    const slow = gone === null ? this.#probe.judge(layout.rooms, this.#settings.slowDiskMs) : null;
    if ((slow === null) !== (this.#slowFault === null)) {
      recorder?.holdNewRooms(slow);
      if (slow !== null) onNotice(slow);
    }
    this.#slowFault = slow;
    this.#judgeQuotas();
    if (this.#isBackgroundBusy) return;
    this.#isBackgroundBusy = true;
    this.#background = this.#background.then(() => this.#workInBackground()).finally(() => (this.#isBackgroundBusy = false));
  }

  async #workInBackground(): Promise<void> {
    try {
      if (Date.now() >= this.#nextRetentionMs) {
        this.#nextRetentionMs = Date.now() + retentionEveryMs;
        const { scheduled, purged } = await this.retention.runAutomatic(Date.now());
        if (scheduled + purged > 0) this.#announce();
      }
      if (this.#settings.rehash && this.#goneFault === null && this.#busyBecause() === null && (await this.#rehash.checkNext(this.#stop.signal))) this.#announce();
    } catch (thrown) {
      this.#tellUnlessCancelled(thrown);
    }
  }

  #tellUnlessCancelled(thrown: unknown): void {
    if (isCancelled(thrown)) return;
    const fault = toFault(thrown, 'library');
    if (fault.code === 'internal') throw thrown;
    this.#options.onNotice(fault);
  }

  // Derived pieces can be thrown away; what is missing is made again at start.
  async #packViews(): Promise<void> {
    const { store, layout, modelsDir } = this.#options;
    const missing = [...store.tasks.listImported().keys()].filter((id) => store.deletions.get(id) === null && store.tasks.listPieces(id).length === 0)
      .filter((id) => store.recordings.listTail(id, 1)[0]?.container === 'file');
    if (missing.length === 0) return;
    const client = new PerceptionClient({ lane: 'decode', modelsDir, userModelsDir: layout.models, onStatus: () => undefined });
    client.start();
    try {
      for (const id of missing) {
        const session = store.recordings.getSession(id);
        if (session !== null) await makeViewPieces(this.#importer, session.roomId, id, client, this.#stop.signal).catch((thrown: unknown) => this.#tellUnlessCancelled(thrown));
      }
    } finally {
      await client.stop();
    }
  }

  async #verify({ sessionId, sessionIds }: z.infer<typeof VerifyPayload>, run: TaskRun): Promise<LibraryTask['result']> {
    const { store } = this.#options;
    const wanted = new Set(sessionId === null ? sessionIds : [sessionId]);
    const sessions = store.recordings.listSizes().filter((item) => (wanted.size === 0 || wanted.has(item.id)) && !store.deletions.isDeleted(item.id));
    run.setTotal(sessions.reduce((sum, item) => sum + item.fileBytes, 0), sessions.length);
    let altered = 0;
    for (const session of sessions) {
      altered += await this.#rehash.check(session, run.signal, () => null, (bytes) => run.add(bytes, 0));
      run.add(0, 1);
    }
    return { sessionId: sessionId ?? (sessions.length === 1 ? sessions[0]?.id ?? null : null), sessions: sessions.length, altered };
  }

  async #export({ target, sessionIds, user }: z.infer<typeof ExportPayload>, run: TaskRun): Promise<LibraryTask['result']> {
    const { store, layout } = this.#options;
    const sizes = new Map(store.recordings.listSizes().map((item) => [item.id, item.fileBytes]));
    run.setTotal(sessionIds.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0), sessionIds.length);
    let folder = '';
    for (const session of this.retention.get(sessionIds)) {
      const room = store.rooms.get(session.roomId) ?? { id: session.roomId, name: session.roomName, url: `room:${session.roomId}`, chatUrl: null, platform: '', host: '', note: '', sourceKind: 'auto' as const, allowPrivate: null, demo: false, enabled: false, createdAtMs: session.startMs };
      const segments = store.recordings.listSegments(session.id);
      const leaves = segments.map((segment) => store.log.getLeaf(segment.leafIndex)?.data ?? '');
      folder = await exportSession({ dir: toSessionDir(layout, session.roomId, session.id), room, session, segments, leaves, logHead: store.log.head }, target, makePace(run.signal, () => null), (bytes) => run.add(bytes, 0));
      store.packages.addCustody({ atMs: Date.now(), user, act: 'recording-exported', roomId: session.roomId, detail: { sessionId: session.id, folder } });
      run.add(0, 1);
    }
    return { target, folder, sessions: sessionIds.length };
  }

  async #move({ target, user }: z.infer<typeof MovePayload>, run: TaskRun): Promise<LibraryTask['result']> {
    const { store, layout, recorder } = this.#options;
    const from = layout.rooms;
    if (existsSync(target) && (await readdir(target)).some((name) => !existsSync(join(from, name)) && name !== 'zhibojian-recordings.json')) throw new FaultError(makeFault('bad-request', target, '新位置不是空文件夹'));
    const list = () => listRecordingFiles(from, (id) => store.recordings.listSegments(id));
    const first = list();
    run.setTotal(first.reduce((sum, file) => sum + file.bytes, 0), first.length);
    const pace = makePace(run.signal, () => null);
    const copied = new Set<string>();
    // What has a hash never changes again; lists still grow and are copied while recording rests.
    await copyRecordings(first.filter((file) => file.sha256 !== null), from, target, pace, (file) => {
      copied.add(file.path);
      run.add(file.bytes, 1);
    });
    const finish = async (): Promise<number> => {
      const rest = list().filter((file) => !copied.has(file.path));
      await copyRecordings(rest, from, target, pace, (file) => run.add(file.bytes, 1));
      writeRecordingsRoot(layout.root, target);
      layout.rooms = target;
      return rest.length;
    };
    await (recorder === null ? finish() : recorder.suspend(finish));
    store.rooms.setSetting(oldDirKey, from);
    store.packages.addCustody({ atMs: Date.now(), user, act: 'library-moved', roomId: null, detail: { from, to: target, files: first.length } });
    return { from, to: target, files: first.length };
  }

  get #importer(): ImporterParts {
    const { store, layout, modelsDir, analyse, onRoom, onJournal } = this.#options;
    return { store, layout, modelsDir, analyse, onRoom, onCommitted: onJournal };
  }

  #busyBecause(): string | null {
    if (this.tasks.isActive('move')) return 'move';
    if (this.#slowFault !== null) return 'disk-slow';
    return this.#options.waitingJobs() > busyJobs ? 'analysis-behind' : null;
  }

  #usage(): Usage {
    const { store } = this.#options;
    const deleted = new Set(store.deletions.list().filter((item) => item.deletedMs !== null).map((item) => item.sessionId));
    const byRoom = new Map<RoomId, number>();
    let totalBytes = 0;
    for (const session of store.recordings.listSizes()) {
      if (deleted.has(session.id)) continue;
      totalBytes += session.fileBytes;
      byRoom.set(session.roomId, (byRoom.get(session.roomId) ?? 0) + session.fileBytes);
    }
    return { totalBytes, byRoom };
  }

  #judgeQuotas(): void {
    const { recorder, onNotice } = this.#options;
    const { total, rooms } = checkQuotas(this.#settings, this.#usage());
    if (total !== null && this.#quotaFault === null) onNotice(total);
    this.#quotaFault = total;
    recorder?.setGate(null, this.#goneFault ?? total);
    for (const roomId of this.#gatedRooms) if (!rooms.has(roomId)) recorder?.setGate(roomId, null);
    for (const [roomId, fault] of rooms) {
      if (!this.#gatedRooms.has(roomId)) onNotice(fault);
      recorder?.setGate(roomId, fault);
    }
    this.#gatedRooms.clear();
    for (const roomId of rooms.keys()) this.#gatedRooms.add(roomId);
  }

  #applySettings(): void {
    setMinFreeBytes(this.#settings.minFreeMb * 1_048_576);
    this.#options.recorder?.setMinFreeBytes(minFreeBytes());
  }

  #oldDir(): string | null {
    const old = this.#options.store.rooms.getSetting(oldDirKey);
    return old === null || old === '' ? null : old;
  }

  #announce(): LibraryOverview {
    const overview = this.overview();
    this.#options.onOverview(overview);
    this.#options.onJournal();
    return overview;
  }
}

// Without the recorder at hand (command line beside a running engine): open and grown lately counts as running.
function isFresh(store: Store, sessionId: SessionId): boolean {
  const session = store.recordings.getSession(sessionId);
  const last = store.recordings.listTail(sessionId, 1)[0];
  return session?.endMs === null && last !== undefined && Date.now() - last.arrivedAtMs < freshMs;
}
