import { mkdirSync, rmSync } from 'node:fs';

import { makeFault, type Fault } from '../../contract/faults.ts';
import { PackageId, type RoomId } from '../../contract/ids.ts';
import type { Flag } from '../../contract/flags.ts';
import type { Room } from '../../contract/rooms.ts';
import type { ModelStatus } from '../../contract/status.ts';
import { toLayout } from '../library/library-layout.ts';
import { toPlaylist } from '../library/session-playlist.ts';
import { repairLibrary, type Ingested } from '../library/session-ingest.ts';
import { listModels } from '../perception/model-registry.ts';
import { countTerms, loadRulePack } from '../screening/rule-pack.ts';
import { createScreener } from '../screening/screener.ts';
import { startServer, type RunningServer } from '../server/http-server.ts';
import { RpcHub } from '../server/rpc-socket.ts';
import type { Store } from '../store/store.ts';
import { verifyPackage } from '../evidence/package-verifier.ts';
import { DemoHost, type DemoRoom } from './demo-host.ts';
import { openLibraryStore } from './library-store.ts';
import { EvidenceService } from './evidence-service.ts';
import { LibraryService } from './library-service.ts';
import { isRecordingsDirPresent } from '../library/recordings-root.ts';
import { bundledModelsDir, rendererDir, rulePackFile } from './program-files.ts';
import { PerceptionHost } from './perception-host.ts';
import { RecorderHost } from './recorder-host.ts';
import { RoomService } from './room-service.ts';
import { ViewService } from './view-service.ts';
import { makeHandlers } from './rpc-handlers.ts';
import { ScreeningHost } from './screening-host.ts';
import { StatusService } from './status-service.ts';
import { appVersion } from '../supervise/app-version.ts';

/** How an engine is started. */
export type EngineOptions = {
  dataDir: string; port: number; host: string;
  /** Add the demo rooms and record them. */
  demo: boolean;
  shell: string;
  /** One line per room state and flag, for a terminal. */
  onLine: (line: string) => void;
};

/** A running engine. */
export type Engine = { url: string; ticketUrl: string; isFirstRun: boolean; stop(): Promise<void> };

/** Starts everything and resolves once the window can be opened. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const layout = toLayout(options.dataDir);
  const { store, lost } = openLibraryStore(layout);
  rmSync(layout.scratch, { recursive: true, force: true });
  for (const dir of [...(isRecordingsDirPresent(layout) ? [layout.rooms] : []), layout.derived, layout.packages, layout.scratch]) mkdirSync(dir, { recursive: true });
  const isFirstRun = store.rooms.list().length === 0 && store.journal.lastCursor === 0;
  const pack = loadRulePack(rulePackFile);
  const screener = createScreener(pack);
  let models: ModelStatus[] = await listModels(bundledModelsDir, layout.models);
  const nameOf = (id: RoomId): string => store.rooms.get(id)?.name ?? id;

  const notice = (fault: Fault): void => {
    options.onLine(`! ${fault.message}`);
    hub.broadcast('notice', { level: fault.retryable ? 'warning' : 'error', fault, atMs: Date.now() });
  };
  const statusChanged = (): void => hub.broadcast('statusChanged', status.get());
  const committed = (): void => {
    screening.pump();
    hub.pump();
    perception.wake();
  };
  const clockChanged = (change: () => void): void => {
    const wasRight = status.clockTrouble === null;
    change();
    if (wasRight !== (status.clockTrouble === null)) for (const room of rooms.list()) rooms.announce(room.id);
  };
  const recorder = new RecorderHost({
    store, layout, analyse: true, untilEnd: false,
    onIngested: (_roomId, ingested: Ingested) => {
      if (ingested.segments.length + ingested.gaps.length + ingested.chat.length > 0) committed();
    },
    onState: (roomId, live) => {
      options.onLine(`${nameOf(roomId)} · ${live.state}${live.fault === null ? '' : ` · ${live.fault.message}`}`);
      rooms.announce(roomId);
    },
    onClockStep: (stepMs) => clockChanged(() => status.noteClockStep(stepMs)),
    onClock: (offsetMs, source, uncertaintyMs) => clockChanged(() => status.setClock(offsetMs, source, uncertaintyMs)),
    onStopped: (roomId) => rooms.announce(roomId),
    onStatus: statusChangedLater,
    onNotice: notice,
  });
  const screening = new ScreeningHost(store, screener, pack.hash, (flags: Flag[]) => {
    for (const flag of flags.filter((item) => item.sources.length === 1)) options.onLine(`▲ ${nameOf(flag.roomId)} · ${flag.subtypeName} · ${flag.quote}`);
    for (const roomId of new Set(flags.map((flag) => flag.roomId))) rooms.announce(roomId);
  });
  const perception = new PerceptionHost({ store, layout, modelsDir: bundledModelsDir, onCommitted: committed, onStatus: statusChangedLater, onNotice: notice });
  const rooms: RoomService = new RoomService(store, layout, recorder, {
    changed: (room: Room) => hub.broadcast('roomChanged', room), removed: (id) => hub.broadcast('roomRemoved', { id }),
  }, () => status.clockTrouble);
  const demo = new DemoHost((served) => placeDemoRooms(rooms, store, served, placeAll), statusChangedLater);
  let placeAll = options.demo;
  const views = new ViewService(store, layout, perception);
  const evidence = new EvidenceService({
    store, layout, rulePack: { hash: pack.hash, version: pack.version }, modelsDir: bundledModelsDir, versions: () => ({ zhibojian: appVersion, node: process.versions.node, ...perception.versions }),
    onChanged: (item) => {
      hub.broadcast('packageChanged', item);
      hub.pump();
    },
  });
  const library = new LibraryService({
    store, layout, modelsDir: bundledModelsDir, recorder, analyse: true, waitingJobs: () => perception.laneStatuses.reduce((sum, lane) => sum + lane.waiting, 0),
    onTask: (task) => hub.broadcast('libraryTaskChanged', task), onOverview: (overview) => hub.broadcast('libraryChanged', overview), onJournal: () => committed(),
    onRoom: (room) => rooms.adopt(room.id), onNotice: notice,
  });
  const status: StatusService = new StatusService({
    store, dataDir: () => layout.rooms, diskFault: () => library.diskFault, shell: options.shell, recordingRooms: () => rooms.list().filter((room) => room.state === 'live' || room.state === 'stalled' || room.state === 'clock-wrong').length,
    children: () => [recorder.status, ...perception.childStatuses, ...(demo.isRunning ? [demo.status] : [])], lanes: () => perception.laneStatuses,
    models: () => models, versions: () => perception.versions, rulePack: { version: pack.version, hash: pack.hash, terms: countTerms(pack) },
    onChanged: () => statusChanged(), onGate: notice,
  });
  const hub = new RpcHub(makeHandlers({
    store, layout, rooms, recorder, perception, evidence, status, library, models: async () => (models = await listModels(bundledModelsDir, layout.models)),
    demo: {
      isRunning: () => demo.isRunning,
      start: async () => {
        placeAll = true;
        const served = await demo.start();
        placeDemoRooms(rooms, store, served, true);
        return rooms.list().filter((room) => room.demo);
      },
    },
    onJournal: () => hub.pump(),
  }), store.journal, appVersion);

  let statusTimer: NodeJS.Timeout | null = null;
  let isStopping = false;
  function statusChangedLater(): void {
    if (isStopping) return;
    statusTimer ??= setTimeout(() => {
      statusTimer = null;
      statusChanged();
    }, 200);
  }

  if (lost !== null) {
    const restored = rooms.restoreFromBackup();
    notice({ ...lost, message: `${lost.message}；恢复了 ${restored} 个直播间` });
  }
  recorder.start(); // its process starts while the library is put in order
  const repair = repairLibrary(store, layout, { analyse: true, nowMs: Date.now() });
  if (repair.ingested + repair.renamed + repair.discardedParts + repair.cutBytes > 0) options.onLine(`录制库已整理：补登 ${repair.ingested} 段，续完 ${repair.renamed} 段，弃去未收完 ${repair.discardedParts} 段`);
  if (repair.setAside + repair.missing > 0) notice(makeFault('library-altered', layout.rooms, `整理录制库时发现 ${repair.missing} 个文件缺失、${repair.setAside} 行记录无法读取；其余照常，详见录像库`));
  rooms.startAll((room) => room.demo);
  screening.pump();
  const server: RunningServer = await startServer({
    rendererDir, derivedDir: layout.derived,
    makePlaylist: (roomId, sessionId, name) => toPlaylist(store, roomId, sessionId, name),
    findSegmentFile: (roomId, sessionId, file) => views.find(roomId, sessionId, file),
    findPackage: (id) => {
      const parsed = PackageId.safeParse(id);
      return parsed.success ? evidence.findFile(parsed.data) : null;
    },
    scratchDir: layout.scratch, verifyUpload: (file) => verifyPackage(file, {}),
    onSocket: (socket) => hub.attach(socket),
  }, { port: options.port, host: options.host });
  await library.start();
  await status.start();
  perception.start();
  if (options.demo || store.rooms.list().some((room) => room.demo)) await demo.start();
  return {
    url: server.url, ticketUrl: server.makeTicketUrl(), isFirstRun,
    stop: async () => {
      isStopping = true;
      status.stop();
      await library.stop();
      if (statusTimer !== null) clearTimeout(statusTimer);
      await Promise.all([recorder.stop(), perception.stop(), evidence.stop(), demo.stop()]);
      await server.close();
      store.close();
    },
  };
}

function placeDemoRooms(rooms: RoomService, store: Store, served: readonly DemoRoom[], all: boolean): void {
  for (const room of served) {
    const known = store.rooms.list().find((item) => item.id === room.id);
    const input = { name: room.name, url: room.url, chatUrl: room.chatUrl, platform: room.platform, host: room.host, note: '', sourceKind: 'auto' as const, allowPrivate: true };
    if (known === undefined && all) rooms.add(input, { start: true, demo: true, id: room.id });
    else if (known !== undefined) {
      rooms.update(room.id, { ...known, url: room.url, chatUrl: room.chatUrl });
      if (known.enabled) rooms.setEnabled(room.id, true);
    }
  }
}
