import { createServer, type Socket } from 'node:net';
import { FlvConnection, type FlvServed } from './flv-origin.ts';
import { type FlvLoop, loadFlvLoop } from './flv-loop.ts';

/** A running RTMP server with one endless broadcast at `url`; it refuses every other name. */
export type RtmpOrigin = {
  url: string; wrongUrl: string;
  served: readonly FlvServed[];
  /** Breaks the newest connection. */
  reset: () => void;
  /** Resolves once the connection with this number (0 = first) has been sent so much media. */
  sent: (connection: number, mediaMs: number) => Promise<void>;
  close: () => Promise<void>;
};

const handshakeBytes = 1536;
const outChunkBytes = 4096;
const [setChunkSize, command, script, audio, video] = [1, 20, 18, 8, 9];

type Message = { type: number; stream: number; body: Buffer };

/** Takes a client's bytes apart: the handshake, then messages out of chunks (RTMP specification 1.0, section 5.3). */
class ChunkReader {
  #bytes: Buffer = Buffer.alloc(0);
  #chunkSize = 128;
  #handshaken = 0;
  readonly #streams = new Map<number, { length: number; type: number; stream: number; parts: Buffer[]; got: number }>();
  readonly #onHandshake: (c1: Buffer) => void;
  constructor(onHandshake: (c1: Buffer) => void) {
    this.#onHandshake = onHandshake;
  }

  push(bytes: Buffer): Message[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const sizes = [1 + handshakeBytes, handshakeBytes];
    for (let size = sizes[this.#handshaken]; size !== undefined; size = sizes[this.#handshaken]) {
      if (this.#bytes.length < size) return [];
      if (this.#handshaken === 0) this.#onHandshake(this.#bytes.subarray(1, size));
      this.#bytes = this.#bytes.subarray(size);
      this.#handshaken += 1;
    }
    const messages: Message[] = [];
    while (this.#take(messages));
    return messages;
  }

  #take(messages: Message[]): boolean {
    const bytes = this.#bytes;
    if (bytes.length < 1) return false;
    const id = (bytes[0] as number) & 63;
    if (id < 2) throw new Error('a chunk stream number that no client needs here');
    const format = (bytes[0] as number) >> 6;
    const headBytes = [11, 7, 3, 0][format] as number;
    if (bytes.length < 1 + headBytes) return false;
    const known = this.#streams.get(id) ?? { length: 0, type: 0, stream: 0, parts: [], got: 0 };
    if (format < 2) [known.length, known.type] = [bytes.readUIntBE(4, 3), bytes[7] as number];
    if (format === 0) known.stream = bytes.readUInt32LE(8);
    const isLate = format < 3 && bytes.readUIntBE(1, 3) === 0xffffff;
    const at = 1 + headBytes + (isLate ? 4 : 0);
    const size = Math.min(this.#chunkSize, known.length - known.got);
    if (bytes.length < at + size) return false;
    known.parts.push(bytes.subarray(at, at + size));
    known.got += size;
    this.#streams.set(id, known);
    this.#bytes = bytes.subarray(at + size);
    if (known.got < known.length) return true;
    const body = Buffer.concat(known.parts.splice(0));
    known.got = 0;
    if (known.type === setChunkSize) this.#chunkSize = body.readUInt32BE(0);
    messages.push({ type: known.type, stream: known.stream, body });
    return true;
  }
}

function toChunks(type: number, stream: number, timeMs: number, body: Buffer): Buffer {
  const isLate = timeMs >= 0xffffff;
  const head = Buffer.alloc(12 + (isLate ? 4 : 0));
  head[0] = type === command ? 3 : type === setChunkSize ? 2 : type === audio ? 4 : 6;
  head.writeUIntBE(isLate ? 0xffffff : timeMs, 1, 3);
  head.writeUIntBE(body.length, 4, 3);
  head[7] = type;
  head.writeUInt32LE(stream, 8);
  if (isLate) head.writeUInt32BE(timeMs, 12);
  const parts: Buffer[] = [head];
  for (let at = 0; at < body.length; at += outChunkBytes) {
    if (at > 0) {
      const next = Buffer.alloc(isLate ? 5 : 1);
      next[0] = 0xc0 | (head[0]);
      if (isLate) next.writeUInt32BE(timeMs, 1);
      parts.push(next);
    }
    parts.push(body.subarray(at, at + outChunkBytes));
  }
  return Buffer.concat(parts);
}

type AmfValue = string | number | null | { [name: string]: AmfValue };

function toAmf(value: AmfValue): Buffer {
  if (value === null) return Buffer.from([5]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (typeof value === 'string') return Buffer.concat([Buffer.from([2]), toAmfName(value)]);
  return Buffer.concat([Buffer.from([3]), ...Object.entries(value).flatMap(([name, each]) => [toAmfName(name), toAmf(each)]), Buffer.from([0, 0, 9])]);
}

function toAmfName(text: string): Buffer {
  const bytes = Buffer.alloc(2 + Buffer.byteLength(text));
  bytes.writeUInt16BE(bytes.length - 2);
  bytes.write(text, 2);
  return bytes;
}

/** The name and number of a command, and the last string in it. */
function readCommand(body: Buffer): { name: string; transaction: number; lastText: string } {
  const length = body.readUInt16BE(1);
  let lastText = '';
  for (let at = 3 + length + 9; at + 3 <= body.length; at += 1) {
    const size = body[at] === 2 ? body.readUInt16BE(at + 1) : -1;
    if (size > 0 && at + 3 + size <= body.length) lastText = body.toString('utf8', at + 3, at + 3 + size);
  }
  return { name: body.toString('utf8', 3, 3 + length), transaction: body.readDoubleBE(4 + length), lastText };
}

/** Starts an RTMP server whose broadcast has been on for ten minutes. */
export async function startRtmpOrigin(media: FlvLoop = loadFlvLoop('avc')): Promise<RtmpOrigin> {
  const onAirMs = Date.now() - 600_000;
  const connections: { flv: FlvConnection; socket: Socket }[] = [];
  const watchers: { connection: number; mediaMs: number; resolve: () => void }[] = [];
  const tell = (): void => {
    for (const watcher of watchers.slice()) {
      if ((connections[watcher.connection]?.flv.sentMs ?? -1) < watcher.mediaMs) continue;
      watchers.splice(watchers.indexOf(watcher), 1);
      watcher.resolve();
    }
  };
  const server = createServer((socket) => {
    const answer = (stream: number, ...values: AmfValue[]): void => void socket.write(toChunks(command, stream, 0, Buffer.concat(values.map(toAmf))));
    const reader = new ChunkReader((c1) => void socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(handshakeBytes), c1])));
    const play = (): void => {
      answer(1, 'onStatus', 0, null, { level: 'status', code: 'NetStream.Play.Start', description: 'playing' });
      const sink = {
        write: (tag: Buffer) => {
          const type = tag[0] as number;
          if (type === script || type === audio || type === video) socket.write(toChunks(type, 1, tag.readUIntBE(4, 3) + (tag[7] as number) * 2 ** 24, tag.subarray(11, -4)));
        },
        end: () => socket.end(), destroy: () => socket.destroy(),
      };
      const flv = new FlvConnection(sink, media, () => Date.now() - onAirMs, 0, tell);
      connections.push({ flv, socket });
      socket.on('close', () => clearInterval(flv.timer));
    };
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const message of reader.push(bytes)) {
        if (message.type !== command) continue;
        const { name, transaction, lastText } = readCommand(message.body);
        if (name === 'connect') {
          const size = Buffer.alloc(4);
          size.writeUInt32BE(outChunkBytes);
          socket.write(toChunks(setChunkSize, 0, 0, size));
          answer(0, '_result', transaction, { fmsVer: 'FMS/3,0,1,123', capabilities: 31 }, { level: 'status', code: 'NetConnection.Connect.Success' });
        } else if (name === 'createStream') answer(0, '_result', transaction, null, 1);
        else if (name === 'play' && lastText === 'room') play();
        else if (name === 'play') answer(1, 'onStatus', 0, null, { level: 'error', code: 'NetStream.Play.StreamNotFound', description: 'no such stream' });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `rtmp://127.0.0.1:${port}/live/room`, wrongUrl: `rtmp://127.0.0.1:${port}/live/nobody`,
    get served() {
      return connections.map(({ flv }) => flv);
    },
    reset: () => connections.at(-1)?.socket.destroy(),
    sent: (connection, mediaMs) => new Promise((resolve) => {
      watchers.push({ connection, mediaMs, resolve });
      tell();
    }),
    close: () => new Promise((resolve) => {
      for (const { socket } of connections) socket.destroy();
      server.close(() => resolve());
    }),
  };
}
