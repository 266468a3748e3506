import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFlvOrigin } from './origin/flv-origin.ts';
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

test('a good address is tested whole: host, connection, first segment, codecs, bit rate, GB a day, clock and days of disk, in this order', async ({ window }, info) => {
  const origin = await startFlvOrigin({ burstMs: 4000 });
  try {
    await window.getByTestId('place-rooms').click();
    await window.getByTestId('add-room').click();
    await window.getByTestId('room-url').fill(origin.url);
    await window.getByTestId('room-test').click();
    const result = window.getByTestId('room-test-result');
    await expect(result).toHaveAttribute('data-ok', 'true', { timeout: 60_000 });
    const steps = await result.locator('li').evaluateAll((lines) => lines.map((line) => line.getAttribute('data-step')));
    expect(steps.filter((step) => step !== 'connect' && step !== 'playlist')).toEqual(['resolve', 'segment', 'decode', 'codecs', 'bitrate', 'perDay', 'clock', 'disk']);
    await expect(result.locator('[data-step="codecs"]')).toContainText(/avc1\.\w+,mp4a\.40\.\d · \d+×\d+/);
    await expect(result.locator('[data-step="bitrate"]')).toContainText(/\d+\.\d\d Mbit\/s/);
    await expect(result.locator('[data-step="perDay"]')).toContainText(/约 \d+\.\d GB/);
    await expect(result.locator('[data-step="clock"]')).toContainText(/对方时钟 [+−]\d+\.\d\ds ±0\.5s · HTTP Date/);
    await expect(result.getByTestId('own-clock')).toContainText('本机时钟');
    await expect(result.locator('[data-step="disk"]')).toContainText(/约 [\d.]+ 天/);
    await result.scrollIntoViewIfNeeded();
    await window.screenshot({ path: info.outputPath('room-test.png') });
  } finally {
    await origin.close();
  }
});
