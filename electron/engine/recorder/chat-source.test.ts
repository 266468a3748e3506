import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ChatRecord } from '../../contract/recording.ts';
import { followChat } from './chat-source.ts';

/** Follows an address until so many messages have come. */
async function collect(url: string, count: number, allowPrivate = true): Promise<ChatRecord[]> {
  const stop = new AbortController();
  const got: ChatRecord[] = [];
  await followChat(url, { allowPrivate }, stop.signal, (records) => {
    got.push(...records);
    if (got.length >= count) stop.abort();
    return Promise.resolve();
  });
  return got;
}

test('frames of a socket are messages, alone or in arrays; nonsense between them costs nothing; a closed one is opened again', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', (socket: WebSocket) => {
    connections += 1;
    if (connections === 1) {
      socket.send('not json');
      socket.send(Buffer.from([1, 2, 3]));
      socket.send(JSON.stringify({ user: '甲', text: '三天见效吗' }));
      return socket.close();
    }
    socket.send(JSON.stringify([{ at: '2026-11-24T10:00:00.000Z', user: '乙', text: '加微信' }, { user: '丙' }, { user: '丁', text: '好' }]));
  });
  const got = await collect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat`, 3);
  assert.deepEqual(got.map(({ user, text }) => `${user} ${text}`), ['甲 三天见效吗', '乙 加微信', '丁 好']);
  assert.equal(got[1]?.at, '2026-11-24T10:00:00.000Z');
  assert.equal(got[0]?.at, got[0]?.arrivedAt);
  server.close();
});

test('lines of an HTTP answer are messages, and a flood is bounded a second', async () => {
  const server = createServer((_request, response) => {
    response.write(Array.from({ length: 20_000 }, (_, i) => `${JSON.stringify({ user: 'u', text: `第 ${i} 条` })}\n`).join(''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const got = await collect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 500);
  assert.equal(got.length, 500);
  server.closeAllConnections();
  server.close();
});
