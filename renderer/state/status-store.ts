import { create } from 'zustand';
import type { Status } from '../../electron/contract/index.ts';

/** The engine's status as last heard; null until the first answer. */
export const useStatus = create<{ status: Status | null }>()(() => ({ status: null }));
