import WebSocket from 'ws';
import { EvidencePackage, Room, ServerMessage, Status, paths } from '../contract/index.ts';
import type { ClientMessage, Method } from '../contract/index.ts';
import { z } from 'zod';

/** What the shell follows of the engine: how many rooms record now. */
export type EngineLink = {
  /** Path on disk of a finished package, null when there is none of that id. */
  findPackageFile: (packageId: string) => Promise<string | null>;
  close: () => void;
};

type Pending = { resolve: (value: unknown) => void; reject: (error: Error) => void };

const recordingStates: ReadonlySet<Room['state']> = new Set(['connecting', 'live', 'stalled', 'offline', 'address-expired', 'disk-gate', 'clock-wrong']);

/** Rooms somebody asked to record: closing now would lose what they send, whether or not bytes arrive this second. */
export function countRecordingRooms(rooms: Iterable<Room>): number {
  let count = 0;
  for (const room of rooms) if (room.enabled && recordingStates.has(room.state)) count += 1;
  return count;
}

/** Opens the typed RPC to the engine at `url` and tells `onRecording` whenever the number of recording rooms changes; `onClosed` once when the socket is gone. */
export function openEngineLink(url: string, onRecording: (rooms: number) => void, onClosed: () => void): EngineLink {
  const base = new URL(url);
  const address = new URL(paths.socket, base);
  address.protocol = 'ws:';
  const socket = new WebSocket(address, { origin: base.origin, maxPayload: 64 * 1024 * 1024 });
  const rooms = new Map<string, Room>();
  const pending = new Map<number, Pending>();
  let lastCount = -1;
  let nextId = 1;
  let closed = false;

  const send = (message: ClientMessage): void => socket.send(JSON.stringify(message));
  const call = (method: Method, params: unknown): Promise<unknown> => new Promise((resolve, reject) => {
    if (socket.readyState !== WebSocket.OPEN) return reject(new Error('the engine is not connected'));
    const id = nextId;
    nextId += 1;
    pending.set(id, { resolve, reject });
    send({ type: 'call', id, method, params });
  });
  const announce = (): void => {
    const count = countRecordingRooms(rooms.values());
    if (count === lastCount) return;
    lastCount = count;
    onRecording(count);
  };
  const loadRooms = async (): Promise<void> => {
    const listed = z.array(Room).parse(await call('rooms.list', {}));
    rooms.clear();
    for (const room of listed) rooms.set(room.id, room);
    announce();
  };
  const takeEvent = (event: string, data: unknown): void => {
    if (event === 'roomChanged') {
      const room = Room.parse(data);
      rooms.set(room.id, room);
    } else if (event === 'roomRemoved') rooms.delete(z.object({ id: z.string() }).parse(data).id);
    else if (event !== 'statusChanged' || Status.parse(data).recordingRooms === lastCount) return;
    announce();
  };

  socket.on('open', () => {
    send({ type: 'hello', cursor: null, userName: '' });
  });
  socket.on('message', (raw: Buffer) => {
    const message = ServerMessage.parse(JSON.parse(raw.toString()));
    if (message.type === 'welcome') loadRooms().catch(() => socket.close());
    else if (message.type === 'event') takeEvent(message.event, message.data);
    else {
      const waiting = pending.get(message.id);
      pending.delete(message.id);
      if (message.type === 'result') waiting?.resolve(message.result);
      else waiting?.reject(new Error(`${message.fault.code}: ${message.fault.message}`));
    }
  });
  // An error is always followed by close, which says all that matters here.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    for (const waiting of pending.values()) waiting.reject(new Error('the engine closed the connection'));
    pending.clear();
    if (!closed) onClosed();
    closed = true;
  });

  return {
    findPackageFile: async (packageId) => {
      const packages = z.array(EvidencePackage).parse(await call('evidence.list', {}));
      return packages.find((item) => item.id === packageId && item.state === 'done')?.file ?? null;
    },
    close: () => {
      closed = true;
      socket.close();
    },
  };
}
