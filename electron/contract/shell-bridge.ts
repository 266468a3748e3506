import { z } from 'zod';

/** What the desktop shell adds to the page as `window.zhibojianShell`; absent in a browser. */
export type ShellBridge = {
  /** Opens the system's file manager at a finished evidence package; resolves to false when there is no such file. */
  showPackageInFolder: (packageId: string) => Promise<boolean>;
};

/** Channels between preload and main, with what each takes; nothing else crosses. */
export const shellChannels = {
  showPackageInFolder: { channel: 'shell:show-package-in-folder', params: z.tuple([z.string().max(64)]) },
} as const;
