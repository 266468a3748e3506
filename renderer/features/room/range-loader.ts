import { FaultError, toFault } from '../../../electron/contract/index.ts';
import type { EventData, Fault, Method, Params, Result, RoomId, Session, SessionEvent, WallMs } from '../../../electron/contract/index.ts';
import type { TimelineData } from '../timeline/index.ts';
import { BLOCK_MS, planBlocks, planEviction } from './block-plan.ts';

/** The one thing the loader needs of the engine's connection. */
export type CallEngine = <M extends Method>(method: M, params: Params<M>) => Promise<Result<M>>;

/** What the loader says of its work. */
export type LoadState = { readonly loading: boolean; readonly fault: Fault | null };

const MAX_PARALLEL = 2;
const MARGIN_SHARE = 0.25;
/** A session's first event is noted when recording began, which may be before its first footage. */
const BEFORE_START_MS = 60_000;

/** Fills a room's timeline block by block as it comes into view, keeps a bounded number of blocks, and appends what the engine announces. */
export class RangeLoader {
  readonly #call: CallEngine;
  readonly #data: TimelineData;
  readonly #roomId: RoomId;
  readonly #onState: (state: LoadState) => void;
  /** Blocks in order of last view; true once loaded. */
  readonly #blocks = new Map<number, boolean>();
  readonly #session: Session;
  #endMs: WallMs;
  #queue: number[] = [];
  #running = 0;
  #fault: Fault | null = null;
  #closed = false;
  #attended: number | null = null;
  #seen: { fromMs: WallMs; toMs: WallMs } | null = null;

  constructor(call: CallEngine, data: TimelineData, session: Session, endMs: WallMs, onState: (state: LoadState) => void) {
    this.#call = call;
    this.#data = data;
    this.#roomId = session.roomId;
    this.#session = session;
    this.#endMs = endMs;
    this.#onState = onState;
  }

  /** Loads flags, gaps and events of the whole session: few, and wanted at every zoom. */
  async loadMarks(): Promise<void> {
    const range = { roomId: this.#roomId, fromMs: this.#session.startMs, toMs: this.#endMs + 60_000 };
    try {
      const [flags, gaps, events] = await Promise.all([
        this.#call('flags.list', { ...range, limit: 5000 }), this.#call('gaps.list', range), this.#call('events.list', { ...range, fromMs: range.fromMs - BEFORE_START_MS }),
      ]);
      if (this.#closed) return;
      this.#data.add({ flags, gaps });
      this.addEvents(events);
    } catch (thrown) {
      this.#report(toFault(thrown, 'timeline'));
    }
  }

  /** Takes in what happened to this session; what was noted before its first footage stands at its start. */
  addEvents(events: readonly SessionEvent[]): void {
    const { id, startMs } = this.#session;
    const own = events.filter((event) => event.sessionId === id).map((event) => (event.atMs < startMs ? { ...event, atMs: startMs } : event));
    if (own.length > 0) this.#data.add({ events: own });
  }

  /** Tells what is in view; loads what is missing there and a margin around it. */
  see(fromMs: WallMs, toMs: WallMs): void {
    this.#seen = { fromMs, toMs };
    const margin = (toMs - fromMs) * MARGIN_SHARE;
    const wanted = planBlocks(fromMs - margin, toMs + margin, { fromMs: this.#session.startMs, toMs: Math.max(this.#endMs, this.#session.startMs + 1) });
    if (this.#attended !== null && !wanted.includes(this.#attended)) wanted.push(this.#attended);
    for (const block of wanted.toReversed()) {
      const loaded = this.#blocks.get(block);
      if (loaded === undefined) continue;
      this.#blocks.delete(block);
      this.#blocks.set(block, loaded);
    }
    this.#queue = wanted.filter((block) => !this.#blocks.has(block));
    const visible = new Set(wanted);
    for (const block of planEviction([...this.#blocks.keys()], visible)) {
      this.#blocks.delete(block);
      this.#data.drop(block * BLOCK_MS, (block + 1) * BLOCK_MS);
    }
    this.#pump();
  }

  /** Keeps the block that the player is in, wherever the view is: the transcript goes with the player. */
  attend(wallMs: WallMs): void {
    const block = Math.floor(wallMs / BLOCK_MS);
    if (block === this.#attended) return;
    this.#attended = block;
    this.#seeAgain();
  }

  /** Tries again what failed. */
  retry(): void {
    this.#report(null);
    void this.loadMarks();
    this.#seeAgain();
  }

  /** Moves the end of the session as segments arrive. */
  extend(endMs: WallMs): void {
    const began = Math.floor(endMs / BLOCK_MS) > Math.floor(this.#endMs / BLOCK_MS);
    this.#endMs = Math.max(this.#endMs, endMs);
    if (began) this.#seeAgain();
  }

  /** Appends what perception made of a new segment, if its block is held: one not held is read whole when it is seen. */
  append(event: EventData<'observationsCommitted'>): void {
    if (event.roomId !== this.#roomId || event.sessionId !== this.#session.id) return;
    const at = event.waveform?.startMs ?? event.observations[0]?.startMs ?? event.stills[0]?.atMs;
    if (at === undefined || !this.#blocks.has(Math.floor(at / BLOCK_MS))) return;
    this.#data.add({ observations: event.observations, stills: event.stills, waveform: event.waveform === null ? [] : [event.waveform] });
  }

  /** Drops every answer that is still to come. */
  close(): void {
    this.#closed = true;
    this.#queue = [];
  }

  #seeAgain(): void {
    if (this.#seen !== null) this.see(this.#seen.fromMs, this.#seen.toMs);
  }

  #pump(): void {
    while (this.#running < MAX_PARALLEL) {
      const block = this.#queue.shift();
      if (block === undefined) break;
      if (!this.#blocks.has(block)) void this.#load(block);
    }
  }

  async #load(block: number): Promise<void> {
    this.#running++;
    this.#blocks.set(block, false);
    this.#report(this.#fault);
    const range = { roomId: this.#roomId, fromMs: block * BLOCK_MS, toMs: (block + 1) * BLOCK_MS };
    try {
      const [observations, waveform, stills] = await Promise.all([
        this.#call('observations.list', { ...range, limit: 20_000 }),
        this.#call('waveform.list', range),
        this.#call('stills.list', { ...range, limit: 5000 }),
      ]);
      if (!this.#closed && this.#blocks.has(block)) {
        this.#blocks.set(block, true);
        this.#data.add({ observations, waveform, stills });
      }
      this.#fault = null;
    } catch (thrown) {
      if (!(thrown instanceof FaultError)) throw thrown;
      this.#blocks.delete(block);
      this.#fault = thrown.fault;
    } finally {
      this.#running--;
      this.#report(this.#fault);
      this.#pump();
    }
  }

  #report(fault: Fault | null): void {
    this.#fault = fault;
    if (!this.#closed) this.#onState({ loading: this.#running > 0 || this.#queue.length > 0, fault });
  }
}
