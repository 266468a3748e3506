import { writeFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { runCli } from './engine-process.ts';
import { expect, test } from './shell-fixture.ts';

/** Goes from the newest lead on the wall into its room and waits until the picture stands near it. */
async function openLeadInRoom(window: Page): Promise<{ card: Locator; atMs: number }> {
  const lead = window.getByTestId('lead-item').first();
  await expect(lead).toBeVisible({ timeout: 60_000 });
  await lead.dblclick();
  await expect(window).toHaveURL(/#\/room\/[^?]+\?at=\d+/);
  const atMs = Number(/at=(\d+)/.exec(window.url())?.[1]);
  const player = window.getByTestId('room-player');
  await expect.poll(async () => Math.abs(Number(await player.getAttribute('data-wall-ms')) - atMs), { message: 'the player must go to the lead', timeout: 30_000 }).toBeLessThan(8000);
  return { card: window.getByTestId('flag-card'), atMs };
}

test('a click on a lead jumps the player there, and the picture moves', async ({ window }) => {
  const { card } = await openLeadInRoom(window);
  await expect(card).toBeVisible();
  const video = window.getByTestId('room-player').locator('video');
  const before = await video.evaluate((element) => (element as HTMLVideoElement).currentTime);
  await expect.poll(() => video.evaluate((element) => (element as HTMLVideoElement).currentTime)).toBeGreaterThan(before + 1);
  await expect(card.locator('dl')).toContainText(/第.+条/);
  await expect(window.getByTestId('timeline').locator('canvas')).toBeVisible();
  await expect(window.getByTestId('transcript').getByTestId('transcript-line').first()).toBeVisible();
});

test('the next lead is one key away, and a line of the transcript is a way to its moment', async ({ window }) => {
  await openLeadInRoom(window);
  const player = window.getByTestId('room-player');
  const line = window.getByTestId('transcript-line').first();
  await expect(line).toBeVisible();
  await window.keyboard.press('n');
  await expect(window.getByTestId('flag-card')).toBeVisible();
  await window.keyboard.press('0');
  await window.keyboard.press(' ');
  await expect.poll(() => player.locator('video').evaluate((video) => (video as HTMLVideoElement).paused)).toBe(true);
  await window.keyboard.press(' ');
  await expect.poll(() => player.locator('video').evaluate((video) => (video as HTMLVideoElement).paused)).toBe(false);
});

test('a lead is confirmed with a note, and undone', async ({ window }) => {
  const { card } = await openLeadInRoom(window);
  await expect(card).toHaveAttribute('data-state', 'open');
  const id = await card.getAttribute('data-flag-id');
  await window.getByTestId('flag-note').fill('已核对画面字幕,属实');
  await window.getByTestId('flag-confirm').click();
  await expect(card).toHaveAttribute('data-state', 'confirmed');
  await expect(card).toContainText('已核对画面字幕,属实');
  expect(await card.getAttribute('data-flag-id')).toBe(id);
  await window.locator('.room-head h1').click();
  await window.keyboard.press('u');
  await expect(card).toHaveAttribute('data-state', 'open');
});

test('a lead is dismissed with a reason', async ({ window }) => {
  const { card } = await openLeadInRoom(window);
  await window.keyboard.press('x');
  const dialog = window.getByTestId('dismiss-dialog').locator('.ant-modal');
  await expect(dialog).toBeVisible();
  await window.keyboard.press('1');
  await expect(card).toHaveAttribute('data-state', 'dismissed');
  await window.keyboard.press('u');
  await expect(card).toHaveAttribute('data-state', 'open');
});

test('a marked range becomes an evidence package that holds in the window and on the command line', async ({ window, shell }, info) => {
  test.setTimeout(180_000);
  await openLeadInRoom(window);
  const player = window.getByTestId('room-player');
  await window.keyboard.press('i');
  const inMs = Number(await player.getAttribute('data-wall-ms'));
  await expect.poll(async () => Number(await player.getAttribute('data-wall-ms')) - inMs, { timeout: 30_000 }).toBeGreaterThan(6000);
  await window.keyboard.press('o');
  await window.keyboard.press('e');
  const dialog = window.getByTestId('export-dialog').locator('.ant-modal');
  await expect(dialog).toBeVisible();
  await window.getByTestId('export-run').click();
  await expect(dialog).toBeHidden();

  await window.getByTestId('place-evidence').click();
  const row = window.getByTestId('package-row').first();
  await expect(row).toHaveAttribute('data-state', 'done', { timeout: 90_000 });
  await row.getByTestId('package-verify').click();
  await expect(row.getByTestId('verify-result')).toHaveAttribute('data-ok', 'true', { timeout: 30_000 });
  await expect(window.getByTestId('verify-checklist')).toHaveAttribute('data-ok', 'true');

  const href = await row.getByTestId('package-download').getAttribute('href');
  expect(href).toBeTruthy();
  const zip = await window.request.get(new URL(href ?? '', shell.url).href);
  expect(zip.ok()).toBe(true);
  const file = info.outputPath('package.zip');
  const bytes = await zip.body();
  await writeFile(file, bytes);
  const good = await runCli(['verify', file, '--json']);
  expect(good.code, good.stdout + good.stderr).toBe(0);
  expect(JSON.parse(good.stdout)).toMatchObject({ ok: true });

  // One changed byte in the middle must be found, by the command line and by the window.
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
  expect((await runCli(['verify', file, '--json'])).code).toBe(1);
  await window.getByTestId('verify-file').setInputFiles(file);
  await expect(window.locator('.verify-outcome')).toHaveAttribute('data-ok', 'false');
  await expect(window.locator('.verify-outcome li[data-ok="false"]').first()).toContainText(/data\//);
});
