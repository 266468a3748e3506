import { createStore } from 'zustand';
import type { StoreApi } from 'zustand';
import type { Gap, WallMs } from '../../../electron/contract/index.ts';

/** Where the player is, four times a second; kept apart so that only what shows it renders again. */
export type Playhead = {
  readonly wallMs: WallMs | null;
  readonly playing: boolean;
  /** The gap that a person sought: the playhead stands in it, still, until they go on. */
  readonly gap: Gap | null;
};
/** The store of one room screen. */
export type PlayheadStore = StoreApi<Playhead>;

/** Makes a playhead store. */
export function createPlayhead(): PlayheadStore {
  return createStore<Playhead>()(() => ({ wallMs: null, playing: false, gap: null }));
}
