import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowedRequest, isEnginePage } from './security-policy.ts';

const engine = 'http://127.0.0.1:4100/secret/';

test("only the engine's own address, port and token make a page of ours", () => {
  assert.equal(isEnginePage('http://127.0.0.1:4100/secret/#/wall', engine), true);
  for (const address of ['http://127.0.0.1:4101/secret/', 'http://127.0.0.1:4100/other/', 'https://127.0.0.1:4100/secret/', 'http://127.0.0.1.example.org:4100/secret/', 'http://127.0.0.1:4100@example.org/secret/', 'file:///etc/passwd', 'javascript:alert(1)', 'no address']) {
    assert.equal(isEnginePage(address, engine), false, address);
  }
  assert.equal(isEnginePage('http://127.0.0.1:4100/secret/', null), false);
});

test('a page may load the engine over HTTP and WebSocket and what it made itself, nothing else', () => {
  for (const address of [`${engine}media/a/live.m3u8`, 'ws://127.0.0.1:4100/secret/rpc', 'blob:http://127.0.0.1:4100/0f-1', 'data:image/png;base64,AA']) assert.equal(isAllowedRequest(address, engine), true, address);
  for (const address of ['https://example.org/', 'ws://example.org/secret/rpc', 'wss://127.0.0.1:4100/secret/rpc', 'blob:http://example.org/0f-1', 'file:///etc/passwd', 'chrome://settings', 'ftp://127.0.0.1/']) assert.equal(isAllowedRequest(address, engine), false, address);
});
