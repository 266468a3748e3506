import type { App, Session, WebContents } from 'electron';

/** The policy for any response that carries none of its own; the engine sends a wider one for its own page. */
export const strictContentPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** What a window of ours may ask the system for, and only on the engine's page: the wall in full screen. */
const grantedPermissions: ReadonlySet<string> = new Set(['fullscreen']);

/** True when the address lies under the engine's own base URL (host, port and token). */
export function isEnginePage(address: string, engineUrl: string | null): boolean {
  if (engineUrl === null || !URL.canParse(address)) return false;
  const [page, base] = [new URL(address), new URL(engineUrl)];
  return page.origin === base.origin && page.pathname.startsWith(base.pathname);
}

/** True for what the page may load: the engine by HTTP and WebSocket, what the page made itself, and the inspector. */
export function isAllowedRequest(address: string, engineUrl: string | null): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.protocol === 'devtools:' || url.protocol === 'data:') return true;
  if (url.protocol === 'blob:') return engineUrl !== null && url.pathname.startsWith(new URL(engineUrl).origin);
  if (url.protocol === 'ws:') return isEnginePage(address.replace(/^ws/, 'http'), engineUrl);
  return isEnginePage(address, engineUrl);
}

/** Shuts the session to everything but the engine: requests, permissions, devices. */
export function guardSession(session: Session, engineUrl: () => string | null): void {
  session.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !isAllowedRequest(details.url, engineUrl()) }));
  session.webRequest.onHeadersReceived((details, callback) => {
    const headers = details.responseHeaders ?? {};
    const hasPolicy = Object.keys(headers).some((name) => name.toLowerCase() === 'content-security-policy');
    callback({ responseHeaders: hasPolicy ? headers : { ...headers, 'Content-Security-Policy': [strictContentPolicy] } });
  });
  session.setPermissionRequestHandler((contents, permission, callback) => callback(grantedPermissions.has(permission) && isEnginePage(contents.getURL(), engineUrl())));
  session.setPermissionCheckHandler((contents, permission) => contents !== null && grantedPermissions.has(permission) && isEnginePage(contents.getURL(), engineUrl()));
  session.setDevicePermissionHandler(() => false);
}

/** Refuses navigation, new windows and embedded pages for every page the app ever makes; a second window of our own page is left to `openSecondWindow`. */
export function guardPages(app: App, engineUrl: () => string | null, openSecondWindow: (address: string) => void): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    const refuse = (event: { preventDefault: () => void }, address: string): void => {
      if (!isEnginePage(address, engineUrl())) event.preventDefault();
    };
    contents.on('will-navigate', (event) => refuse(event, event.url));
    contents.on('will-redirect', (event) => refuse(event, event.url));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (isEnginePage(url, engineUrl())) openSecondWindow(url);
      return { action: 'deny' };
    });
  });
}
