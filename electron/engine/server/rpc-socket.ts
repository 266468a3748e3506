import type { WebSocket } from 'ws';
import { ZodError } from 'zod';
import { makeFault, toFault } from '../../contract/faults.ts';
import { ClientMessage, methods, type EventData, type EventName, type Method, type ParsedParams, type Result, type ServerMessage } from '../../contract/rpc.ts';
import type { JournalStore } from '../store/journal-store.ts';

/** Who calls: the name an inspector gave the window. */
export type Caller = { userName: string };

/** One handler per method; a handler throws FaultError for expected failures. */
export type Handlers = { [M in Method]: (params: ParsedParams<M>, caller: Caller) => Result<M> | Promise<Result<M>> };

const replayBatch = 500;
const keptNotices = 20;
const maxBufferedBytes = 16 << 20;

/** Connects windows to the engine: calls in, journal and passing events out. */
export class RpcHub {
  readonly #handlers: Handlers;
  readonly #journal: JournalStore;
  readonly #version: string;
  readonly #unseen: EventData<'notice'>[] = [];
  readonly #clients = new Map<WebSocket, { cursor: number }>();
  constructor(handlers: Handlers, journal: JournalStore, version: string) {
    this.#handlers = handlers;
    this.#journal = journal;
    this.#version = version;
  }

  /** How many windows are connected. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /** Takes a new connection. */
  attach(socket: WebSocket): void {
    const caller: Caller = { userName: '' };
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#clients.delete(socket));
    socket.on('message', (raw) => {
      let message: ClientMessage;
      try {
        message = ClientMessage.parse(JSON.parse(String(raw)));
      } catch {
        socket.close(1008, 'bad message');
        return;
      }
      if (message.type === 'hello') {
        caller.userName = message.userName;
        const newest = this.#journal.lastCursor;
        const cursor = message.cursor !== null && this.#journal.canReplayFrom(message.cursor) ? message.cursor : newest;
        send(socket, { type: 'welcome', cursor, version: this.#version });
        this.#clients.set(socket, { cursor });
        this.#catchUp(socket);
        for (const data of this.#unseen.splice(0)) send(socket, { type: 'event', cursor: null, event: 'notice', data });
      } else void this.#answer(socket, message.id, message.method, message.params, caller);
    });
  }

  /** Sends every connected window what the journal holds beyond its cursor. */
  pump(): void {
    for (const socket of this.#clients.keys()) this.#catchUp(socket);
  }

  /** Sends an event that is not journalled to every window; a notice that nobody could see waits for the next window. */
  broadcast<E extends EventName>(event: E, data: EventData<E>): void {
    if (event === 'notice' && this.#clients.size === 0) {
      this.#unseen.push(data as EventData<'notice'>);
      if (this.#unseen.length > keptNotices) this.#unseen.shift();
    }
    for (const socket of this.#clients.keys()) send(socket, { type: 'event', cursor: null, event, data });
  }

  #catchUp(socket: WebSocket): void {
    const client = this.#clients.get(socket);
    if (client === undefined) return;
    if (socket.bufferedAmount > maxBufferedBytes) return socket.terminate(); // it comes back with its cursor
    for (;;) {
      const entries = this.#journal.readAfter(client.cursor, replayBatch);
      for (const entry of entries) send(socket, { type: 'event', cursor: entry.cursor, event: entry.event, data: entry.data });
      client.cursor = entries.at(-1)?.cursor ?? client.cursor;
      if (entries.length < replayBatch) return;
    }
  }

  async #answer(socket: WebSocket, id: number, method: string, params: unknown, caller: Caller): Promise<void> {
    try {
      if (!(method in methods)) throw new Error(`unknown method ${method}`);
      const name = method as Method;
      const parsed = methods[name].params.parse(params ?? {});
      const handler = this.#handlers[name] as (params: unknown, caller: Caller) => unknown;
      send(socket, { type: 'result', id, result: await handler(parsed, caller) });
    } catch (thrown) {
      const fault = thrown instanceof ZodError ? makeFault('bad-request', method, thrown.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')) : toFault(thrown, method);
      if (fault.code === 'internal') process.stderr.write(`[rpc] ${method}: ${thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown)}\n`);
      send(socket, { type: 'fault', id, fault });
    }
  }
}

function send(socket: WebSocket, message: ServerMessage): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}
