import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FaultError, makeFault, type Fault } from '../../contract/faults.ts';
import { RoomId } from '../../contract/ids.ts';
import { RoomInput, type Room } from '../../contract/rooms.ts';
import type { LibraryLayout } from '../library/library-layout.ts';
import type { StoredRoom } from '../store/room-store.ts';
import type { Store } from '../store/store.ts';
import type { RecorderHost } from './recorder-host.ts';

/** A room as the copy beside the database keeps it. */
const RoomBackup = z.array(RoomInput.extend({ id: RoomId, demo: z.boolean(), enabled: z.boolean(), createdAtMs: z.number() }));

const pulseWindowMs = 10 * 60_000;

/** Rooms as a person works with them: entries of the store joined with what the recorder is doing. */
export class RoomService {
  readonly #store: Store;
  readonly #layout: LibraryLayout;
  readonly #recorder: RecorderHost;
  readonly #clockTrouble: () => { fault: Fault; sinceMs: number } | null;
  readonly #onChanged: (room: Room) => void;
  readonly #onRemoved: (id: RoomId) => void;
  constructor(store: Store, layout: LibraryLayout, recorder: RecorderHost, on: { changed: (room: Room) => void; removed: (id: RoomId) => void }, clockTrouble: () => { fault: Fault; sinceMs: number } | null = () => null) {
    this.#clockTrouble = clockTrouble;
    this.#store = store;
    this.#layout = layout;
    this.#recorder = recorder;
    this.#onChanged = on.changed;
    this.#onRemoved = on.removed;
  }

  /** All rooms with their live state. */
  list(): Room[] {
    return this.#store.rooms.list().map((room) => this.#toRoom(room));
  }

  /** One room; throws FaultError `not-found`. */
  get(id: RoomId): Room {
    return this.#toRoom(this.#find(id));
  }

  /** Adds a room and, if asked, begins to record it. */
  add(input: RoomInput, options: { start: boolean; demo?: boolean; id?: RoomId }): Room {
    const same = this.#store.rooms.list().find((room) => room.url === input.url);
    if (same !== undefined && options.id === undefined) throw new FaultError(makeFault('conflict', same.id, `这个地址已经在监看，名称是「${same.name}」`));
    const id = options.id ?? RoomId.parse(`r-${randomBytes(5).toString('hex')}`);
    this.#save({ ...input, id, demo: options.demo ?? false, enabled: options.start, createdAtMs: this.#store.rooms.get(id)?.createdAtMs ?? Date.now() });
    this.#store.packages.addCustody({ atMs: Date.now(), user: '', act: 'room-added', roomId: id, detail: { url: input.url, name: input.name } });
    if (options.start) this.#record(id);
    return this.#announce(id);
  }

  /** Changes what was entered; a new address is recorded from now on. */
  update(id: RoomId, input: RoomInput): Room {
    const room = this.#find(id);
    this.#save({ ...room, ...input });
    if (room.enabled && (room.url !== input.url || room.chatUrl !== input.chatUrl || room.sourceKind !== input.sourceKind || room.allowPrivate !== input.allowPrivate)) {
      this.#recorder.stopRoom(id);
      this.#record(id);
    }
    return this.#announce(id);
  }

  /** Begins or ends recording. */
  setEnabled(id: RoomId, enabled: boolean): Room {
    this.#find(id);
    this.#store.rooms.setEnabled(id, enabled);
    this.#backUp();
    if (enabled) this.#record(id);
    else this.#recorder.stopRoom(id);
    return this.#announce(id);
  }

  /** Takes a room off the list; its recordings stay. */
  remove(id: RoomId): void {
    this.#find(id);
    this.#recorder.stopRoom(id);
    this.#store.rooms.setRemoved(id, Date.now());
    this.#backUp();
    this.#onRemoved(id);
  }

  /** Puts a removed room back. */
  restore(id: RoomId): Room {
    const room = this.#find(id);
    this.#store.rooms.setRemoved(id, null);
    this.#backUp();
    if (room.enabled) this.#record(id);
    return this.#announce(id);
  }

  /** At start: records every room that is to be recorded. */
  startAll(skip: (room: StoredRoom) => boolean): void {
    for (const room of this.#store.rooms.list()) if (room.enabled && !skip(room)) this.#record(room.id);
  }

  /** After the database was lost: takes the rooms from the copy beside it. Returns how many. */
  restoreFromBackup(): number {
    const file = join(this.#layout.root, 'rooms.json');
    if (!existsSync(file)) return 0;
    const rooms = RoomBackup.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!rooms.success) return 0;
    for (const room of rooms.data) this.#store.rooms.save(room);
    return rooms.data.length;
  }

  /** Takes up a room that was stored by an import: the copy beside the database and the windows learn of it. */
  adopt(id: RoomId): void {
    this.#backUp();
    this.#announce(id);
  }

  /** Tells the windows how a room is now. */
  announce(id: RoomId): void {
    if (this.#store.rooms.get(id) !== null) this.#announce(id);
  }

  #announce(id: RoomId): Room {
    const room = this.get(id);
    this.#onChanged(room);
    return room;
  }

  #record(id: RoomId): void {
    const room = this.#find(id);
    this.#recorder.startRoom({ roomId: id, source: { url: room.url, chatUrl: room.chatUrl, sourceKind: room.sourceKind, allowPrivate: room.allowPrivate } });
  }

  #find(id: RoomId): StoredRoom {
    const room = this.#store.rooms.get(id);
    if (room === null) throw new FaultError(makeFault('not-found', id, '没有这个直播间'));
    return room;
  }

  #save(room: StoredRoom): void {
    this.#store.rooms.save(room);
    this.#backUp();
  }

  #backUp(): void {
    const file = join(this.#layout.root, 'rooms.json');
    mkdirSync(this.#layout.root, { recursive: true });
    writeFileSync(`${file}.part`, JSON.stringify(this.#store.rooms.list(), null, 2));
    renameSync(`${file}.part`, file);
  }

  #toRoom(room: StoredRoom): Room {
    const live = this.#recorder.getLive(room.id);
    const session = this.#store.recordings.latestSession(room.id);
    const counts = this.#store.flags.countOpen(room.id, Date.now() - pulseWindowMs);
    const tail = session === null ? [] : this.#store.recordings.listTail(session.id, 1);
    const last = tail[0];
    const clock = live?.state === 'live' ? this.#clockTrouble() : null;
    return {
      ...room,
      state: clock === null ? live?.state ?? 'stopped' : 'clock-wrong', stateSinceMs: clock?.sinceMs ?? live?.sinceMs ?? room.createdAtMs, stateFault: clock?.fault ?? live?.fault ?? null,
      sessionId: live?.sessionId ?? session?.id ?? null, sessionStartMs: session?.startMs ?? null,
      lastSegmentMs: live?.lastSegmentMs ?? (last === undefined ? null : last.startMs + last.durationMs), bitrateBps: live?.bitrateBps ?? null,
      openFlags: counts.open, vetoFlags: counts.veto,
    };
  }
}
