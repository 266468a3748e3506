import { createServer, type Server } from 'node:http';
import { answerRoom, refuse, requestPath } from './loop-handler.ts';
import { type LoopMedia, loadLoops } from './loop-media.ts';
import { timeLoop } from './loop-playlist.ts';

/** A room as an origin offers it: addresses to give to whoever wants to watch. */
export type OriginRoom = { id: string; name: string; platform: string; host: string; url: string; chatUrl: string };

/** A running origin; close() ends every connection. */
export type DemoOrigin = { baseUrl: string; rooms: OriginRoom[]; close(): Promise<void> };

/** Where an origin listens and what it plays; startedAtMs of an earlier start makes a restarted origin go on as if it had never stopped. */
export type DemoOriginOptions = { mediaDir: string; host?: string; port?: number; startedAtMs?: number };

/** Describes a room at a base address: a master playlist where there are several variants, else the media playlist itself. */
export function describeRoom(loop: LoopMedia, baseUrl: string): OriginRoom {
  const { id, name, platform, host, variants } = loop.manifest;
  const playlist = variants.length > 1 ? 'index.m3u8' : `${variants[0]?.name}/index.m3u8`;
  return { id, name, platform, host, url: `${baseUrl}/live/${id}/${playlist}`, chatUrl: `${baseUrl}/live/${id}/chat.jsonl` };
}

/** Listens and returns the port. */
export function listenOn(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}

/** Stops listening and ends every connection. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Starts an HTTP server that plays every room below mediaDir as live HLS in a loop, with its chat beside it. */
export async function startDemoOrigin({ mediaDir, host = '127.0.0.1', port = 0, startedAtMs }: DemoOriginOptions): Promise<DemoOrigin> {
  const loops = new Map((await loadLoops(mediaDir)).map((loop) => [loop.manifest.id, loop]));
  // Taken after the files are read, so that the first request still finds the loop at its start.
  const epochMs = startedAtMs ?? Date.now();
  const server = createServer((request, response) => {
    const match = /^\/live\/([^/]+)\/(.+)$/.exec(requestPath(request));
    const loop = match?.[1] === undefined ? undefined : loops.get(match[1]);
    if (!loop || match?.[2] === undefined) refuse(request, response);
    else answerRoom(request, response, loop, timeLoop(loop.manifest, epochMs), match[2]);
  });
  const baseUrl = `http://${host.includes(':') ? `[${host}]` : host}:${await listenOn(server, port, host)}`;
  return { baseUrl, rooms: [...loops.values()].map((loop) => describeRoom(loop, baseUrl)), close: () => closeServer(server) };
}
