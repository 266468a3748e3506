import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './shell-fixture.ts';

test('an address that serves a web page is tested and refused with the reason, and the other rooms go on', async ({ window }) => {
  const server = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>login</title><p>please sign in</p>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await window.getByTestId('place-rooms').click();
    await window.getByTestId('add-room').click();
    await window.getByTestId('room-url').fill(`http://127.0.0.1:${port}/live.m3u8`);
    await window.getByTestId('room-test').click();
    const result = window.getByTestId('room-test-result');
    await expect(result).toHaveAttribute('data-ok', 'false');
    const failed = result.locator('li[data-ok="false"]');
    await expect(failed).toHaveCount(1);
    await expect(failed).toContainText('网页');
    await expect(result.locator('li[data-ok="true"]').first()).toBeVisible();
  } finally {
    server.close();
  }
});

test('an address where nothing listens says that it cannot be reached', async ({ window }) => {
  await window.getByTestId('place-rooms').click();
  await window.getByTestId('add-room').click();
  await window.getByTestId('room-url').fill('http://127.0.0.1:1/live.m3u8');
  await window.getByTestId('room-test').click();
  const result = window.getByTestId('room-test-result');
  await expect(result).toHaveAttribute('data-ok', 'false');
  await expect(result.locator('li[data-ok="false"]')).toContainText(/连接|连不上/);
});

test('a room is added, recorded, stopped, and removed', async ({ window }) => {
  await window.getByTestId('place-rooms').click();
  const rows = window.getByTestId('room-row');
  await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(3);
  const before = await rows.count();
  await window.getByTestId('add-room').click();
  await window.getByTestId('room-url').fill('http://127.0.0.1:1/dead.m3u8');
  await window.getByTestId('room-name').fill('失联的直播间');
  await window.getByTestId('room-save').click();
  const row = rows.filter({ hasText: '失联的直播间' });
  await expect(row).toBeVisible();
  await expect(row.getByTestId('room-state')).toHaveAttribute('data-state', /offline|connecting/);
  await expect(rows).toHaveCount(before + 1);
  await row.getByTestId('room-switch').click();
  await expect(row.getByTestId('room-state')).toHaveAttribute('data-state', 'stopped');
});
