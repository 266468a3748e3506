import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { closeServer, listenOn } from '../../electron/engine/demo/demo-origin.ts';
import { type FlvLoop, loadFlvLoop, retime } from './flv-loop.ts';

/** What the origin does to the connection that is open. */
export type FlvAct = 'reset' | 'end' | 'stall' | 'go-on' | 'jump' | 'jump-back' | 'repeat-headers' | 'change-config' | 'file-header' | 'garbage' | 'wrong-sizes';

/** One connection as it was served: every byte handed to the socket, and when it began. */
export type FlvServed = { bytes: () => Buffer; startedAtMs: number };

/** Options: what is played, how much of the past a new connection gets at once. */
export type FlvOriginOptions = { media?: FlvLoop; changed?: FlvLoop; burstMs?: number; fileRounds?: number };

/** A running HTTP-FLV origin: one endless broadcast at `url` in real time, the same file again and again as a whole at `fileUrl`. */
export type FlvOrigin = {
  url: string; fileUrl: string; redirectUrl: string;
  served: readonly FlvServed[];
  act: (act: FlvAct) => void;
  /** Answer new connections with this status; null = play. */
  refuse: (status: number | null) => void;
  /** Resolves once so many requests have been refused. */
  refused: (requests: number) => Promise<void>;
  /** Resolves once the connection with this number (0 = first) has been sent so much media. */
  sent: (connection: number, mediaMs: number) => Promise<void>;
  close: () => Promise<void>;
};

const tickMs = 20;

/** Where a connection's FLV goes: header and tags, each with its trailing size, one write each. */
export type FlvSink = { write: (bytes: Buffer, done?: () => void) => unknown; end: () => unknown; destroy: () => unknown };

/** One listener of an endless broadcast. */
export class FlvConnection implements FlvServed {
  readonly startedAtMs = Date.now();
  readonly #response: FlvSink;
  readonly #startMs: number;
  readonly #chunks: Buffer[] = [];
  #loop: FlvLoop;
  #position: { round: number; index: number };
  #shiftMs = 0;
  #isStalled = false;
  #hasWrongSizes = false;
  /** Media sent so far, in milliseconds. */
  sentMs = 0;
  /** Stopped when the listener goes. */
  readonly timer: NodeJS.Timeout;

  constructor(response: FlvSink, loop: FlvLoop, liveMs: () => number, burstMs: number, onSent: () => void) {
    this.#response = response;
    this.#loop = loop;
    this.#startMs = Math.max(0, liveMs() - burstMs);
    const round = Math.floor(this.#startMs / loop.lengthMs);
    const keyIndex = loop.frames.findLastIndex((frame) => frame.isKey && frame.timeMs <= this.#startMs - round * loop.lengthMs);
    this.#position = { round, index: Math.max(0, keyIndex) };
    this.#startMs = round * loop.lengthMs + (loop.frames[this.#position.index]?.timeMs ?? 0);
    for (const header of loop.headers) this.#write(header);
    const play = (): void => {
      if (!this.#isStalled) this.#playUntil(liveMs());
      onSent();
    };
    this.timer = setInterval(play, tickMs);
    play();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Does something to the connection. */
  act(act: FlvAct, changed: FlvLoop): void {
    if (act === 'reset') {
      const frame = this.#loop.frames[this.#position.index]?.bytes as Buffer;
      this.#response.write(frame.subarray(0, 20), () => this.#response.destroy()); // broken within a tag
      clearInterval(this.timer);
    } else if (act === 'end') {
      clearInterval(this.timer);
      this.#response.end();
    } else if (act === 'stall' || act === 'go-on') this.#isStalled = act === 'stall';
    else if (act === 'jump') this.#shiftMs += 3_600_000;
    else if (act === 'jump-back') this.#shiftMs -= 5000;
    else if (act === 'repeat-headers') for (const header of this.#loop.headers.slice(1)) this.#write(header);
    else if (act === 'file-header') for (const header of this.#loop.headers) this.#write(header);
    else if (act === 'garbage') this.#write(Buffer.concat([Buffer.from([0xff]), randomBytes(3999)]));
    else if (act === 'wrong-sizes') this.#hasWrongSizes = true;
    else {
      const { lengthMs } = this.#loop;
      const atMs = this.#position.round * lengthMs;
      this.#loop = changed;
      this.#position = { round: Math.ceil(atMs / changed.lengthMs), index: 0 };
      for (const header of changed.headers.slice(1)) this.#write(header);
    }
  }

  #playUntil(untilMs: number): void {
    for (;;) {
      const { frames, lengthMs } = this.#loop;
      const frame = frames[this.#position.index];
      if (frame === undefined) {
        this.#position = { round: this.#position.round + 1, index: 0 };
        continue;
      }
      const timeMs = this.#position.round * lengthMs + frame.timeMs;
      if (timeMs > untilMs) return;
      const tag = retime(frame.bytes, Math.max(0, timeMs + this.#shiftMs));
      if (this.#hasWrongSizes) tag.writeUInt32BE(0, tag.length - 4);
      this.#write(tag);
      this.sentMs = timeMs - this.#startMs;
      this.#position.index += 1;
    }
  }

  #write(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#response.write(bytes);
  }
}

/** The file that an origin serves whole: so many rounds of its loop, one after the other. */
export function makeFlvFile(media: FlvLoop, rounds: number): Buffer {
  const frames = Array.from({ length: rounds }, (_, round) => media.frames.map(({ bytes, timeMs }) => retime(bytes, timeMs + round * media.lengthMs)));
  return Buffer.concat([...media.headers, ...frames.flat()]);
}

/** Starts an HTTP-FLV origin whose broadcast has been on for ten minutes. */
export async function startFlvOrigin(options: FlvOriginOptions = {}): Promise<FlvOrigin> {
  const media = options.media ?? loadFlvLoop('avc');
  const changed = options.changed ?? loadFlvLoop('hevc');
  const onAirMs = Date.now() - 600_000;
  const connections: FlvConnection[] = [];
  const watchers: { connection: number; mediaMs: number; resolve: () => void }[] = [];
  let refused: number | null = null;
  let refusals = 0;
  const refusalWatchers: { requests: number; resolve: () => void }[] = [];
  const tell = (): void => {
    for (const watcher of watchers.slice()) {
      if ((connections[watcher.connection]?.sentMs ?? -1) < watcher.mediaMs) continue;
      watchers.splice(watchers.indexOf(watcher), 1);
      watcher.resolve();
    }
  };
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://origin');
    if (pathname === '/redirect') return void response.writeHead(302, { location: '/live/room?token=1' }).end();
    if (refused !== null) {
      refusals += 1;
      for (const watcher of refusalWatchers) if (refusals >= watcher.requests) watcher.resolve();
      return void response.writeHead(refused).end();
    }
    response.writeHead(200, { 'content-type': 'video/x-flv', 'cache-control': 'no-store' });
    if (pathname === '/file') return void response.end(makeFlvFile(media, options.fileRounds ?? 1));
    const connection = new FlvConnection(response, media, () => Date.now() - onAirMs, options.burstMs ?? 0, tell);
    connections.push(connection);
    response.on('close', () => clearInterval(connection.timer));
  });
  const port = await listenOn(server, 0, '127.0.0.1');
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/live/room.flv`, fileUrl: `${origin}/file`, redirectUrl: `${origin}/redirect`, served: connections,
    act: (act) => connections.at(-1)?.act(act, changed),
    refuse: (status) => void (refused = status),
    refused: (requests) => new Promise((resolve) => {
      refusalWatchers.push({ requests, resolve });
      if (refusals >= requests) resolve();
    }),
    sent: (connection, mediaMs) => new Promise((resolve) => {
      watchers.push({ connection, mediaMs, resolve });
      tell();
    }),
    close: () => closeServer(server),
  };
}
