import type { Flag, Gap, Lane, Observation, SessionEvent, Still, WallMs, WaveformPart } from '../../../electron/contract/index.ts';
import { SpanIndex } from './span-index.ts';
import type { Spanned } from './span-index.ts';
import { WaveformPyramid } from './waveform-pyramid.ts';

/** A still as the index keeps it. */
export type StillItem = Spanned & { readonly still: Still };
/** Whether only the separate sound is missing there: the pictures go on. */
export function isSoundGap(gap: Gap): boolean {
  return gap.reason.scope === 'audio';
}

/** A gap as the index keeps it. */
export type GapItem = Spanned & { readonly gap: Gap };
/** An event as the index keeps it; it lasts no time. */
export type EventItem = Spanned & { readonly event: SessionEvent };

/** What can be added at once; absent parts stay as they are. */
export type TimelineBatch = {
  readonly waveform?: readonly WaveformPart[];
  readonly observations?: readonly Observation[];
  readonly stills?: readonly Still[];
  readonly gaps?: readonly Gap[];
  readonly events?: readonly SessionEvent[];
  readonly flags?: readonly Flag[];
};

/** Everything known of one room's time, in the shape that drawing needs; changes are announced once per batch. */
export class TimelineData {
  readonly waveform = new WaveformPyramid();
  readonly voiced = new SpanIndex<Spanned>((span) => span.startMs);
  readonly lanes: Readonly<Record<Lane, SpanIndex<Observation>>> = {
    speech: new SpanIndex((item) => item.id), ocr: new SpanIndex((item) => item.id),
    image: new SpanIndex((item) => item.id), chat: new SpanIndex((item) => item.id), caption: new SpanIndex((item) => item.id),
  };
  readonly stills = new SpanIndex<StillItem>((item) => item.still.path);
  readonly gaps = new SpanIndex<GapItem>((item) => item.startMs);
  readonly events = new SpanIndex<EventItem>(({ event }) => `${event.atMs} ${event.kind} ${JSON.stringify(event.detail)}`);
  readonly #flags = new Map<string, Flag>();
  readonly #listeners = new Set<() => void>();
  #flagList: readonly Flag[] = [];
  #version = 0;

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** All flags, earliest first; the array is a new one only when a flag changed. */
  get flags(): readonly Flag[] {
    return this.#flagList;
  }

  /** Calls back after every change until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Adds or replaces what a batch holds. */
  add(batch: TimelineBatch): void {
    for (const part of batch.waveform ?? []) {
      this.waveform.add(part);
      this.voiced.add(part.speech.map(([startMs, endMs]) => ({ startMs, endMs })));
    }
    for (const lane of ['speech', 'ocr', 'image', 'chat'] as const) {
      this.lanes[lane].add((batch.observations ?? []).filter((item) => item.lane === lane));
    }
    this.stills.add((batch.stills ?? []).map((still) => ({ startMs: still.atMs, endMs: still.atMs, still })));
    this.gaps.add((batch.gaps ?? []).map((gap) => ({ startMs: gap.fromMs, endMs: gap.toMs, gap })));
    this.events.add((batch.events ?? []).map((event) => ({ startMs: event.atMs, endMs: event.atMs, event })));
    if (batch.flags !== undefined && batch.flags.length > 0) {
      for (const flag of batch.flags) this.#flags.set(flag.id, flag);
      this.#flagList = [...this.#flags.values()].sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
    }
    this.#announce();
  }

  /** Gives a flag by id. */
  flag(id: string): Flag | null {
    return this.#flags.get(id) ?? null;
  }

  /** Gives the gap that holds an instant; null where there are pictures, with sound or without. */
  gapAt(wallMs: WallMs): Gap | null {
    return this.gaps.query(wallMs, wallMs + 1).find(({ gap }) => gap.fromMs <= wallMs && wallMs < gap.toMs && !isSoundGap(gap))?.gap ?? null;
  }

  /** Forgets what belongs to a stretch, flags, gaps and events excepted: those are few and always wanted. */
  drop(fromMs: WallMs, toMs: WallMs): void {
    this.waveform.drop(fromMs, toMs);
    this.voiced.drop(fromMs, toMs);
    for (const index of Object.values(this.lanes)) index.drop(fromMs, toMs);
    this.stills.drop(fromMs, toMs);
    this.#announce();
  }

  #announce(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
