import type { FlvConnection } from './flv-run.ts';
import { openResponse, readReceived, type FetchLimits } from './http-fetcher.ts';
import type { RunContext } from './source-run.ts';

/** Bounds of an HTTP-FLV connection: it lasts as long as the broadcast, but not without bytes. */
const flvLimits: FetchLimits = { connectTimeoutMs: 8000, idleTimeoutMs: 12_000, totalTimeoutMs: 2_147_483_647, maxBytes: Number.MAX_SAFE_INTEGER, maxRedirects: 5 };

/** Opens an HTTP-FLV address. */
export function openHttpFlv<T>(url: string, { signal, policy }: Pick<RunContext, 'signal' | 'policy'>, consume: (connection: FlvConnection) => Promise<T>): Promise<T> {
  return openResponse(url, { limits: flvLimits, signal, acceptCompressed: false, policy }, (head, response) => consume({
    chunks: readReceived(response), declaredBytes: head.declaredBytes, note: null,
    capture: {
      playlistUrl: head.url, remoteAddress: head.remoteAddress, statusCode: head.statusCode, tlsChain: head.tlsChain, playlists: [], clockOffsetMs: head.clockOffsetMs,
      headers: Object.fromEntries(Object.entries(head.headers).filter(([name]) => name !== 'set-cookie')),
    },
  }));
}
