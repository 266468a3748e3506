import { events, FaultError, makeFault, methods, ServerMessage } from '../../electron/contract/index.ts';
import type { EngineEvent, EventData, EventName, Fault, Method, Params, Result } from '../../electron/contract/index.ts';

/** Where the connection to the engine stands; `sinceMs` is when it came to be so. */
export type ConnectionState = { phase: 'connecting' | 'open' | 'lost'; sinceMs: number; attempts: number; engineVersion: string };

/** The part of WebSocket that the client uses, so that tests can pass Node's. */
export type SocketLike = Pick<WebSocket, 'send' | 'close' | 'onopen' | 'onmessage' | 'onclose' | 'onerror'>;

type Pending = { method: Method; resolve: (value: unknown) => void; reject: (reason: FaultError) => void };
type Waiting = { open: () => void; fail: (fault: Fault) => void };

const firstRetryMs = 300;
const lastRetryMs = 8000;
const callWaitMs = 10_000;

/** Options of an engine client; `openSocket` and `readUserName` are called anew at every attempt. */
export type EngineClientOptions = {
  openSocket: () => SocketLike;
  readUserName: () => string;
  onState: (state: ConnectionState) => void;
};

/** Speaks the typed RPC with the engine over one socket; reconnects for ever and replays missed events from its cursor. */
export class EngineClient {
  private readonly options: EngineClientOptions;
  private socket: SocketLike | null = null;
  private state: ConnectionState = { phase: 'connecting', sinceMs: Date.now(), attempts: 0, engineVersion: '' };
  private cursor: number | null = null;
  private nextId = 1;
  private stopped = true;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly pending = new Map<number, Pending>();
  private readonly waiting = new Set<Waiting>();
  private readonly listeners = new Set<(event: EngineEvent) => void>();
  private readonly welcomeListeners = new Set<(replayed: boolean) => void>();

  constructor(options: EngineClientOptions) {
    this.options = options;
  }

  /** Opens the connection and keeps it open until `stop`. */
  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.connect();
  }

  /** Closes the connection; calls under way fail. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.retryTimer);
    this.socket?.close();
  }

  /** Opens a new connection at once, as after the inspector's name changed or the network came back. */
  reconnect(): void {
    if (this.stopped) return;
    if (this.socket) this.socket.close();
    else {
      clearTimeout(this.retryTimer);
      this.connect();
    }
  }

  /** Hears every event, in the order of the journal; returns a function that ends it. */
  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Hears every welcome; `replayed` is false where the window must load everything anew. Returns a function that ends it. */
  onWelcome(listener: (replayed: boolean) => void): () => void {
    this.welcomeListeners.add(listener);
    return () => this.welcomeListeners.delete(listener);
  }

  /** Hears one kind of event; returns a function that ends it. */
  on<E extends EventName>(name: E, listener: (data: EventData<E>) => void): () => void {
    return this.onEvent((event) => {
      if (event.event === name) listener(event.data as EventData<E>);
    });
  }

  /** Calls a method; waits a while for the connection, then throws a FaultError. */
  async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.state.phase !== 'open') await this.waitUntilOpen(method);
    const id = this.nextId++;
    const reply = new Promise<unknown>((resolve, reject) => this.pending.set(id, { method, resolve, reject }));
    this.socket?.send(JSON.stringify({ type: 'call', id, method, params }));
    const parsed = methods[method].result.safeParse(await reply);
    if (!parsed.success) throw new FaultError(makeFault('internal', method, `the engine's answer does not fit the contract: ${parsed.error.message}`));
    return parsed.data as Result<M>;
  }

  private waitUntilOpen(method: Method): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => entry.fail(makeFault('connect-failed', method, 'no connection to the engine', { retryable: true })), callWaitMs);
      const entry: Waiting = {
        open: () => { clearTimeout(timer); this.waiting.delete(entry); resolve(); },
        fail: (fault) => { clearTimeout(timer); this.waiting.delete(entry); reject(new FaultError(fault)); },
      };
      this.waiting.add(entry);
    });
  }

  private setState(next: Partial<ConnectionState>): void {
    const changed = next.phase !== undefined && next.phase !== this.state.phase;
    this.state = { ...this.state, ...next, sinceMs: changed ? Date.now() : this.state.sinceMs };
    this.options.onState(this.state);
  }

  private connect(): void {
    const socket = this.options.openSocket();
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', cursor: this.cursor, userName: this.options.readUserName() }));
    socket.onmessage = (message) => this.receive(String(message.data));
    socket.onerror = () => undefined;
    socket.onclose = () => {
      if (this.socket === socket) this.lose();
    };
  }

  private lose(): void {
    this.socket = null;
    const fault = makeFault('connect-failed', 'engine', 'the connection to the engine was lost', { retryable: true });
    for (const call of this.pending.values()) call.reject(new FaultError(fault));
    this.pending.clear();
    if (this.stopped) return;
    const attempts = this.state.attempts + 1;
    this.setState({ phase: 'lost', attempts });
    const delay = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(attempts - 1, 6)) * (0.75 + Math.random() / 2);
    this.retryTimer = setTimeout(() => this.connect(), delay);
  }

  private receive(text: string): void {
    const message = parseServerMessage(text);
    if (!message) return;
    switch (message.type) {
      case 'welcome': return this.welcome(message.cursor, message.version);
      case 'result': return this.settle(message.id, (call) => call.resolve(message.result));
      case 'fault': return this.settle(message.id, (call) => call.reject(new FaultError(message.fault)));
      case 'event': return this.dispatch(message.event, message.data, message.cursor);
    }
  }

  private welcome(cursor: number, version: string): void {
    // A journal shorter than what we have seen is another journal: nothing can be replayed from it.
    const replayed = this.cursor !== null && cursor >= this.cursor;
    if (!replayed) this.cursor = cursor;
    this.setState({ phase: 'open', attempts: 0, engineVersion: version });
    for (const listener of this.welcomeListeners) listener(replayed);
    for (const entry of [...this.waiting]) entry.open();
  }

  private settle(id: number, act: (call: Pending) => void): void {
    const call = this.pending.get(id);
    if (!call) return;
    this.pending.delete(id);
    act(call);
  }

  private dispatch(name: string, data: unknown, cursor: number | null): void {
    if (cursor !== null) this.cursor = Math.max(this.cursor ?? 0, cursor);
    const event = parseEvent(name, data);
    if (event) for (const listener of this.listeners) listener(event);
  }
}

function parseServerMessage(text: string): ServerMessage | null {
  try {
    const parsed = ServerMessage.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Parses an event by its name; null where the name is unknown (a newer engine) or its data does not fit. */
export function parseEvent(name: string, data: unknown): EngineEvent | null {
  if (!(name in events)) return null;
  const parsed = events[name as EventName].safeParse(data);
  return parsed.success ? ({ event: name, data: parsed.data } as EngineEvent) : null;
}
