import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaultError, makeFault, toFault } from '../../contract/faults.ts';
import type { Flag } from '../../contract/flags.ts';
import type { RecordingSource } from '../../contract/recording.ts';
import type { Room, RoomTest } from '../../contract/rooms.ts';
import type { ModelStatus } from '../../contract/status.ts';
import type { LibraryLayout } from '../library/library-layout.ts';
import type { Caller, Handlers } from '../server/rpc-socket.ts';
import type { Store } from '../store/store.ts';
import type { EvidenceService } from './evidence-service.ts';
import { makeLibraryHandlers } from './library-handlers.ts';
import type { LibraryService } from './library-service.ts';
import type { PerceptionHost } from './perception-host.ts';
import type { RecorderHost } from './recorder-host.ts';
import type { RoomService } from './room-service.ts';
import type { StatusService } from './status-service.ts';

/** What the handlers work with. */
export type HandlerParts = {
  store: Store; layout: LibraryLayout; rooms: RoomService; recorder: RecorderHost; perception: PerceptionHost; evidence: EvidenceService; status: StatusService; library: LibraryService;
  models: () => Promise<ModelStatus[]>;
  demo: { isRunning: () => boolean; start: () => Promise<Room[]> };
  /** The journal has grown. */
  onJournal: () => void;
};

const nobody = '检查员';

/** One handler per method of the contract. */
export function makeHandlers(parts: HandlerParts): Handlers {
  const { store, rooms, recorder, perception, evidence, status } = parts;
  const nameOf = (caller: Caller): string => (caller.userName === '' ? nobody : caller.userName);
  const flagChanged = (flag: Flag, caller: Caller, act: string): Flag => {
    store.journal.append('flagsCommitted', { flags: [flag] }, Date.now());
    store.packages.addCustody({ atMs: Date.now(), user: nameOf(caller), act, roomId: flag.roomId, detail: { flagId: flag.id, state: flag.state, reason: flag.reason, note: flag.note } });
    return flag;
  };
  const afterReview = (flag: Flag): Flag => {
    parts.onJournal();
    rooms.announce(flag.roomId);
    return flag;
  };
  return {
    'status.get': () => status.get(),
    'models.list': () => parts.models(),
    'rooms.list': () => rooms.list(),
    'rooms.test': (source) => testRoom(recorder, perception, { ...source, chatUrl: null }),
    'rooms.add': ({ start, ...input }) => rooms.add(input, { start }),
    'rooms.update': ({ id, ...input }) => rooms.update(id, input),
    'rooms.remove': ({ id }) => {
      rooms.remove(id);
      return {};
    },
    'rooms.restore': ({ id }) => rooms.restore(id),
    'rooms.start': ({ id }) => rooms.setEnabled(id, true),
    'rooms.stop': ({ id }) => rooms.setEnabled(id, false),
    'demo.offer': () => ({ available: true, running: parts.demo.isRunning() }),
    'demo.start': () => parts.demo.start(),
    'sessions.list': ({ roomId, limit, beforeMs }) => store.recordings.listSessions(roomId, limit, beforeMs),
    'gaps.list': ({ roomId, fromMs, toMs }) => store.recordings.listGaps(roomId, fromMs, toMs),
    'events.list': ({ roomId, fromMs, toMs }) => store.recordings.listEvents(roomId, fromMs, toMs),
    'observations.list': ({ roomId, fromMs, toMs, limit }) => store.observations.list(roomId, fromMs, toMs, limit),
    'waveform.list': ({ roomId, fromMs, toMs }) => store.observations.listWaveform(roomId, fromMs, toMs),
    'stills.list': ({ roomId, fromMs, toMs, limit }) => store.observations.listStills(roomId, fromMs, toMs, limit),
    'flags.list': (query) => store.flags.list(query),
    'flags.get': ({ id }) => findFlag(store, id),
    'flags.review': ({ id, state, reason, note }, caller) => afterReview(store.transact(() => flagChanged(
      store.flags.review(findFlag(store, id), { state, reason: state === 'dismissed' ? reason : null, note, reviewedBy: nameOf(caller), reviewedAtMs: Date.now() }), caller, 'flag-reviewed'))),
    'flags.undo': (_params, caller) => {
      const flag = store.transact(() => {
        const restored = store.flags.undo(nameOf(caller));
        return restored === null ? null : flagChanged(restored, caller, 'flag-review-undone');
      });
      return flag === null ? null : afterReview(flag);
    },
    'evidence.list': () => evidence.list(),
    'evidence.export': (request, caller) => evidence.start(request, nameOf(caller)),
    'evidence.cancel': ({ id }) => evidence.cancel(id),
    'evidence.verify': ({ id }) => evidence.verify(id),
    ...makeLibraryHandlers(store, parts.library, nameOf, parts.onJournal),
  };
}

function findFlag(store: Store, id: Flag['id']): Flag {
  const flag = store.flags.get(id);
  if (flag === null) throw new FaultError(makeFault('not-found', id, '没有这条线索'));
  return flag;
}

async function testRoom(recorder: RecorderHost, perception: PerceptionHost, source: RecordingSource): Promise<RoomTest> {
  const { url } = source;
  const { test, file, initFile } = await recorder.test(source);
  if (file === null) return test;
  try {
    const probed = await perception.probe(file, initFile);
    const detail = [probed.videoCodec, probed.audioCodec, probed.width === null ? null : `${probed.width}×${probed.height ?? 0}`].filter((part) => part !== null).join(' · ');
    const fault = probed.decodes ? null : makeFault('segment-undecodable', url, '收到的分段不能解码');
    test.steps.push({ name: 'decode', ok: probed.decodes, detail: detail === '' ? fault?.message ?? '' : detail, fault });
    test.ok &&= probed.decodes;
  } catch (thrown) {
    const fault = toFault(thrown, url);
    test.steps.push({ name: 'decode', ok: false, detail: fault.message, fault });
    test.ok = false;
  } finally {
    await rm(dirname(file), { recursive: true, force: true });
  }
  return test;
}
