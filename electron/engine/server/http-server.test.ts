import assert from 'node:assert/strict';
import { request } from 'node:http';
import { stat } from 'node:fs/promises';
import { readdirSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { startServer, type RunningServer } from './http-server.ts';

let dir: string;
let server: RunningServer;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zbj-server-'));
  mkdirSync(join(dir, 'renderer'));
  writeFileSync(join(dir, 'renderer', 'index.html'), '<!doctype html>ok');
  writeFileSync(join(dir, 'secret.txt'), 'secret');
  server = await startServer({
    rendererDir: join(dir, 'renderer'), derivedDir: join(dir, 'renderer'), makePlaylist: (_room, _session, name) => (name === 'live.m3u8' ? '#EXTM3U\n' : null), findSegmentFile: () => Promise.resolve(null),
    findPackage: () => null, scratchDir: dir, verifyUpload: async (file) => ({ bytes: (await stat(file)).size }), onSocket: (socket) => socket.send('hello'),
  }, { port: 0, host: '127.0.0.1' });
});
after(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string; headers: Record<string, string | string[] | undefined> }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: server.port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    outgoing.on('error', reject).end();
  });
}
const base = (): string => new URL(server.url).pathname;

test('the page needs the token, this host name, and no foreign page behind it', async () => {
  assert.equal((await get(base())).status, 200);
  assert.equal((await get('/')).status, 403);
  assert.equal((await get('/wrong/')).status, 403);
  assert.equal((await get(base(), { host: 'evil.example' })).status, 403);
  assert.equal((await get(base(), { origin: 'http://evil.example' })).status, 403);
  assert.equal((await get(base(), { 'sec-fetch-site': 'cross-site' })).status, 403);
});

test('no path leaves its folder', async () => {
  for (const path of ['../secret.txt', '%2e%2e/secret.txt', '..%2fsecret.txt', 'derived/..%2f..%2fsecret.txt', 'assets/%00', '%zz']) {
    const answer = await get(`${base()}${path}`);
    assert.ok(answer.status === 404 || answer.status === 403, `${path}: ${answer.status}`);
    assert.ok(!answer.body.includes('secret'));
  }
});

test('answers carry a policy without inline scripts, playlists are asked for again each time, ranges work', async () => {
  const page = await get(base());
  assert.match(String(page.headers['content-security-policy']), /script-src 'self';/);
  const playlist = await get(`${base()}media/r-1/live.m3u8`);
  assert.equal(playlist.body, '#EXTM3U\n');
  assert.equal(playlist.headers['cache-control'], 'private, no-cache');
  const tag = String(playlist.headers['etag']);
  const again = await get(`${base()}media/r-1/live.m3u8`, { 'if-none-match': tag });
  assert.deepEqual([again.status, again.body], [304, '']);
  assert.equal((await get(`${base()}media/r-1/live.m3u8`, { 'if-none-match': '"older"' })).status, 200);
  const part = await get(base(), { range: 'bytes=2-8' });
  assert.deepEqual([part.status, part.body, part.headers['content-range']], [206, 'doctype', 'bytes 2-8/17']);
});

test('a ticket opens the window once', async () => {
  const path = new URL(server.makeTicketUrl()).pathname;
  const first = await get(path);
  assert.deepEqual([first.status, first.headers['location']], [302, base()]);
  assert.equal((await get(path)).status, 403);
});

test('the socket is refused to foreign pages and without the token', async () => {
  const open = (url: string, origin?: string): Promise<string> => new Promise((resolve) => {
    const socket = new WebSocket(url, origin === undefined ? {} : { origin });
    socket.on('message', (data) => {
      socket.close();
      resolve(String(data));
    });
    socket.on('error', (error) => resolve(error.message));
  });
  const url = `ws://127.0.0.1:${server.port}${base()}rpc`;
  assert.equal(await open(url), 'hello');
  assert.match(await open(url, 'http://evil.example'), /403/);
  assert.match(await open(`ws://127.0.0.1:${server.port}/rpc`), /403/);
});

test('an upload is looked at and let go', async () => {
  const answer = await fetch(`${server.url}verify`, { method: 'POST', body: Buffer.alloc(100_000) });
  assert.deepEqual(await answer.json(), { bytes: 100_000 });
  assert.deepEqual(readdirSync(dir).filter((name) => name.startsWith('upload-')), []);
});
