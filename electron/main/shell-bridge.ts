import { ipcMain, shell } from 'electron';
import { shellChannels } from '../contract/index.ts';
import type { EngineLink } from './engine-link.ts';
import { isEnginePage } from './security-policy.ts';

/** Answers the page's few requests; the page names a package by id, the path comes from the engine. */
export function answerShellBridge(engineUrl: () => string | null, link: () => EngineLink | null): void {
  const { channel, params } = shellChannels.showPackageInFolder;
  ipcMain.handle(channel, async (event, ...args: unknown[]) => {
    const parsed = params.safeParse(args);
    if (!parsed.success || event.senderFrame === null || !isEnginePage(event.senderFrame.url, engineUrl())) return false;
    const file = await link()?.findPackageFile(parsed.data[0]) ?? null;
    if (file === null) return false;
    shell.showItemInFolder(file);
    return true;
  });
}
