import { createServer as createHttpServer, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server as SecureServer } from 'node:https';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { closeServer, listenOn } from '../../electron/engine/demo/demo-origin.ts';
import { encryptSegment, hashBytes, isFragmented, makeInit, makeKey, makeSegment, segmentSeconds, toSequenceIv, type Rendition } from './fault-media.ts';

/** Where a channel stands: it behaves, misbehaves, or behaves again. */
export type Phase = 'before' | 'during' | 'after';
/** One entry of a live playlist: the number of its segment in the broadcast, how it is addressed, and the tags before it. */
export type ListedPiece = { number: number; uri: string; tags: string[]; durationTag: string };
/** A live playlist before it is written out. */
export type LivePlaylist = { mediaSequence: number; tags: string[]; pieces: ListedPiece[]; tail: string[]; ended: boolean };
/** One request and what would be answered if nothing were wrong. */
export type Exchange = {
  kind: 'master' | 'playlist' | 'segment' | 'init' | 'key' | 'other';
  url: URL; request: IncomingMessage; response: ServerResponse; status: number; type: string; body: Buffer; headers: OutgoingHttpHeaders;
  /** Number of the segment asked for; null for anything else. */
  number: number | null; rendition: Rendition;
  /** How often this very path has been asked for, from 1. */
  times: number; channel: FaultChannel;
};
/** How a channel is made, and what goes wrong with it. Every hook may look at `channel.phase`. */
export type ChannelPlan = {
  rendition?: Rendition; master?: boolean; secure?: boolean; encrypted?: boolean; packed?: boolean;
  /** Path and query of the address that a person enters; default is the media playlist (or the master). */
  entry?: (channel: FaultChannel) => string;
  /** Changes what the playlist lists. */
  alter?: (playlist: LivePlaylist, channel: FaultChannel, rendition: Rendition) => void;
  /** Changes or makes an answer; true = answered here. Called for every request while `during`, or always with `always`. */
  answer?: (exchange: Exchange) => boolean | Promise<boolean>;
  always?: boolean;
  onBegin?: (channel: FaultChannel) => void | Promise<void>;
  onEnd?: (channel: FaultChannel) => void | Promise<void>;
};
/** A segment that went out whole. */
export type ServedPiece = { number: number; sha256: string; atMs: number };

const windowPieces = 5;
const gracePieces = 2;
const leadPieces = 3;
const certificate = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, 'certificates', `${name}.pem`));

/** One live HLS room on a port of its own whose broadcast goes on whatever becomes of its answers. */
export class FaultChannel {
  readonly name: string;
  readonly plan: ChannelPlan;
  readonly served: ServedPiece[] = [];
  /** Every number that a playlist which was asked for has named. */
  readonly listed = new Set<number>();
  readonly startedAtMs = Date.now();
  readonly #asked = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  #server: Server | SecureServer;
  #port = 0;
  phase: Phase = 'before';
  phaseAtMs = Date.now();
  /** Number of the newest segment when the fault began. */
  beganAt = 0;
  requests = 0;
  requestsDuring = 0;

  constructor(name: string, plan: ChannelPlan) {
    this.name = name;
    this.plan = plan;
    this.#server = this.#makeServer();
  }

  #makeServer(): Server | SecureServer {
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response);
    const server = this.plan.secure === true ? createHttpsServer({ cert: certificate('good'), key: certificate('good') }, onRequest) : createHttpServer(onRequest);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    return server;
  }

  async open(): Promise<void> {
    this.#port = await listenOn(this.#server, this.#port, '127.0.0.1');
  }

  /** Refuses connections from now on. */
  close(): Promise<void> {
    this.cutConnections();
    return this.#server.listening ? closeServer(this.#server) : Promise.resolve();
  }

  /** Listens again on the same port. */
  async reopen(): Promise<void> {
    this.#server = this.#makeServer();
    await this.open();
  }

  cutConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Shows another certificate to connections made from now on. */
  useCertificate(name: 'good' | 'expired' | 'wrong-host' | 'self-signed'): void {
    (this.#server as SecureServer).setSecureContext({ cert: certificate(name), key: certificate(name) });
    this.cutConnections();
  }

  get origin(): string {
    return `${this.plan.secure === true ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  /** The address that a person enters. */
  get url(): string {
    return `${this.origin}${this.plan.entry?.(this) ?? (this.plan.master === true ? '/master.m3u8' : `/${this.plan.rendition ?? 'hd'}/index.m3u8`)}`;
  }

  async setPhase(phase: Phase): Promise<void> {
    if (phase === 'during') this.beganAt = this.newest();
    this.phase = phase;
    this.phaseAtMs = Date.now();
    await (phase === 'during' ? this.plan.onBegin : phase === 'after' ? this.plan.onEnd : undefined)?.(this);
  }

  /** Number of the newest complete segment. */
  newest(nowMs = Date.now()): number {
    return Math.floor((nowMs - this.startedAtMs) / (segmentSeconds * 1000)) + leadPieces - 1;
  }

  /** When a segment came to be listed. */
  publishedAtMs(number: number): number {
    return this.startedAtMs + (number - leadPieces + 1) * segmentSeconds * 1000;
  }

  /** Bytes of a segment as they go over the wire. */
  makeBody(rendition: Rendition, number: number): Buffer {
    const plain = makeSegment(this.name, rendition, number);
    if (this.plan.encrypted !== true) return plain;
    const period = Math.floor(number / 3);
    return encryptSegment(plain, makeKey(this.name, period), this.#iv(number));
  }

  #iv(number: number): Buffer {
    return Math.floor(number / 3) % 2 === 0 ? toSequenceIv(number) : makeKey(this.name, 1000 + Math.floor(number / 3));
  }

  #keyTag(number: number): string {
    const period = Math.floor(number / 3);
    return `#EXT-X-KEY:METHOD=AES-128,URI="/key/${period}"${period % 2 === 0 ? '' : `,IV=0x${this.#iv(number).toString('hex')}`}`;
  }

  /** The playlist as an origin without fault writes it. */
  makePlaylist(rendition: Rendition, newest = this.newest()): LivePlaylist {
    const first = Math.max(0, newest - windowPieces + 1);
    const pieces: ListedPiece[] = [];
    let offset = 0;
    for (let number = first; number <= newest; number += 1) {
      const tags = this.plan.encrypted === true && (number === first || number % 3 === 0) ? [this.#keyTag(number)] : [];
      let uri = `${number}.${isFragmented(rendition) ? 'm4s' : 'ts'}`;
      if (this.plan.packed === true) {
        const length = this.makeBody(rendition, number).length;
        if (number === first || number % 4 === 0) {
          offset = 0;
          for (let before = number - (number % 4); before < number; before += 1) offset += this.makeBody(rendition, before).length;
        }
        tags.push(`#EXT-X-BYTERANGE:${length}@${offset}`);
        offset += length;
        uri = `pack-${Math.floor(number / 4)}.ts`;
      }
      pieces.push({ number, uri, tags, durationTag: `#EXTINF:${segmentSeconds.toFixed(3)},` });
    }
    const init = isFragmented(rendition) ? [`#EXT-X-MAP:URI="init.mp4"`] : [];
    return { mediaSequence: first, tags: [`#EXT-X-VERSION:${isFragmented(rendition) ? 7 : 4}`, `#EXT-X-TARGETDURATION:${segmentSeconds}`, ...init], pieces, tail: [], ended: false };
  }

  #find(url: URL): Pick<Exchange, 'kind' | 'number' | 'rendition' | 'type' | 'body' | 'status'> {
    const plain = { number: null, rendition: this.plan.rendition ?? 'hd', type: 'text/plain', body: Buffer.from('not found\n'), status: 404 } as const;
    const [, folder, file] = /^\/(hd|sd|mp4b?)\/([\w.-]+)$/.exec(url.pathname) ?? [];
    if (url.pathname === '/master.m3u8') {
      return { ...plain, kind: 'master', status: 200, type: 'application/vnd.apple.mpegurl', body: Buffer.from('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=270x480\nsd/index.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=540x960\nhd/index.m3u8\n') };
    }
    const key = /^\/key\/(\d{1,6})$/.exec(url.pathname);
    if (key !== null) return { ...plain, kind: 'key', status: 200, type: 'application/octet-stream', body: makeKey(this.name, Number(key[1])) };
    if (folder === undefined || file === undefined) return { ...plain, kind: 'other' };
    const rendition = folder as Rendition;
    if (file === 'index.m3u8') {
      const playlist = this.makePlaylist(rendition);
      this.plan.alter?.(playlist, this, rendition);
      for (const piece of playlist.pieces) this.listed.add(piece.number);
      return { ...plain, rendition, kind: 'playlist', status: 200, type: 'application/vnd.apple.mpegurl', body: Buffer.from(formatPlaylist(playlist)) };
    }
    if (file === 'init.mp4') return { ...plain, rendition, kind: 'init', status: 200, type: 'video/mp4', body: makeInit(rendition) };
    const pack = /^pack-(\d{1,6})\.ts$/.exec(file);
    if (pack !== null) return { ...plain, rendition, kind: 'segment', status: 200, type: 'video/mp2t', body: Buffer.concat([0, 1, 2, 3].map((index) => Number(pack[1]) * 4 + index).filter((number) => number <= this.newest()).map((number) => this.makeBody(rendition, number))) };
    const number = /^(?:r\d+-)?(\d{1,6})\.(?:ts|m4s)$/.exec(file)?.[1];
    if (number === undefined || Number(number) > this.newest() || Number(number) < this.newest() - windowPieces - gracePieces) return { ...plain, kind: 'segment' };
    return { number: Number(number), rendition, kind: 'segment', status: 200, type: 'video/mp2t', body: this.makeBody(rendition, Number(number)) };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const url = new URL(request.url ?? '/', this.origin);
    const times = (this.#asked.get(url.pathname) ?? 0) + 1;
    this.#asked.set(url.pathname, times);
    this.requests += 1;
    if (this.phase === 'during') this.requestsDuring += 1;
    const exchange: Exchange = { ...this.#find(url), url, request, response, headers: {}, times, channel: this };
    if (this.plan.answer !== undefined && (this.phase === 'during' || this.plan.always === true) && await this.plan.answer(exchange)) return;
    this.send(exchange);
  }

  /** Answers as prepared, and notes a segment once it has gone out whole. */
  send({ request, response, status, type, headers, body, number, rendition, kind }: Exchange): void {
    let part = body;
    let slice: string | null = null;
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (range !== null && status === 200) {
      part = body.subarray(Number(range[1]), Number(range[2]) + 1);
      slice = `bytes ${range[1]}-${Number(range[1]) + part.length - 1}/${body.length}`;
    }
    if (status === 200 && kind === 'segment') response.once('finish', () => this.note(number ?? this.#numberOf(rendition, part), part));
    response.writeHead(slice === null ? status : 206, { 'content-type': type, 'content-length': part.length, ...(slice === null ? {} : { 'content-range': slice }), ...headers }).end(part);
  }

  /** Notes that these bytes went out as segment `number`. */
  note(number: number | null, bytes: Buffer): void {
    if (number !== null) this.served.push({ number, sha256: hashBytes(bytes), atMs: Date.now() });
  }

  #numberOf(rendition: Rendition, part: Buffer): number | null {
    for (let number = this.newest(); number >= Math.max(0, this.newest() - 12); number -= 1) if (this.makeBody(rendition, number).equals(part)) return number;
    return null;
  }
}

/** Writes a playlist out. */
export function formatPlaylist({ mediaSequence, tags, pieces, tail, ended }: LivePlaylist): string {
  const listed = pieces.flatMap((piece) => [...piece.tags, piece.durationTag, piece.uri]);
  return `${['#EXTM3U', ...tags, `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`, ...listed, ...tail, ...(ended ? ['#EXT-X-ENDLIST'] : [])].join('\n')}\n`;
}
