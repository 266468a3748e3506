import { createHash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError, makeFault } from '../../contract/faults.ts';
import type { RoomId, SessionId } from '../../contract/ids.ts';
import { HoldId, type Hold, type LibrarySettings, type Recording, type RetentionPlan } from '../../contract/library.ts';
import type { Session } from '../../contract/rooms.ts';
import { formatIso } from '../../contract/time.ts';
import { toSessionDir, type LibraryLayout } from '../library/library-layout.ts';
import { listProtections, toEndMs, toExpiry } from '../library/retention-plan.ts';
import { removeSessionMedia } from '../library/session-remover.ts';
import type { Deletion } from '../store/deletion-store.ts';
import type { Store } from '../store/store.ts';

/** What retention works with. */
export type RetentionParts = {
  store: Store; layout: LibraryLayout; settings: () => LibrarySettings;
  /** Whether a session is being recorded right now. */
  isRunning: (roomId: RoomId, sessionId: SessionId) => boolean;
};

const dayMs = 86_400_000;

/** Holds, the retention plan, and deletion in two steps: schedule, then purge after the grace. Nothing goes unless all three agree. */
export class RetentionService {
  readonly #parts: RetentionParts;
  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Sessions with everything that the library screen says of them, newest first. */
  list(roomId: RoomId | null, limit: number, offset: number): Recording[] {
    const sessions = this.#parts.store.recordings.listSessions(roomId, limit + offset).slice(offset);
    return this.#toRecordings(sessions);
  }

  /** Some sessions by id; throws FaultError `not-found`. */
  get(sessionIds: readonly SessionId[]): Recording[] {
    return this.#toRecordings(sessionIds.map((id) => this.#find(id)));
  }

  /** Holds a session or a range of a room. */
  addHold(input: { roomId: RoomId; sessionId: SessionId | null; fromMs: number | null; toMs: number | null; reason: string }, user: string): Hold {
    const { store } = this.#parts;
    if (input.sessionId !== null && this.#find(input.sessionId).roomId !== input.roomId) throw new FaultError(makeFault('bad-request', input.sessionId, '这场直播不属于该直播间'));
    if (input.sessionId === null && (input.fromMs === null || input.toMs === null || input.toMs <= input.fromMs)) throw new FaultError(makeFault('bad-request', 'range', '保全须指定一场直播，或一个起止时间'));
    const hold: Hold = {
      id: HoldId.parse(`h${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`), ...input, createdBy: user, createdAtMs: Date.now(), releasedBy: null, releasedAtMs: null, releaseReason: null,
    };
    store.transact(() => {
      store.holds.save(hold);
      this.#record('hold', hold.roomId, user, 'hold-added', { step: 'added', holdId: hold.id, sessionId: hold.sessionId, fromMs: hold.fromMs, toMs: hold.toMs, reason: hold.reason });
      // What was on its way out comes back: a hold beats a deletion that is not done.
      for (const deletion of store.deletions.list()) {
        if (deletion.deletedMs !== null || deletion.roomId !== hold.roomId || this.#holdsFor(this.#find(deletion.sessionId)).length === 0) continue;
        store.deletions.cancel(deletion.sessionId);
        this.#record('deletion', deletion.roomId, user, 'deletion-undone', { step: 'undone', sessionId: deletion.sessionId, why: hold.id });
      }
      store.journal.append('holdChanged', hold, Date.now());
    });
    return hold;
  }

  /** Lets go of a hold, with a reason. */
  releaseHold(id: Hold['id'], reason: string, user: string): Hold {
    const { store } = this.#parts;
    const hold = store.holds.get(id);
    if (hold === null) throw new FaultError(makeFault('not-found', id, '没有这条保全'));
    if (hold.releasedAtMs !== null) throw new FaultError(makeFault('conflict', id, '这条保全已经解除'));
    const released: Hold = { ...hold, releasedBy: user, releasedAtMs: Date.now(), releaseReason: reason };
    store.transact(() => {
      store.holds.save(released);
      this.#record('hold', hold.roomId, user, 'hold-released', { step: 'released', holdId: id, sessionId: hold.sessionId, reason });
      store.journal.append('holdChanged', released, Date.now());
    });
    return released;
  }

  /** What retention would do now. */
  plan(nowMs: number): RetentionPlan {
    const { store, settings } = this.#parts;
    const { retentionDays } = settings();
    const deletions = new Map(store.deletions.list().map((item) => [item.sessionId, item]));
    const imported = store.tasks.listImported();
    const expired = store.recordings.listSessions(null, 1_000_000).filter((session) => toExpiry(session, retentionDays, imported.get(session.id)) <= nowMs || deletions.has(session.id));
    const recordings = this.#toRecordings(expired).filter((item) => item.state !== 'deleted');
    const scheduled = recordings.filter((item) => item.state === 'scheduled');
    const open = recordings.filter((item) => item.state !== 'scheduled');
    const expiring = open.filter((item) => item.protections.length === 0);
    const kept = open.filter((item) => item.protections.length > 0);
    const sum = (items: readonly Recording[]): number => items.reduce((total, item) => total + item.bytes, 0);
    return {
      computedAtMs: nowMs, retentionDays, beforeMs: nowMs - retentionDays * dayMs, expiring, expiringBytes: sum(expiring), protected: kept, protectedBytes: sum(kept),
      scheduled, scheduledBytes: sum(scheduled), purgeable: scheduled.filter((item) => item.protections.length === 0 && (item.purgeAfterMs ?? Infinity) <= nowMs).map((item) => item.id),
    };
  }

  /** Step 1: marks sessions for deletion; throws FaultError `held` when something protects one of them, and then marks none. */
  schedule(sessionIds: readonly SessionId[], options: { early: boolean; reason: string }, user: string): Recording[] {
    const { store, settings } = this.#parts;
    const nowMs = Date.now();
    const { retentionDays, trashDays } = settings();
    const recordings = this.get(sessionIds);
    for (const item of recordings) {
      this.#refuseProtected(item);
      if (item.state === 'deleted') throw new FaultError(makeFault('conflict', item.id, '这场录像已经删除'));
      if (!options.early && (item.expiresAtMs ?? Infinity) > nowMs) throw new FaultError(makeFault('conflict', item.id, `保存期未满 ${retentionDays} 天；提前删除须另行确认`));
    }
    store.transact(() => {
      for (const item of recordings.filter((one) => one.state !== 'scheduled')) {
        if (item.endMs === null) store.recordings.endSession(item.id, toEndMs(item));
        const deletion: Deletion = { sessionId: item.id, roomId: item.roomId, scheduledMs: nowMs, scheduledBy: user, reason: options.reason, purgeAfterMs: nowMs + trashDays * dayMs, deletedMs: null, deletedBy: null };
        store.deletions.save(deletion);
        this.#record('deletion', item.roomId, user, 'deletion-scheduled', { step: 'scheduled', sessionId: item.id, reason: options.reason, purgeAfter: formatIso(deletion.purgeAfterMs), early: options.early });
      }
      this.#announce(sessionIds);
    });
    return this.get(sessionIds);
  }

  /** Takes step 1 back. */
  undo(sessionIds: readonly SessionId[], user: string): Recording[] {
    const { store } = this.#parts;
    store.transact(() => {
      for (const item of this.get(sessionIds)) {
        if (item.state === 'deleted') throw new FaultError(makeFault('conflict', item.id, '文件已经删除，不能撤销'));
        if (item.state !== 'scheduled') continue;
        store.deletions.cancel(item.id);
        this.#record('deletion', item.roomId, user, 'deletion-undone', { step: 'undone', sessionId: item.id });
      }
      this.#announce(sessionIds);
    });
    return this.get(sessionIds);
  }

  /** Step 2: deletes the files of scheduled sessions whose grace is over; their facts and hashes stay. */
  async purge(sessionIds: readonly SessionId[], user: string): Promise<Recording[]> {
    const nowMs = Date.now();
    for (const item of this.get(sessionIds)) {
      if (item.state !== 'scheduled') throw new FaultError(makeFault('conflict', item.id, '这场录像没有列入删除'));
      this.#refuseProtected(item);
      if ((item.purgeAfterMs ?? Infinity) > nowMs) throw new FaultError(makeFault('conflict', item.id, `宽限期到 ${formatIso(item.purgeAfterMs ?? 0)} 为止，此前可以撤销`));
    }
    for (const sessionId of sessionIds) await this.#purgeOne(sessionId, user);
    return this.get(sessionIds);
  }

  /** At start: finishes what a crash interrupted between the fact of a deletion and the files. */
  async finishPurges(): Promise<void> {
    for (const deletion of this.#parts.store.deletions.list()) if (deletion.deletedMs !== null) await this.#removeFiles(deletion);
  }

  /** With automatic retention switched on: schedules what expired, purges what is past its grace. Returns how many of each. */
  async runAutomatic(nowMs: number): Promise<{ scheduled: number; purged: number }> {
    if (!this.#parts.settings().automaticRetention) return { scheduled: 0, purged: 0 };
    const plan = this.plan(nowMs);
    const expiring = plan.expiring.map((item) => item.id);
    if (expiring.length > 0) this.schedule(expiring, { early: false, reason: '保存期满（自动）' }, '自动');
    if (plan.purgeable.length > 0) await this.purge(plan.purgeable, '自动');
    return { scheduled: expiring.length, purged: plan.purgeable.length };
  }

  async #purgeOne(sessionId: SessionId, user: string): Promise<void> {
    const { store } = this.#parts;
    const deletion = store.deletions.get(sessionId);
    if (deletion === null) return;
    const segments = store.recordings.listSegments(sessionId);
    const hashes = createHash('sha256');
    for (const segment of segments) hashes.update(`${segment.sha256}\n`);
    const done: Deletion = { ...deletion, deletedMs: Date.now(), deletedBy: user };
    store.transact(() => {
      store.deletions.save(done);
      store.jobs.dropSession(sessionId);
      this.#record('deletion', deletion.roomId, user, 'deletion-purged', {
        step: 'purged', sessionId, files: segments.length, bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0), hashesSha256: hashes.digest('hex'), reason: deletion.reason,
      });
      this.#announce([sessionId]);
    });
    await this.#removeFiles(done);
  }

  async #removeFiles(deletion: Deletion): Promise<void> {
    const { layout, store } = this.#parts;
    await removeSessionMedia(toSessionDir(layout, deletion.roomId, deletion.sessionId), {
      deletedAt: formatIso(deletion.deletedMs ?? Date.now()), deletedBy: deletion.deletedBy ?? '', reason: deletion.reason, scheduledAt: formatIso(deletion.scheduledMs),
    });
    await rm(join(layout.derived, deletion.roomId, deletion.sessionId), { recursive: true, force: true });
    store.observations.forgetStills(deletion.roomId, deletion.sessionId);
  }

  #refuseProtected(item: Recording): void {
    const [first] = item.protections;
    if (first !== undefined) throw new FaultError(makeFault('held', item.id, `${item.roomName} ${formatIso(item.startMs)} 受保护（${first.kind}${first.detail === '' ? '' : `：${first.detail}`}），不能删除`));
  }

  #find(id: SessionId): Session {
    const session = this.#parts.store.recordings.getTotals(id);
    if (session === null) throw new FaultError(makeFault('not-found', id, '没有这场录像'));
    return session;
  }

  #holdsFor(session: Session): Hold[] {
    return this.#parts.store.holds.listFor({ ...session, endMs: this.#parts.isRunning(session.roomId, session.id) ? null : toEndMs(session) });
  }

  #record(kind: string, roomId: RoomId, user: string, act: string, detail: Record<string, unknown>): void {
    const { store } = this.#parts;
    const atMs = Date.now();
    store.log.append(kind, { roomId, at: formatIso(atMs), user, ...detail });
    store.packages.addCustody({ atMs, user, act, roomId, detail });
  }

  #announce(sessionIds: readonly SessionId[]): void {
    this.#parts.store.journal.append('recordingsChanged', { sessionIds: [...sessionIds] }, Date.now());
  }

  #toRecordings(sessions: readonly Session[]): Recording[] {
    const { store, settings, isRunning } = this.#parts;
    const nowMs = Date.now();
    const deletions = new Map(store.deletions.list().map((item) => [item.sessionId, item]));
    const checks = store.deletions.listVerifications();
    const imported = store.tasks.listImported();
    const packages = store.packages.list();
    const holds = store.holds.list(null, false);
    const gaps = store.recordings.sumGaps();
    const names = new Map<RoomId, string>();
    return sessions.map((session) => {
      const running = isRunning(session.roomId, session.id);
      const deletion = deletions.get(session.id);
      const check = checks.get(session.id);
      if (!names.has(session.roomId)) names.set(session.roomId, store.rooms.get(session.roomId)?.name ?? session.roomId);
      const protections = (deletion !== undefined && deletion.deletedMs !== null) ? [] : listProtections({
        session, isRunning: running, holds: holds.some((hold) => hold.roomId === session.roomId) ? this.#holdsFor(session) : [], flags: store.flags.listRecent(session.id, 0), packages,
      }, nowMs);
      return {
        ...session, roomName: names.get(session.roomId) ?? '', state: deletion === undefined ? (running ? 'recording' : 'kept') : deletion.deletedMs === null ? 'scheduled' : 'deleted',
        imported: imported.has(session.id), protections, expiresAtMs: running ? null : toExpiry(session, settings().retentionDays, imported.get(session.id)),
        scheduledAtMs: deletion?.scheduledMs ?? null, scheduledBy: deletion?.scheduledBy ?? null, purgeAfterMs: deletion?.purgeAfterMs ?? null,
        deletedAtMs: deletion?.deletedMs ?? null, deletedBy: deletion?.deletedBy ?? null, verifiedAtMs: check?.atMs ?? null, alteredFiles: check?.altered ?? 0,
        gaps: gaps.get(session.id)?.gaps ?? 0, gapMs: gaps.get(session.id)?.gapMs ?? 0,
      };
    });
  }
}
