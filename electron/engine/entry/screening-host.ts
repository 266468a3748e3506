import { randomBytes } from 'node:crypto';
import type { Flag, Observation } from '../../contract/flags.ts';
import { FlagId } from '../../contract/ids.ts';
import type { EventData } from '../../contract/rpc.ts';
import { fuseHits } from '../screening/flag-fusion.ts';
import { keepHeardWell } from '../screening/heard-well.ts';
import type { Screener } from '../screening/screener.ts';
import type { Store } from '../store/store.ts';

const cursorKey = 'screening.cursor';
const batch = 200;
const mergeWindowMs = 15 * 60_000;

/** Turns committed observations into flags, from a journal cursor: live, after a crash and over old footage alike. */
export class ScreeningHost {
  readonly #store: Store;
  readonly #screener: Screener;
  readonly #rulePackHash: string;
  readonly #onFlags: (flags: Flag[]) => void;
  constructor(store: Store, screener: Screener, rulePackHash: string, onFlags: (flags: Flag[]) => void) {
    this.#store = store;
    this.#screener = screener;
    this.#rulePackHash = rulePackHash;
    this.#onFlags = onFlags;
  }

  /** Screens everything that was committed since the last call. */
  pump(): void {
    for (;;) {
      const cursor = Number(this.#store.rooms.getSetting(cursorKey) ?? '0');
      const entries = this.#store.journal.readAfter(cursor, batch);
      if (entries.length === 0) return;
      const changed: Flag[] = [];
      this.#store.transact(() => {
        for (const entry of entries) {
          if (entry.event !== 'observationsCommitted') continue;
          for (const observation of (entry.data as EventData<'observationsCommitted'>).observations) changed.push(...this.#screen(observation));
        }
        if (changed.length > 0) this.#store.journal.append('flagsCommitted', { flags: latest(changed) }, Date.now());
        this.#store.rooms.setSetting(cursorKey, String(entries.at(-1)?.cursor ?? cursor));
      });
      if (changed.length > 0) this.#onFlags(latest(changed));
    }
  }

  #screen(observation: Observation): Flag[] {
    const hits = keepHeardWell(this.#screener.screen(observation.text, toChannel(observation.lane)), observation);
    if (hits.length === 0) return [];
    const nowMs = Date.now();
    const flags = fuseHits({
      observation, hits, recent: this.#store.flags.listRecent(observation.sessionId, observation.startMs - mergeWindowMs),
      rulePackHash: this.#rulePackHash, nowMs, newFlagId: () => FlagId.parse(`f-${nowMs.toString(36)}-${randomBytes(4).toString('hex')}`),
      subtypeName: (id) => this.#screener.subtypeName(id),
    }).map((flag): Flag => ({ ...flag, stillPath: flag.stillPath ?? this.#store.observations.nearestStill(flag.roomId, flag.startMs)?.path ?? null }));
    for (const flag of flags) this.#store.flags.save(flag);
    return flags;
  }
}

function latest(flags: readonly Flag[]): Flag[] {
  return [...new Map(flags.map((flag) => [flag.id, flag])).values()];
}

/** Captions are what the host says, written down by the broadcaster; what a picture shows is read like what is written on it. */
function toChannel(lane: Observation['lane']): 'speech' | 'ocr' | 'chat' {
  return lane === 'image' ? 'ocr' : lane === 'caption' ? 'speech' : lane;
}
