import type { libraryMethods } from '../../contract/library.ts';
import type { Caller, Handlers } from '../server/rpc-socket.ts';
import type { Store } from '../store/store.ts';
import type { LibraryService } from './library-service.ts';

/** The handlers of the library's methods; `nameOf` says who a caller is in records. */
export function makeLibraryHandlers(store: Store, library: LibraryService, nameOf: (caller: Caller) => string, onJournal: () => void): Pick<Handlers, keyof typeof libraryMethods> {
  const { retention, tasks } = library;
  const told = <T>(result: T): T => {
    onJournal();
    return result;
  };
  return {
    'library.get': () => library.overview(),
    'library.configure': (change, caller) => library.configure(change, nameOf(caller)),
    'recordings.list': ({ roomId, limit, offset }) => retention.list(roomId, limit, offset),
    'hold.add': (input, caller) => told(retention.addHold(input, nameOf(caller))),
    'hold.release': ({ id, reason }, caller) => told(retention.releaseHold(id, reason, nameOf(caller))),
    'hold.list': ({ roomId, released }) => store.holds.list(roomId, released),
    'retention.plan': () => retention.plan(Date.now()),
    'retention.schedule': ({ sessionIds, early, reason }, caller) => told(retention.schedule(sessionIds, { early, reason }, nameOf(caller))),
    'retention.undo': ({ sessionIds }, caller) => told(retention.undo(sessionIds, nameOf(caller))),
    'retention.purge': async ({ sessionIds }, caller) => told(await retention.purge(sessionIds, nameOf(caller))),
    'verify.start': ({ sessionId, sessionIds }, caller) => library.startVerify(sessionId === null ? sessionIds : [sessionId], nameOf(caller)),
    'verify.altered': () => store.deletions.listAltered(),
    'library.preflight': ({ target, sessionIds }) => library.preflight(target, sessionIds),
    'library.move': ({ target }, caller) => library.startMove(target, nameOf(caller)),
    'library.removeOld': (_params, caller) => library.removeOld(nameOf(caller)),
    'import.start': (input, caller) => library.startImport(input, nameOf(caller)),
    'import.list': () => tasks.list().filter((task) => task.kind === 'import'),
    'import.cancel': ({ id }) => tasks.cancel(id),
    'recordings.export': ({ sessionIds, target }, caller) => library.startExport(sessionIds, target, nameOf(caller)),
    'tasks.list': () => tasks.list(),
    'tasks.cancel': ({ id }) => tasks.cancel(id),
    'tasks.resume': ({ id }) => tasks.resume(id),
  };
}
