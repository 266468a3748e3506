import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { shellChannels } from '../contract/shell-bridge.ts';
import type { ShellBridge } from '../contract/shell-bridge.ts';

const bridge: ShellBridge = {
  showPackageInFolder: async (packageId) => (await ipcRenderer.invoke(shellChannels.showPackageInFolder, packageId)) === true,
  getFilePath: (file) => webUtils.getPathForFile(file),
};

contextBridge.exposeInMainWorld('zhibojianShell', bridge);
