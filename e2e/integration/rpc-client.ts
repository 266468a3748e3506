import { WebSocket } from 'ws';
import { events, methods, ServerMessage, type EventData, type EventName, type Method, type Params, type Result } from '../../electron/contract/rpc.ts';

type Waiter = { event: EventName; passes: (data: never) => boolean; resolve: (data: never) => void };

/** A client of the engine's RPC, as small as a test needs; every answer and event is parsed with the contract's schemas. */
export class RpcClient {
  readonly #socket: WebSocket;
  readonly #calls = new Map<number, { method: Method; resolve: (value: never) => void; reject: (error: Error) => void }>();
  readonly #waiters = new Set<Waiter>();
  #nextId = 1;
  /** The newest journal cursor seen. */
  cursor: number | null = null;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Connects to a base URL and says hello; cursor null = only what comes from now on. */
  static async connect(url: string, cursor: number | null = null): Promise<RpcClient> {
    const socket = new WebSocket(new URL('rpc', url.replace(/^http/, 'ws')));
    const client = new RpcClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.on('message', (raw) => {
        const message = ServerMessage.parse(JSON.parse(String(raw)));
        if (message.type === 'welcome') {
          client.cursor = message.cursor;
          resolve();
        } else client.#receive(message);
      });
      socket.once('open', () => socket.send(JSON.stringify({ type: 'hello', cursor, userName: '测试员' })));
    });
    socket.on('error', () => undefined);
    return client;
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'event') {
      if (message.cursor !== null) this.cursor = message.cursor;
      const name = message.event as EventName;
      const data = events[name].parse(message.data) as never;
      for (const waiter of this.#waiters) {
        if (waiter.event !== name || !waiter.passes(data)) continue;
        this.#waiters.delete(waiter);
        waiter.resolve(data);
      }
    } else if (message.type === 'result' || message.type === 'fault') {
      const call = this.#calls.get(message.id);
      this.#calls.delete(message.id);
      if (message.type === 'fault') call?.reject(new Error(`${message.fault.code}: ${message.fault.message}`));
      else if (call !== undefined) call.resolve(methods[call.method].result.parse(message.result) as never);
    }
  }

  /** Calls a method. */
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const id = this.#nextId++;
    return new Promise<Result<M>>((resolve, reject) => {
      this.#calls.set(id, { method, resolve: resolve, reject });
      this.#socket.send(JSON.stringify({ type: 'call', id, method, params }));
    });
  }

  /** Resolves with the next event that passes; rejects after a while, naming what was waited for. */
  waitFor<E extends EventName>(event: E, passes: (data: EventData<E>) => boolean, timeoutMs = 60_000): Promise<EventData<E>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${event} passed within ${timeoutMs} ms`)), timeoutMs);
      this.#waiters.add({
        event, passes: passes,
        resolve: ((data: EventData<E>) => {
          clearTimeout(timer);
          resolve(data);
        }),
      });
    });
  }

  /** Closes the connection. */
  close(): void {
    this.#socket.terminate();
  }
}
