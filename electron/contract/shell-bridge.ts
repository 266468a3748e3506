/** What the desktop shell adds to the page as `window.zhibojianShell`; absent in a browser. */
export type ShellBridge = {
  /** Opens the system's file manager at a finished evidence package; resolves to false when there is no such file. */
  showPackageInFolder: (packageId: string) => Promise<boolean>;
  /** The full path of a file or folder that was dropped on the page; empty when it is none of the disk's. */
  getFilePath: (file: File) => string;
};

/** Channels between preload and main; nothing else crosses. No schemas here: the sandboxed preload carries this file whole. */
export const shellChannels = { showPackageInFolder: 'shell:show-package-in-folder' } as const;
