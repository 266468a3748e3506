import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** The ways in which a room of the test origin can misbehave. */
export const originFaults = [
  'dead', 'status-403', 'status-404', 'status-503', 'playlist-html', 'playlist-empty', 'playlist-huge',
  'segment-garbage', 'segment-truncated', 'segment-stall', 'slow-drip', 'sequence-reset', 'end-list', 'redirect-loop',
] as const;

/** One way in which a room misbehaves. */
export type OriginFault = (typeof originFaults)[number];

/** Megabytes of a playlist-huge answer. */
export const hugePlaylistMiB = 64;

const dripBytes = 512;
const dripMs = 100;

/** Answers with a bare status and a short body. */
export function sendStatus(response: ServerResponse, status: number): void {
  const body = `status ${status}\n`;
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length, ...(status === 503 ? { 'retry-after': '1' } : {}) }).end(body);
}

/** Answers any path with a redirect to itself, counting up so that no cache breaks the loop. */
export function sendRedirect(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://origin');
  url.searchParams.set('hop', String(Number(url.searchParams.get('hop') ?? '0') + 1));
  response.writeHead(302, { location: `${url.pathname}${url.search}`, 'content-length': 0 }).end();
}

/** Answers a playlist's address with a web page, as a platform does when a room has closed. */
export function sendPage(response: ServerResponse): void {
  const page = '<!doctype html><html lang="zh-CN"><title>直播已结束</title><body><h1>直播已结束</h1><p>看看其他直播间</p></body></html>\n';
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(page) }).end(page);
}

/** Streams a playlist that begins like one and goes on for hugePlaylistMiB, as fast as the other side reads. */
export async function sendHugePlaylist(response: ServerResponse, contentType: string): Promise<void> {
  response.writeHead(200, { 'content-type': contentType });
  response.write('#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n');
  const chunk = '#EXTINF:2.000,\nnothing.ts\n'.repeat(Math.ceil((1 << 20) / 26));
  for (let i = 0; i < hugePlaylistMiB && !response.destroyed; i++) {
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
}

/** Resolves once a response takes more, or is closed. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

/** Bytes that look like nothing, the same for the same seed (xorshift32). */
export function makeGarbage(bytes: number, seed: number): Buffer {
  const body = Buffer.alloc(bytes);
  let state = (seed >>> 0) || 1;
  for (let i = 0; i < bytes; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    body[i] = state & 0xff;
  }
  // A TS sync byte or an ISO box at the start would be half a segment.
  body[0] = 0x5a;
  return body;
}

/** Declares the whole length, sends half of it and cuts the connection. */
export function sendTruncated(response: ServerResponse, type: string, body: Buffer): void {
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}

/** Sends half of the body and then nothing, keeping the connection. */
export function sendStalled(response: ServerResponse, type: string, body: Buffer): void {
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  response.write(body.subarray(0, body.length >> 1));
}

/** Sends the body in drips of 512 bytes, ten a second: alive, but far slower than the stream. */
export async function sendDrips(response: ServerResponse, type: string, body: Buffer): Promise<void> {
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  for (let at = 0; at < body.length && !response.destroyed; at += dripBytes) {
    response.write(body.subarray(at, at + dripBytes));
    await wait(dripMs);
  }
  response.end();
}
