import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseByteRange } from './byte-range.ts';
import type { LoopMedia, LoopVariant } from './loop-media.ts';
import { formatMasterPlaylist, formatMediaPlaylist, isServed, type LoopTiming, loopIndex, nextMessage, parseSegmentName, type PlaylistTwist } from './loop-playlist.ts';

/** A body that a room answers with; `sequence` is the media sequence of a segment as the playlist named it. */
export type LoopResource =
  | { kind: 'playlist'; type: string; body: Buffer }
  | { kind: 'init'; type: string; body: Buffer }
  | { kind: 'segment'; type: string; body: Buffer; sequence: number }
  | { kind: 'chat' };

const playlistType = 'application/vnd.apple.mpegurl';

/** Finds what lies at a path below a room (`index.m3u8`, `540/index.m3u8`, `540/123.ts`, `chat.jsonl`) at an instant; null when there is nothing. */
export function findResource(loop: LoopMedia, timing: LoopTiming, path: string, nowMs: number, twist?: PlaylistTwist): LoopResource | null {
  const { manifest } = loop;
  if (path === 'chat.jsonl') return { kind: 'chat' };
  if (path === 'index.m3u8') return { kind: 'playlist', type: playlistType, body: Buffer.from(formatMasterPlaylist(manifest)) };
  const [variantName, file, ...rest] = path.split('/');
  const variant = manifest.variants.find((v) => v.name === variantName);
  if (!variant || file === undefined || rest.length > 0) return null;
  if (file === 'index.m3u8') return { kind: 'playlist', type: playlistType, body: Buffer.from(formatMediaPlaylist(timing, manifest, variant, nowMs, twist)) };
  if (file === variant.init) return findFile(loop, variant, file, (body) => ({ kind: 'init', type: 'video/mp4', body }));
  const named = parseSegmentName(manifest, file);
  if (named === null) return null;
  const sequence = named + (twist?.sequenceShift ?? 0);
  const index = loopIndex(timing, sequence);
  if (index === null || !isServed(timing, sequence, nowMs)) return null;
  return findFile(loop, variant, variant.segments[index], (body) => ({ kind: 'segment', type: manifest.container === 'ts' ? 'video/mp2t' : 'video/iso.segment', body, sequence: named }));
}

function findFile(loop: LoopMedia, variant: LoopVariant, file: string | undefined, wrap: (body: Buffer) => LoopResource): LoopResource | null {
  const body = file === undefined ? undefined : loop.files.get(`${variant.name}/${file}`);
  return body ? wrap(body) : null;
}

/** Answers with a body, honouring HEAD and Range; returns whether the whole of it was asked for. */
export function sendBody(request: IncomingMessage, response: ServerResponse, type: string, body: Buffer): boolean {
  const range = parseByteRange(request.headers.range, body.length);
  const headers = { 'content-type': type, 'accept-ranges': 'bytes', 'cache-control': type === playlistType ? 'no-cache' : 'max-age=60' };
  if (range.kind === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${body.length}`, 'content-length': 0 }).end();
    return false;
  }
  const slice = range.kind === 'slice' ? body.subarray(range.from, range.to) : body;
  if (range.kind === 'slice') response.writeHead(206, { ...headers, 'content-length': slice.length, 'content-range': `bytes ${range.from}-${range.to - 1}/${body.length}` });
  else response.writeHead(200, { ...headers, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : slice);
  return range.kind === 'all' && request.method === 'GET';
}

/** Streams a room's chat as JSON lines `{at, user, text}`, each when it is said, until the viewer leaves. */
export function streamChat(request: IncomingMessage, response: ServerResponse, loop: LoopMedia, timing: LoopTiming): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-cache' });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.flushHeaders();
  let timer: NodeJS.Timeout | undefined;
  const sendAfter = (afterMs: number): void => {
    const next = nextMessage(loop.manifest, timing, loop.messages, afterMs);
    if (!next) return;
    timer = setTimeout(() => {
      const { user, text } = next.message;
      response.write(`${JSON.stringify({ at: new Date(next.atMs).toISOString(), user, text })}\n`);
      sendAfter(next.dueMs);
    }, Math.max(0, next.dueMs - Date.now()));
  };
  sendAfter(Date.now());
  response.on('close', () => clearTimeout(timer));
}

/** Answers 404, or 405 for a method that is neither GET nor HEAD. */
export function refuse(request: IncomingMessage, response: ServerResponse): void {
  const known = request.method === 'GET' || request.method === 'HEAD';
  const body = known ? 'not found\n' : 'method not allowed\n';
  response.writeHead(known ? 404 : 405, { 'content-type': 'text/plain', 'content-length': body.length, ...(known ? {} : { allow: 'GET, HEAD' }) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Path of a request without its query. */
export function requestPath(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** Answers one request for a resource of a room. */
export function answerRoom(request: IncomingMessage, response: ServerResponse, loop: LoopMedia, timing: LoopTiming, path: string): void {
  const resource = request.method === 'GET' || request.method === 'HEAD' ? findResource(loop, timing, path, Date.now()) : null;
  if (!resource) refuse(request, response);
  else if (resource.kind === 'chat') streamChat(request, response, loop, timing);
  else sendBody(request, response, resource.type, resource.body);
}
