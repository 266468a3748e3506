import { request as httpRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import { lookup as lookUpName, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { FaultError, makeFault, type Fault, type FaultCode } from '../../contract/faults.ts';
import { isPrivateAddress, type AddressPolicy } from './address-policy.ts';
import { HostGate, readRetryAfter } from './host-gate.ts';

/** Bounds of one request; times in milliseconds, sizes in bytes. */
export type FetchLimits = { connectTimeoutMs: number; idleTimeoutMs: number; totalTimeoutMs: number; maxBytes: number; maxRedirects: number };

/** Bounds for a playlist. */
export const playlistLimits: FetchLimits = { connectTimeoutMs: 8000, idleTimeoutMs: 8000, totalTimeoutMs: 15_000, maxBytes: 4 << 20, maxRedirects: 5 };
/** Bounds for a segment. */
export const segmentLimits: FetchLimits = { connectTimeoutMs: 6000, idleTimeoutMs: 6000, totalTimeoutMs: 60_000, maxBytes: 256 << 20, maxRedirects: 5 };

/** What a server answered, before its body. */
export type ResponseHead = {
  url: string; statusCode: number; headers: Record<string, string>; remoteAddress: string | null; tlsChain: string[];
  /** Server clock minus ours from the Date header, ±500 ms; null without one. */
  clockOffsetMs: number | null;
  declaredBytes: number | null;
};

// Two sets of connections: one that was opened to a private address must not be used for a room that may not visit any.
// The cap per host is far above one room's needs: long answers (HTTP-FLV, chat) of fifty rooms must not keep the fifty-first out.
const agentOptions = { keepAlive: true, maxSockets: 512, maxFreeSockets: 64 };
const makeAgents = () => ({ http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) });
const hosts = new HostGate();
const maxHeaders = 128;
const agents = { open: makeAgents(), publicOnly: makeAgents() };

/** Looks a name up for a socket and refuses private addresses: what is checked is what is connected to. */
export const lookUpPublic: LookupFunction = (host, options, callback) => {
  lookUpName(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, '', 0);
    const refused = addresses.find(({ address }) => isPrivateAddress(address));
    const first = addresses[0];
    if (refused !== undefined || first === undefined) return callback(new FaultError(toPrivateFault(host, refused?.address ?? '')), '', 0);
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function toPrivateFault(host: string, address: string): Fault {
  return makeFault('address-private', host, `${host}${address === '' || address === host ? '' : `（${address}）`} 是内部网络地址，未予访问`);
}
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0 Safari/537.36';
const connectErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'EADDRNOTAVAIL', 'HPE_INVALID_CONSTANT']);

/** Says what kind of failure a socket or name-resolution error was. */
export function classifyNetworkError(error: NodeJS.ErrnoException, url: string): Fault {
  const code = error.code ?? '';
  const kind: FaultCode = code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'dns-failed'
    : code.startsWith('ERR_TLS') || code.startsWith('CERT') || code.includes('SELF_SIGNED') || code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('UNABLE_TO') ? 'tls-failed'
    : code === 'ETIMEDOUT' ? 'timed-out'
    : connectErrors.has(code) || code.startsWith('HPE_') ? 'connect-failed'
    : 'connect-failed';
  return makeFault(kind, safeUrl(url), `${code === '' ? '' : `${code} `}${error.message}`, { retryable: true });
}

/** An address without its query, which may carry a secret. */
export function safeUrl(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  } catch {
    return '(invalid address)';
  }
}

function parseAddress(url: string): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new FaultError(makeFault('url-invalid', '', `不是有效的地址：${url.slice(0, 200)}`));
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw new FaultError(makeFault('url-invalid', safeUrl(url), `只支持 http 与 https 地址，这里是 ${parsed.protocol}`));
  }
  return parsed;
}

const chains = new WeakMap<TLSSocket, string[]>();

function pemChain(socket: TLSSocket): string[] {
  const known = chains.get(socket);
  if (known !== undefined) return known; // a kept connection serves a thousand playlists with one chain
  const chain: string[] = [];
  chains.set(socket, chain);
  let certificate = socket.getPeerCertificate?.(true);
  const seen = new Set<string>();
  while (certificate?.raw !== undefined && !seen.has(certificate.fingerprint256) && chain.length < 8) {
    seen.add(certificate.fingerprint256);
    chain.push(`-----BEGIN CERTIFICATE-----\n${certificate.raw.toString('base64').replaceAll(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

function toHead(url: string, response: IncomingMessage, requestedAtMs: number): ResponseHead {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const dateMs = headers['date'] === undefined ? Number.NaN : Date.parse(headers['date']);
  const middleMs = (requestedAtMs + Date.now()) / 2;
  const length = headers['content-length'];
  return {
    url, statusCode: response.statusCode ?? 0, headers, remoteAddress: response.socket.remoteAddress ?? null,
    tlsChain: 'getPeerCertificate' in response.socket ? pemChain(response.socket as TLSSocket) : [],
    clockOffsetMs: Number.isNaN(dateMs) ? null : dateMs + 500 - middleMs,
    declaredBytes: length !== undefined && /^\d+$/.test(length) ? Number(length) : null,
  };
}

/** Options of one request: byte range [from, to] inclusive, which addresses may be visited, and whether compressed answers are welcome. */
export type FetchOptions = { limits: FetchLimits; signal: AbortSignal; acceptCompressed: boolean; policy: AddressPolicy; range?: { from: number; to: number } };

/**
 * Opens a GET, following redirects within limits, and hands head and body to `consume`.
 * Expected failures throw FaultError; a body shorter than declared throws `segment-truncated` once the socket closes.
 */
export async function openResponse<T>(url: string, options: FetchOptions, consume: (head: ResponseHead, response: IncomingMessage) => Promise<T>): Promise<T> {
  let address = parseAddress(url);
  const deadline = AbortSignal.timeout(options.limits.totalTimeoutMs);
  const signal = AbortSignal.any([options.signal, deadline]);
  const fail = (thrown: unknown): FaultError => {
    if (thrown instanceof FaultError) return thrown;
    if (options.signal.aborted) return new FaultError(makeFault('cancelled', safeUrl(url), 'cancelled'));
    if (deadline.aborted) return new FaultError(makeFault('timed-out', safeUrl(url), `no complete answer within ${options.limits.totalTimeoutMs} ms`, { retryable: true }));
    return new FaultError(classifyNetworkError(thrown as NodeJS.ErrnoException, url));
  };
  try {
    for (let hop = 0; ; hop += 1) {
      const requestedAtMs = Date.now();
      await hosts.pass(address.host, signal);
      const response = await openOnce(address, options, signal).catch((thrown: unknown) => {
        if (!(thrown instanceof FaultError) && !options.signal.aborted) hosts.noteFailure(address.host, null);
        throw thrown;
      });
      const { statusCode = 0 } = response;
      if (statusCode >= 500 || statusCode === 429) hosts.noteFailure(address.host, statusCode === 429 ? response.headers['retry-after'] ?? null : null);
      else hosts.noteSuccess(address.host);
      const location = response.headers.location;
      if (response.statusCode !== undefined && response.statusCode >= 300 && response.statusCode < 400 && location !== undefined) {
        response.resume();
        if (hop >= options.limits.maxRedirects) throw new FaultError(makeFault('redirect-refused', safeUrl(url), `more than ${options.limits.maxRedirects} redirects`, { retryable: true }));
        address = parseAddress(new URL(location, address).href);
        continue;
      }
      const head = toHead(address.href, response, requestedAtMs);
      if (head.statusCode === 429) {
        response.destroy();
        const askedMs = readRetryAfter(head.headers['retry-after'] ?? null, Date.now());
        throw new FaultError(makeFault('too-busy', safeUrl(url), 'HTTP 429', { retryable: true, cause: askedMs === null ? '' : String(Math.ceil(askedMs / 1000)) }));
      }
      if (head.statusCode !== 200 && head.statusCode !== 206) {
        response.destroy();
        throw new FaultError(makeFault('http-status', safeUrl(url), `HTTP ${head.statusCode}`, { retryable: true, cause: head.statusCode }));
      }
      try {
        return await consume(head, response);
      } finally {
        if (!response.complete) response.destroy();
      }
    }
  } catch (thrown) {
    throw fail(thrown);
  }
}

function openOnce(address: URL, options: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = address.protocol === 'https:';
    const headers: Record<string, string> = { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': options.acceptCompressed ? 'gzip, deflate, br' : 'identity', ...options.policy.headers };
    if (options.range !== undefined) headers['range'] = `bytes=${options.range.from}-${options.range.to}`;
    const host = address.hostname.replace(/^\[|\]$/g, '');
    if (!options.policy.allowPrivate && isPrivateAddress(host)) return reject(new FaultError(toPrivateFault(host, host)));
    const pool = options.policy.allowPrivate ? agents.open : agents.publicOnly;
    const lookup = options.policy.allowPrivate ? {} : { lookup: lookUpPublic };
    const outgoing = (secure ? httpsRequest : httpRequest)(address, { agent: secure ? pool.https : pool.http, headers, signal, maxHeaderSize: 64 << 10, ...lookup });
    outgoing.maxHeadersCount = maxHeaders;
    const timer = setTimeout(() => outgoing.destroy(Object.assign(new Error(`no answer within ${options.limits.connectTimeoutMs} ms`), { code: 'ETIMEDOUT' })), options.limits.connectTimeoutMs);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.on('response', (response) => {
      clearTimeout(timer);
      response.setTimeout(options.limits.idleTimeoutMs, () => response.destroy(Object.assign(new Error(`nothing received for ${options.limits.idleTimeoutMs} ms`), { code: 'ETIMEDOUT' })));
      resolve(response);
    });
    outgoing.end();
  });
}

/** What may lie received and unread before the connection is asked to wait. */
const maxUnreadBytes = 1 << 20;

/**
 * A body's bytes as they were received, to the last one: where the connection breaks, what had come by then is handed out before its error is thrown.
 * (A stream's own iterator drops what its reader had not fetched yet.)
 */
export async function* readReceived(response: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  const unread: Buffer[] = [];
  let unreadBytes = 0;
  let end: { error: Error | null } | null = null;
  let wake = (): void => {};
  const stop = (error: Error | null): void => {
    end ??= { error };
    wake();
  };
  const take = (chunk: Buffer): void => {
    unread.push(chunk);
    unreadBytes += chunk.length;
    if (unreadBytes >= maxUnreadBytes) response.pause();
    wake();
  };
  const finish = (): void => stop(null);
  const close = (): void => stop(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
  response.on('data', take).on('end', finish).on('error', stop).on('close', close);
  try {
    for (;;) {
      const chunk = unread.shift();
      if (chunk !== undefined) {
        unreadBytes -= chunk.length;
        if (unreadBytes < maxUnreadBytes && response.isPaused()) response.resume();
        yield chunk;
      } else if (end !== null) {
        const { error } = end as { error: Error | null };
        if (error !== null) throw error;
        return;
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    response.off('data', take).off('end', finish).off('close', close);
    response.pause();
  }
}

/** Reads a body chunk by chunk, bounded; throws `segment-truncated` when it ends short of what was declared. */
export async function readBody(head: ResponseHead, response: IncomingMessage, maxBytes: number, onChunk: (chunk: Buffer) => Promise<void> | void): Promise<number> {
  let bytes = 0;
  const tooLarge = (): FaultError => new FaultError(makeFault('segment-too-large', safeUrl(head.url), `more than ${maxBytes} bytes`));
  if (head.declaredBytes !== null && head.declaredBytes > maxBytes) throw tooLarge();
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      await onChunk(chunk);
    }
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'ECONNRESET' && (thrown as Error).message === 'aborted') {
      throw new FaultError(makeFault('segment-truncated', safeUrl(head.url), `the connection broke after ${bytes} of ${head.declaredBytes ?? 'unknown'} bytes`, { retryable: true }));
    }
    throw thrown;
  }
  if (!response.complete || (head.declaredBytes !== null && bytes !== head.declaredBytes)) {
    throw new FaultError(makeFault('segment-truncated', safeUrl(head.url), `${bytes} of ${head.declaredBytes ?? 'unknown'} bytes`, { retryable: true }));
  }
  return bytes;
}

/** Fetches a text whole, undoing compression within bounds. */
export async function fetchText(url: string, signal: AbortSignal, policy: AddressPolicy, limits: FetchLimits = playlistLimits): Promise<{ head: ResponseHead; text: string }> {
  return openResponse(url, { limits, signal, policy, acceptCompressed: true }, async (head, response) => {
    const chunks: Buffer[] = [];
    await readBody(head, response, limits.maxBytes, (chunk) => void chunks.push(chunk)).catch((thrown: unknown) => {
      if (thrown instanceof FaultError && thrown.fault.code === 'segment-too-large') {
        throw new FaultError(makeFault('playlist-too-large', safeUrl(url), thrown.fault.message));
      }
      throw thrown;
    });
    try {
      const plain = unpack(Buffer.concat(chunks), head.headers['content-encoding'] ?? '', { maxOutputLength: limits.maxBytes });
      return { head, text: plain.toString('utf8') };
    } catch (thrown) {
      throw new FaultError(makeFault('playlist-invalid', safeUrl(url), 'the compressed answer cannot be unpacked', { retryable: true, cause: thrown }));
    }
  });
}

function unpack(body: Buffer, encoding: string, bound: ZlibOptions): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip': case 'x-gzip': return gunzipSync(body, bound);
    case 'br': return brotliDecompressSync(body, bound);
    case 'deflate': return ((body[0] ?? 0) & 0xf) === 8 ? inflateSync(body, bound) : inflateRawSync(body, bound); // some servers leave the zlib wrapper out
    default: return body;
  }
}
