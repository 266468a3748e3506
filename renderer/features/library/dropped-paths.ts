import type { ShellBridge } from '../../../electron/contract/index.ts';

/** Full paths of dropped files and folders, as far as the desktop shell can say them; a browser cannot. */
export function readDroppedPaths(files: Iterable<File>): string[] {
  const shell = (globalThis as { zhibojianShell?: Partial<ShellBridge> }).zhibojianShell;
  return [...files].map((file) => shell?.getFilePath?.(file) ?? '').filter((path) => path !== '');
}
