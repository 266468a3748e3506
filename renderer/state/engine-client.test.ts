import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import type { WebSocket as ServerSocket } from 'ws';
import { ClientMessage, FaultError } from '../../electron/contract/index.ts';
import { EngineClient } from './engine-client.ts';

type Heard = { socket: ServerSocket; message: ClientMessage };

/** A real socket server that hands every message to the test and says only what the test lets it say. */
async function openServer(): Promise<{ url: string; next: () => Promise<Heard>; close: () => void }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const heard: Heard[] = [];
  const wanting: ((heard: Heard) => void)[] = [];
  server.on('connection', (socket) => socket.on('message', (data) => {
    const item = { socket, message: ClientMessage.parse(JSON.parse(String(data))) };
    const want = wanting.shift();
    if (want) want(item);
    else heard.push(item);
  }));
  const next = async (): Promise<Heard> => heard.shift() ?? new Promise((resolve) => wanting.push(resolve));
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, next, close: () => { for (const each of server.clients) each.terminate(); server.close(); } };
}

function makeClient(url: string): EngineClient {
  return new EngineClient({ openSocket: () => new WebSocket(url), readUserName: () => '张检查', onState: () => undefined });
}

test('greets, answers calls with parsed results, turns faults into FaultError', async (t) => {
  const server = await openServer();
  const client = makeClient(server.url);
  t.after(() => { client.stop(); server.close(); });
  const offer = client.call('demo.offer', {});
  client.start();
  const hello = await server.next();
  assert.deepEqual(hello.message, { type: 'hello', cursor: null, userName: '张检查' });
  hello.socket.send(JSON.stringify({ type: 'welcome', cursor: 7, version: '1' }));
  const asked = await server.next();
  assert.ok(asked.message.type === 'call' && asked.message.method === 'demo.offer');
  asked.socket.send(JSON.stringify({ type: 'result', id: asked.message.id, result: { available: true, running: false } }));
  assert.deepEqual(await offer, { available: true, running: false });

  const refused = client.call('demo.start', {});
  const second = await server.next();
  assert.ok(second.message.type === 'call');
  second.socket.send(JSON.stringify({ type: 'fault', id: second.message.id, fault: { code: 'disk-full', scope: 'demo', message: 'full', retryable: true } }));
  await assert.rejects(refused, (thrown) => thrown instanceof FaultError && thrown.fault.code === 'disk-full');

  const odd = client.call('demo.offer', {});
  const third = await server.next();
  assert.ok(third.message.type === 'call');
  third.socket.send(JSON.stringify({ type: 'result', id: third.message.id, result: { available: 'yes' } }));
  await assert.rejects(odd, (thrown) => thrown instanceof FaultError && thrown.fault.code === 'internal');
});

test('reconnects from its last cursor, fails what was under way, and loads anew where the journal is another', async (t) => {
  const server = await openServer();
  const client = makeClient(server.url);
  t.after(() => { client.stop(); server.close(); });
  const welcomes: boolean[] = [];
  client.onWelcome((replayed) => welcomes.push(replayed));
  const removed = new Promise((resolve) => client.on('roomRemoved', resolve));
  client.start();
  const first = await server.next();
  first.socket.send(JSON.stringify({ type: 'welcome', cursor: 7, version: '1' }));
  first.socket.send(JSON.stringify({ type: 'event', cursor: 8, event: 'roomRemoved', data: { id: 'r1' } }));
  assert.deepEqual(await removed, { id: 'r1' });
  const lost = client.call('demo.offer', {});
  await server.next();
  first.socket.terminate();
  await assert.rejects(lost, (thrown) => thrown instanceof FaultError && thrown.fault.code === 'connect-failed');

  const second = await server.next();
  assert.ok(second.message.type === 'hello');
  assert.equal(second.message.cursor, 8);
  second.socket.send(JSON.stringify({ type: 'welcome', cursor: 8, version: '1' }));
  second.socket.terminate();
  const third = await server.next();
  third.socket.send(JSON.stringify({ type: 'welcome', cursor: 2, version: '1' }));
  const settled = client.call('demo.offer', {});
  const asked = await server.next();
  assert.ok(asked.message.type === 'call');
  asked.socket.send(JSON.stringify({ type: 'result', id: asked.message.id, result: { available: true, running: true } }));
  await settled;
  assert.equal(welcomes[0], false);
  assert.equal(welcomes[welcomes.length - 1], false);
});
