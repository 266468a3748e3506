import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import type { RoomId, SessionId } from '../../contract/ids.ts';
import type { LibrarySettings } from '../../contract/library.ts';
import { makePace, verifySegments } from '../library/file-verifier.ts';
import { toSessionDir, type LibraryLayout } from '../library/library-layout.ts';
import type { Store } from '../store/store.ts';

/** What the pass works with. */
export type RehashParts = {
  store: Store; layout: LibraryLayout; settings: () => LibrarySettings;
  isRunning: (roomId: RoomId, sessionId: SessionId) => boolean;
  /** Why reading has to wait now (analysis behind, disk slow); null when nothing does. */
  busyBecause: () => string | null;
  onAltered: (fault: Fault) => void;
};

const dayMs = 86_400_000;

/** Reads stored files in the background and compares them with their hashes, a session at a time; a session's check is the cursor, so that a restart goes on with the next. */
export class RehashPass {
  readonly #parts: RehashParts;
  #sessionId: SessionId | null = null;
  #doneBytes = 0;
  constructor(parts: RehashParts) {
    this.#parts = parts;
  }

  /** Where the pass is. */
  get progress(): { runningSessionId: SessionId | null; doneBytes: number } {
    return { runningSessionId: this.#sessionId, doneBytes: this.#doneBytes };
  }

  /** Sessions whose last check is too old, those never checked first; what is deleted or running is left out. */
  listDue(nowMs: number): { id: SessionId; roomId: RoomId }[] {
    const { store, settings, isRunning } = this.#parts;
    const checks = store.deletions.listVerifications();
    const deleted = new Set(store.deletions.list().filter((item) => item.deletedMs !== null).map((item) => item.sessionId));
    const limitMs = nowMs - settings().rehashEveryDays * dayMs;
    return store.recordings.listSizes().filter((session) => !deleted.has(session.id) && !isRunning(session.roomId, session.id) && (checks.get(session.id)?.atMs ?? 0) < limitMs)
      .sort((a, b) => (checks.get(a.id)?.atMs ?? 0) - (checks.get(b.id)?.atMs ?? 0) || a.startMs - b.startMs);
  }

  /** Checks the session that is due longest at the set rate; false when none is. */
  async checkNext(signal: AbortSignal): Promise<boolean> {
    const next = this.listDue(Date.now())[0];
    if (next === undefined) return false;
    await this.check(next, signal, () => this.#parts.settings().rehashMbPerSecond * 1_048_576, (bytes) => (this.#doneBytes += bytes));
    return true;
  }

  /** Checks one session and keeps the finding; returns the number of files that do not match. Throws FaultError `cancelled`. */
  async check(session: { id: SessionId; roomId: RoomId }, signal: AbortSignal, bytesPerSecond: () => number | null, onBytes: (bytes: number) => void): Promise<number> {
    const { store, layout, busyBecause } = this.#parts;
    const isBackground = bytesPerSecond() !== null;
    if (isBackground) {
      this.#sessionId = session.id;
      this.#doneBytes = 0;
    }
    try {
      const dir = toSessionDir(layout, session.roomId, session.id);
      const pace = makePace(signal, bytesPerSecond, () => isBackground && busyBecause() !== null);
      const altered = await verifySegments(dir, store.recordings.listSegments(session.id), pace, onBytes);
      if (store.deletions.isDeleted(session.id)) return 0; // deleted while it was read
      store.transact(() => {
        store.deletions.saveVerification(session.id, Date.now(), altered);
        if (altered.length > 0) store.log.append('alteration', { roomId: session.roomId, sessionId: session.id, files: altered.map(({ seq, expected, actual }) => ({ seq, expected, actual })).slice(0, 100), count: altered.length });
        store.journal.append('recordingsChanged', { sessionIds: [session.id] }, Date.now());
      });
      const [first] = altered;
      if (first !== undefined) {
        this.#parts.onAltered(makeFault('library-altered', first.path, `${altered.length} 个录制文件与入库时的校验值不符，例如 ${first.path}（应为 ${first.expected.slice(0, 12)}…，${first.actual === null ? '文件缺失或读不出' : `现为 ${first.actual.slice(0, 12)}…`}）`));
      }
      return altered.length;
    } finally {
      if (isBackground) this.#sessionId = null;
    }
  }
}

/** Whether something thrown only says that the work was stopped. */
export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof FaultError && thrown.fault.code === 'cancelled';
}
