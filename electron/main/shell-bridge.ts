import { ipcMain, shell } from 'electron';
import { z } from 'zod';
import { PackageId, shellChannels } from '../contract/index.ts';
import type { EngineLink } from './engine-link.ts';
import { isEnginePage } from './security-policy.ts';

const PackageArguments = z.tuple([PackageId]);

/** Answers the page's few requests; the page names a package by id, the path comes from the engine. */
export function answerShellBridge(engineUrl: () => string | null, link: () => EngineLink | null): void {
  ipcMain.handle(shellChannels.showPackageInFolder, async (event, ...args: unknown[]) => {
    const parsed = PackageArguments.safeParse(args);
    if (!parsed.success || event.senderFrame === null || !isEnginePage(event.senderFrame.url, engineUrl())) return false;
    const file = await link()?.findPackageFile(parsed.data[0]) ?? null;
    if (file === null) return false;
    shell.showItemInFolder(file);
    return true;
  });
}
