import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openResponse, playlistLimits, readReceived } from './http-fetcher.ts';

const options = { limits: playlistLimits, signal: new AbortController().signal, acceptCompressed: false, policy: { allowPrivate: true, headers: {} } };

async function withServer(answer: (response: ServerResponse) => void, run: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => answer(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('what a broken connection had brought is handed out before its error, however late it is read', async () => {
  let broke: () => void = () => {};
  const answer = (response: ServerResponse): void => {
    response.write('first');
    broke = () => void response.write('and the last', () => response.destroy());
  };
  await withServer(answer, async (url) => {
    const received: string[] = [];
    const reading = openResponse(url, options, async (_head, response) => {
      const closed = new Promise((resolve) => response.on('close', resolve));
      for await (const chunk of readReceived(response)) {
        received.push(chunk.toString());
        if (received.length > 1) continue;
        broke();
        await closed;
      }
    });
    await assert.rejects(reading);
    assert.equal(received.join('|'), 'first|and the last');
  });
});

test('a whole body ends without an error, and a reader that is slow makes the server wait', async () => {
  const body = Buffer.alloc(24 << 20, 7);
  await withServer((response) => void response.end(body), async (url) => {
    let bytes = 0;
    let most = 0;
    await openResponse(url, options, async (_head, response) => {
      const { socket } = response;
      for await (const chunk of readReceived(response)) {
        if (bytes === 0) for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
        bytes += chunk.length;
        most = Math.max(most, socket.bytesRead - bytes);
      }
    });
    assert.equal(bytes, body.length);
    assert.ok(most < 4 << 20, `${most} bytes lay unread`);
  });
});
