import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json',
  '.png': 'image/png', '.jpg': 'image/jpeg', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.ts': 'video/mp2t', '.m4s': 'video/iso.segment', '.mp4': 'video/mp4',
  '.aac': 'audio/aac', '.zip': 'application/zip', '.wasm': 'application/wasm', '.map': 'application/json',
};

/** Sends a file with Range support; answers 404 when it is not there. `immutable` lets the browser keep it. */
export async function sendFile(request: IncomingMessage, response: ServerResponse, path: string, options: { immutable: boolean; download?: string }): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return sendText(response, 404, 'not found');
  response.setHeader('Content-Type', types[extname(path).toLowerCase()] ?? 'application/octet-stream');
  response.setHeader('Cache-Control', options.immutable ? 'private, max-age=86400, immutable' : 'no-cache');
  response.setHeader('Accept-Ranges', 'bytes');
  if (options.download !== undefined) response.setHeader('Content-Disposition', `attachment; filename="${encodeURIComponent(options.download)}"`);
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  let from = 0;
  let to = found.size - 1;
  if (range !== null && (range[1] !== '' || range[2] !== '')) {
    if (range[1] === '') from = Math.max(0, found.size - Number(range[2]));
    else {
      from = Number(range[1]);
      if (range[2] !== '') to = Math.min(to, Number(range[2]));
    }
    if (from > to) {
      response.setHeader('Content-Range', `bytes */${found.size}`);
      return sendText(response, 416, 'range not satisfiable');
    }
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${from}-${to}/${found.size}`);
  }
  response.setHeader('Content-Length', Math.max(0, to - from + 1));
  if (request.method === 'HEAD' || found.size === 0) {
    response.end();
    return;
  }
  await pipeline(createReadStream(path, { start: from, end: to }), response).catch(() => response.destroy()); // a player that seeks away closes early
}

const pack = promisify(gzip);
/** One packet: below it compression gains nothing. */
const smallBytes = 1400;

/** Answers with a text that changes: unchanged since the browser last had it it costs no body, and a long one travels compressed. */
export async function sendChanging(request: IncomingMessage, response: ServerResponse, text: string, type: string): Promise<void> {
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  response.setHeader('Cache-Control', 'private, no-cache');
  response.setHeader('ETag', tag);
  response.setHeader('Vary', 'Accept-Encoding');
  if (request.headers['if-none-match'] === tag) {
    response.statusCode = 304;
    response.end();
    return;
  }
  if (text.length < smallBytes || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return sendText(response, 200, text, type);
  const packed = await pack(text, { level: 1 });
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', packed.length);
  response.end(request.method === 'HEAD' ? undefined : packed);
}

/** Answers with a short plain text. */
export function sendText(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.end(text);
}
