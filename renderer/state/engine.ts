import { paths } from '../../electron/contract/index.ts';
import { useConnection } from './connection-store.ts';
import { EngineClient } from './engine-client.ts';
import { useSettings } from './settings-store.ts';

/** The address of something the engine serves, under the window's base URL. */
export function engineUrl(path: string): string {
  return new URL(path, document.baseURI).href;
}

/** The window's one connection to the engine. */
export const engine: EngineClient = new EngineClient({
  openSocket: () => new WebSocket(engineUrl(paths.socket).replace(/^http/, 'ws')),
  readUserName: () => useSettings.getState().userName,
  onState: (state) => useConnection.setState(state),
});
