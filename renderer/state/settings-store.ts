import { z } from 'zod';
import { create } from 'zustand';

/** How many tiles the wall shows at once. */
export const WallLayout = z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(6), z.literal(9), z.literal(16)]);
export type WallLayout = z.infer<typeof WallLayout>;

/** What one person chose on this machine, kept in the browser's storage. `auto` is dark on the wall and in rooms, light elsewhere. */
export const Settings = z.object({
  theme: z.enum(['auto', 'dark', 'light']).default('auto'),
  language: z.enum(['zh', 'en']).default('zh'),
  userName: z.string().max(80).default(''),
  wallLayout: WallLayout.default(4),
  /** Rooms heard on the wall; all others are muted. */
  unmutedRoomIds: z.array(z.string()).default([]),
  /** The one room heard alone, or null. */
  soloRoomId: z.string().nullable().default(null),
  leadsOpen: z.boolean().default(true),
  roomsOpen: z.boolean().default(true),
});
export type Settings = z.infer<typeof Settings>;

const storageKey = 'zhibojian.settings';

function readSettings(): Settings {
  try {
    return Settings.parse(JSON.parse(localStorage.getItem(storageKey) ?? '{}'));
  } catch {
    return Settings.parse({});
  }
}

/** The person's settings; change them with `changeSettings`. */
export const useSettings = create<Settings>()(readSettings);

/** Changes settings and keeps them for the next start. */
export function changeSettings(change: Partial<Settings>): void {
  useSettings.setState(change);
  try {
    localStorage.setItem(storageKey, JSON.stringify(useSettings.getState()));
  } catch {
    // Storage may be refused in a private window; the choice then lasts as long as the window.
  }
}
