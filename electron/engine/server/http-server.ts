import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { joinBelow } from '../library/library-layout.ts';
import { isOwnRequest, isSameSecret, makeToken, securityHeaders } from './request-guard.ts';
import { sendChanging, sendFile, sendText } from './static-files.ts';
import { withUpload } from './upload-receiver.ts';

/** What the server asks the engine for. */
export type ServerRoutes = {
  /** The built window. */
  rendererDir: string;
  /** Stills and thumbnails. */
  derivedDir: string;
  /** Text of a local playlist, or null when there is no such recording. `name` is live.m3u8 or session.m3u8. */
  makePlaylist(roomId: string, sessionId: string | null, name: string): string | null;
  /** Absolute path of a stored file in the form that a browser plays, or null; may make that form first. */
  findSegmentFile(roomId: string, sessionId: string, file: string): Promise<string | null>;
  /** Absolute path and download name of a finished package, or null. */
  findPackage(id: string): { path: string; name: string } | null;
  /** Where uploads lie while they are looked at. */
  scratchDir: string;
  /** Verifies a package that was dropped on the window; answers JSON. */
  verifyUpload(file: string): Promise<unknown>;
  /** A window connected; its socket speaks the RPC of the contract. */
  onSocket(socket: WebSocket): void;
};

/** The running server. */
export type RunningServer = {
  port: number;
  /** http://127.0.0.1:PORT/TOKEN/ */
  url: string;
  /** An address that opens the window once: for command lines, which other users of the machine can read. */
  makeTicketUrl(): string;
  close(): Promise<void>;
};

/** Serves window, media and RPC on the loopback; every path begins with the token of this start. */
export async function startServer(routes: ServerRoutes, options: { port: number; host: string }): Promise<RunningServer> {
  const token = makeToken();
  const tickets = new Set<string>();
  let port = options.port;
  const server: Server = createServer((request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      process.stderr.write(`[server] ${request.method ?? ''} failed: ${thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown)}\n`);
      if (!response.headersSent) sendText(response, 500, 'internal error');
      else response.destroy();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const [first, ...rest] = toPathParts(request.url);
    if (first === 'open' && isOwnRequest(request, port) && tickets.delete(rest[0] ?? '')) {
      response.statusCode = 302;
      response.setHeader('Location', `/${token}/`);
      response.end();
      return;
    }
    if (!isOwnRequest(request, port) || first === undefined || !isSameSecret(first, token)) return sendText(response, 403, 'forbidden');
    if (request.method === 'POST' && rest[0] === 'verify' && rest.length === 1) return sendText(response, 200, JSON.stringify(await withUpload(request, routes.scratchDir, (file) => routes.verifyUpload(file))), 'application/json');
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, 'method not allowed');
    await serve(request, response, rest);
  }

  async function serve(request: IncomingMessage, response: ServerResponse, parts: readonly string[]): Promise<void> {
    const [place, ...rest] = parts;
    if (place === 'media') return serveMedia(request, response, rest);
    if (place === 'derived') {
      const path = joinBelow(routes.derivedDir, rest.join('/'));
      return path === null ? sendText(response, 404, 'not found') : sendFile(request, response, path, { immutable: true });
    }
    if (place === 'packages' && rest.length === 1) {
      const found = routes.findPackage((rest[0] as string).replace(/\.zip$/, ''));
      return found === null ? sendText(response, 404, 'not found') : sendFile(request, response, found.path, { immutable: false, download: found.name });
    }
    const path = joinBelow(routes.rendererDir, parts.filter((part) => part !== '').join('/') || 'index.html');
    return path === null ? sendText(response, 404, 'not found') : sendFile(request, response, path, { immutable: place === 'assets' });
  }

  async function serveMedia(request: IncomingMessage, response: ServerResponse, parts: readonly string[]): Promise<void> {
    const [roomId, second, third] = parts;
    if (roomId === undefined || second === undefined) return sendText(response, 404, 'not found');
    const name = third ?? second;
    if (name.endsWith('.m3u8')) {
      const text = routes.makePlaylist(roomId, third === undefined ? null : second, name);
      return text === null ? sendText(response, 404, 'not found') : sendChanging(request, response, text, 'application/vnd.apple.mpegurl');
    }
    const path = third === undefined ? null : await routes.findSegmentFile(roomId, second, third);
    return path === null ? sendText(response, 404, 'not found') : sendFile(request, response, path, { immutable: true });
  }

  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 20, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const [first, second] = toPathParts(request.url);
    if (!isOwnRequest(request, port) || first === undefined || !isSameSecret(first, token) || second !== 'rpc') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => routes.onSocket(opened));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  port = (server.address() as AddressInfo).port;
  const origin = `http://${options.host === '::1' ? '[::1]' : options.host}:${port}`;
  return {
    port,
    url: `${origin}/${token}/`,
    makeTicketUrl: () => {
      const ticket = makeToken();
      tickets.add(ticket);
      return `${origin}/open/${ticket}`;
    },
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function toPathParts(url: string | undefined): string[] {
  const path = (url ?? '/').replace(/[?#].*$/, '').slice(1);
  try {
    return path.split('/').map((part) => decodeURIComponent(part));
  } catch {
    return [];
  }
}
