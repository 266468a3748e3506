import { setTimeout as wait } from 'node:timers/promises';
import type { ChannelPlan, Exchange } from './fault-channel.ts';

type Answer = NonNullable<ChannelPlan['answer']>;

/** Breaks the connection with a TCP reset, so that the other side gets ECONNRESET and no end of data. */
export function resetConnection({ response }: Exchange): true {
  response.socket?.resetAndDestroy();
  return true;
}

/** Everything answers with a bare status. */
export function answerStatus(status: number, headers: Record<string, string> = {}): Answer {
  return (exchange) => {
    exchange.channel.send({ ...exchange, kind: 'other', status, type: 'text/plain', headers, body: Buffer.from(`status ${status}\n`) });
    return true;
  };
}

/** Applies an answer to segments only; the playlist goes on. */
export function segmentsOnly(answer: Answer): Answer {
  return (exchange) => (exchange.kind === 'segment' && exchange.status === 200 ? answer(exchange) : false);
}

/** Applies an answer to playlists only. */
export function playlistsOnly(answer: Answer): Answer {
  return (exchange) => (exchange.kind === 'playlist' || exchange.kind === 'master' ? answer(exchange) : false);
}

/** Answers a playlist's address with another text. */
export function answerText(type: string, text: string): Answer {
  return (exchange) => {
    exchange.channel.send({ ...exchange, type, body: Buffer.from(text) });
    return true;
  };
}

/** Sends half of the body, then resets or ends the connection; the length is declared, chunked, or left to the end of the connection. */
export function sendHalf(length: 'declared' | 'chunked' | 'none', end: 'reset' | 'close'): Answer {
  return ({ response, type, body }) => {
    // Not at a packet's or a box's edge, as it falls in life.
    const half = body.subarray(0, (body.length >> 1) + 7);
    const cut = (): void => void (end === 'reset' ? response.socket?.resetAndDestroy() : response.socket?.end());
    if (length === 'none') {
      // A server of HTTP/1.0 manners: the end of the connection is the end of the body, so half of it looks whole.
      response.socket?.end(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n`), half]));
      return true;
    }
    response.writeHead(200, { 'content-type': type, ...(length === 'declared' ? { 'content-length': body.length } : {}) });
    response.write(half, () => setTimeout(cut, 20));
    return true;
  };
}

/** Declares fewer bytes than the segment has: what a client gets is well-formed HTTP and half of a segment. */
export function sendWrongLength({ response, type, body }: Exchange): true {
  const declared = (body.length >> 1) + 7;
  response.writeHead(200, { 'content-type': type, 'content-length': declared }).end(body.subarray(0, declared));
  return true;
}

/** Takes the request and never answers, or stops in the middle of the body, keeping the connection. */
export function stall(where: 'headers' | 'body'): Answer {
  return ({ response, type, body }) => {
    if (where === 'headers') return true;
    response.writeHead(200, { 'content-type': type, 'content-length': body.length });
    response.write(body.subarray(0, body.length >> 1));
    return true;
  };
}

/** Sends a segment whole, but slower than it plays: a sixtieth every hundred milliseconds. */
export async function drip({ channel, response, type, body, number }: Exchange): Promise<true> {
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  const step = Math.ceil(body.length / 60);
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    response.write(body.subarray(at, at + step));
    await wait(100);
  }
  if (!response.destroyed) response.end(() => channel.note(number, body));
  return true;
}

/** Sends without end: a playlist as fast as it is read, a segment at some megabytes a second, until the fault is over. */
export async function sendForever({ channel, kind, response, type }: Exchange): Promise<true> {
  response.writeHead(200, { 'content-type': type });
  response.write('#EXTM3U\n#EXT-X-TARGETDURATION:2\n');
  const chunk = kind === 'playlist' ? Buffer.from('#EXTINF:2.000,\nnothing.ts\n'.repeat(8000)) : Buffer.alloc(188 * 1000, 0x47);
  while (!response.destroyed && channel.phase === 'during') {
    response.write(chunk);
    await wait(kind === 'playlist' ? 20 : 100);
  }
  response.socket?.resetAndDestroy();
  return true;
}

/** Redirects to an address. */
export function redirect(exchange: Exchange, location: string): true {
  exchange.response.writeHead(302, { location, 'content-length': 0 }).end();
  return true;
}
