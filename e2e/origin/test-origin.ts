import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { assertNever } from '../../electron/contract/faults.ts';
import { closeServer, describeRoom, listenOn, type OriginRoom } from '../../electron/engine/demo/demo-origin.ts';
import { findResource, type LoopResource, refuse, requestPath, sendBody, streamChat } from '../../electron/engine/demo/loop-handler.ts';
import { type LoopMedia, loadLoops } from '../../electron/engine/demo/loop-media.ts';
import { newestSequence, type PlaylistTwist, timeLoop } from '../../electron/engine/demo/loop-playlist.ts';
import { makeGarbage, type OriginFault, sendDrips, sendHugePlaylist, sendPage, sendRedirect, sendStalled, sendStatus, sendTruncated } from './origin-fault.ts';

/** A segment that a client was sent to the last byte; mediaSequence as its playlist named it, atMs when the last byte was handed to the socket. */
export type ServedSegment = { mediaSequence: number; variant: string; sha256: string; bytes: number; at: string; atMs: number; garbage: boolean };

/** How a test origin plays; speed 4 passes four media seconds in one of the wall clock, so its program date runs ahead of the wall. */
export type TestOriginOptions = { mediaDir: string; faults?: Record<string, OriginFault>; speed?: number; startedAtMs?: number; rooms?: string[] };

/** A running test origin. Every room has a port of its own, so that a dead room refuses connections while the others go on. */
export type TestOrigin = {
  rooms: OriginRoom[];
  /** The room with this id; throws when there is none. */
  room(roomId: string): OriginRoom;
  /** Makes a room misbehave from now on, or behave again (null); resolves once it does. */
  setFault(roomId: string, fault: OriginFault | null): Promise<void>;
  /** Every segment served whole, in the order of the last byte. */
  served(roomId: string): ServedSegment[];
  /** Resolves once a request that passes has been answered or refused; to wait without sleeping. */
  waitForRequest(roomId: string, passes: (path: string) => boolean): Promise<string>;
  close(): Promise<void>;
};

class FaultyRoom {
  readonly loop: LoopMedia;
  readonly served: ServedSegment[] = [];
  readonly #timing: ReturnType<typeof timeLoop>;
  #server: Server;
  #port = 0;
  #fault: OriginFault | null = null;
  #faultAtMs = 0;
  /** Once an encoder has begun to count anew it goes on from there, fault cleared or not. */
  #sequenceShift = 0;
  #watchers: { passes: (path: string) => boolean; resolve: (path: string) => void }[] = [];

  constructor(loop: LoopMedia, startedAtMs: number, speed: number) {
    this.loop = loop;
    this.#timing = timeLoop(loop.manifest, startedAtMs, speed);
    this.#server = this.#makeServer();
  }

  #makeServer(): Server {
    return createServer((request, response) => void this.#answer(request, response));
  }

  async open(): Promise<string> {
    this.#port = await listenOn(this.#server, 0, '127.0.0.1');
    return `http://127.0.0.1:${this.#port}`;
  }

  close(): Promise<void> {
    return this.#server.listening ? closeServer(this.#server) : Promise.resolve();
  }

  async setFault(fault: OriginFault | null): Promise<void> {
    const wasDead = this.#fault === 'dead';
    this.#fault = fault;
    this.#faultAtMs = Date.now();
    if (fault === 'sequence-reset') this.#sequenceShift = newestSequence(this.#timing, this.#faultAtMs);
    if (fault === 'dead' && !wasDead) await closeServer(this.#server);
    if (fault !== 'dead' && wasDead) {
      this.#server = this.#makeServer();
      await listenOn(this.#server, this.#port, '127.0.0.1');
    }
  }

  waitForRequest(passes: (path: string) => boolean): Promise<string> {
    return new Promise((resolve) => this.#watchers.push({ passes, resolve }));
  }

  #find(path: string): LoopResource | null {
    const ended = this.#fault === 'end-list';
    const twist: PlaylistTwist = { sequenceShift: this.#sequenceShift, ended };
    return findResource(this.loop, this.#timing, path, ended ? this.#faultAtMs : Date.now(), twist);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = requestPath(request);
    response.on('close', () => this.#tellWatchers(path));
    const below = `/live/${this.loop.manifest.id}/`;
    const fault = this.#fault;
    if (fault === 'redirect-loop') return sendRedirect(request, response);
    if (fault === 'status-403' || fault === 'status-404' || fault === 'status-503') return sendStatus(response, Number(fault.slice(7)));
    const resource = path.startsWith(below) && (request.method === 'GET' || request.method === 'HEAD') ? this.#find(path.slice(below.length)) : null;
    if (!resource) return refuse(request, response);
    if (resource.kind === 'chat') return streamChat(request, response, this.loop, this.#timing);
    if (resource.kind === 'playlist') return this.#answerPlaylist(request, response, resource, fault);
    if (resource.kind === 'init') return void sendBody(request, response, resource.type, resource.body);
    return this.#answerSegment(request, response, resource, path.split('/').at(-2) ?? '', fault);
  }

  async #answerPlaylist(request: IncomingMessage, response: ServerResponse, { type, body }: { type: string; body: Buffer }, fault: OriginFault | null): Promise<void> {
    if (fault === 'playlist-html') return sendPage(response);
    if (fault === 'playlist-huge') return sendHugePlaylist(response, type);
    sendBody(request, response, type, fault === 'playlist-empty' ? Buffer.alloc(0) : body);
  }

  async #answerSegment(request: IncomingMessage, response: ServerResponse, { type, body, sequence }: { type: string; body: Buffer; sequence: number }, variant: string, fault: OriginFault | null): Promise<void> {
    switch (fault) {
      case 'segment-truncated': return sendTruncated(response, type, body);
      case 'segment-stall': return sendStalled(response, type, body);
      case 'slow-drip':
        this.#noteServed(response, body, sequence, variant, false);
        return sendDrips(response, type, body);
      case 'segment-garbage': {
        const garbage = makeGarbage(body.length, sequence);
        if (sendBody(request, response, type, garbage)) this.#noteServed(response, garbage, sequence, variant, true);
        return;
      }
      case null: case 'sequence-reset': case 'end-list': case 'playlist-html': case 'playlist-empty': case 'playlist-huge': case 'dead': {
        if (sendBody(request, response, type, body)) this.#noteServed(response, body, sequence, variant, false);
        return;
      }
      case 'status-403': case 'status-404': case 'status-503': case 'redirect-loop': return;
      default: return assertNever(fault);
    }
  }

  #noteServed(response: ServerResponse, body: Buffer, mediaSequence: number, variant: string, garbage: boolean): void {
    response.once('finish', () => {
      const atMs = Date.now();
      this.served.push({ mediaSequence, variant, sha256: createHash('sha256').update(body).digest('hex'), bytes: body.length, at: new Date(atMs).toISOString(), atMs, garbage });
    });
  }

  #tellWatchers(path: string): void {
    const told = this.#watchers.filter((watcher) => watcher.passes(path));
    this.#watchers = this.#watchers.filter((watcher) => !told.includes(watcher));
    for (const watcher of told) watcher.resolve(path);
  }
}

/** Starts a live origin that can be told to misbehave, room by room, and that remembers what it served. */
export async function startTestOrigin({ mediaDir, faults = {}, speed = 1, startedAtMs, rooms: wanted }: TestOriginOptions): Promise<TestOrigin> {
  const loops = (await loadLoops(mediaDir)).filter((loop) => !wanted || wanted.includes(loop.manifest.id));
  const epochMs = startedAtMs ?? Date.now();
  const rooms = new Map(loops.map((loop) => [loop.manifest.id, new FaultyRoom(loop, epochMs, speed)]));
  const described: OriginRoom[] = [];
  for (const room of rooms.values()) described.push(describeRoom(room.loop, await room.open()));
  const find = (roomId: string): FaultyRoom => {
    const room = rooms.get(roomId);
    return room ?? failRoom(roomId);
  };
  for (const [roomId, fault] of Object.entries(faults)) await find(roomId).setFault(fault);
  return {
    rooms: described,
    room: (roomId) => described.find((room) => room.id === roomId) ?? failRoom(roomId),
    setFault: (roomId, fault) => find(roomId).setFault(fault),
    served: (roomId) => [...find(roomId).served],
    waitForRequest: (roomId, passes) => find(roomId).waitForRequest(passes),
    close: async () => void (await Promise.all([...rooms.values()].map((room) => room.close()))),
  };
}

function failRoom(roomId: string): never {
  throw new Error(`no room ${roomId}`);
}
