import { create } from 'zustand';
import type { ConnectionState } from './engine-client.ts';

/** Whether the window hears the engine; `loaded` once the first lists are in. */
export const useConnection = create<ConnectionState & { loaded: boolean }>()(() => ({ phase: 'connecting', sinceMs: Date.now(), attempts: 0, engineVersion: '', loaded: false }));
