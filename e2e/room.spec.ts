import { writeFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { laneBox, layoutLanes } from '../renderer/features/timeline/lane-layout.ts';
import type { LaneId } from '../renderer/features/timeline/lane-layout.ts';
import { runCli } from './engine-process.ts';
import { loadFlvLoop } from './origin/flv-loop.ts';
import { startFlvOrigin } from './origin/flv-origin.ts';
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

/** Moves the pointer along a row of the timeline until a tooltip of that kind shows; gives its place. */
async function findOnRow(window: Page, row: LaneId, testId: string, text: RegExp): Promise<{ x: number; y: number; tip: Locator }> {
  const canvas = window.getByTestId('timeline').locator('canvas');
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('the timeline has no place on the page');
  const layout = layoutLanes(box.height);
  const lane = laneBox(layout, row);
  const y = box.y + lane.y + lane.height / 2;
  const tip = window.getByTestId(testId).filter({ hasText: text });
  for (let x = box.x + layout.gutterPx + 2; x < box.x + box.width - 2; x += 4) {
    await window.mouse.move(x, y);
    if (await tip.count() > 0) return { x, y, tip };
  }
  throw new Error(`nothing on the row ${row} says ${String(text)}`);
}

test('an outage: the room says since when and why, the timeline shows the gap and the reconnection, and the player says what is missing', async ({ window }, info) => {
  test.setTimeout(180_000);
  const origin = await startFlvOrigin();
  try {
    await window.getByTestId('place-rooms').click();
    await window.getByTestId('add-room').click();
    await window.getByTestId('room-url').fill(origin.url);
    await window.getByTestId('room-name').fill('会断流的直播间');
    await window.getByTestId('room-save').click();
    await window.getByRole('link', { name: '会断流的直播间', exact: true }).first().click();
    const head = window.locator('.room-head');
    await expect(head.getByTestId('room-state')).toHaveAttribute('data-state', 'live', { timeout: 60_000 });
    await expect(head.getByTestId('state-since')).toHaveText(/自 \d\d:\d\d:\d\d 起/);
    await expect(head.getByTestId('state-reason')).toHaveText('画面持续到达，可以解码');
    await origin.sent(0, 9000);

    origin.refuse(503);
    origin.act('reset');
    await expect(head.getByTestId('room-state')).not.toHaveAttribute('data-state', 'live');
    await expect(head.getByTestId('state-reason')).not.toHaveText('画面持续到达，可以解码');
    await window.getByTestId('place-wall').click();
    const tile = window.locator('[data-testid="wall-tile"]').filter({ hasText: '会断流的直播间' });
    if (await tile.count() > 0) await expect(tile.getByTestId('tile-reason')).not.toBeEmpty();
    await window.goBack();
    await origin.refused(3);
    origin.refuse(null);
    await origin.sent(1, 12_000);
    await expect(head.getByTestId('room-state')).toHaveAttribute('data-state', 'live', { timeout: 60_000 });
    const marks = window.getByTestId('timeline').locator('[data-mark]');
    await expect(marks.and(window.locator('[data-mark="gap"]'))).toHaveCount(1, { timeout: 60_000 });
    await expect(marks.filter({ hasText: '重新连接' })).not.toHaveCount(0);

    await window.keyboard.press('0');
    const event = await findOnRow(window, 'events', 'event-tip', /重新连接/);
    await expect(event.tip).not.toContainText(/connection|[a-z]+Ms/);
    await window.screenshot({ path: info.outputPath('event-tip.png') });
    const gap = await findOnRow(window, 'gaps', 'gap-tip', /缺口/);
    await expect(gap.tip).toContainText(/\d\d:\d\d:\d\d\.\d – \d\d:\d\d:\d\d\.\d/);
    await window.screenshot({ path: info.outputPath('gap-tip.png') });

    const player = window.getByTestId('room-player');
    await window.mouse.click(gap.x, gap.y);
    const card = window.getByTestId('gap-card');
    await expect(card).toContainText(/此处缺 \d+:\d\d · .+。/);
    await window.screenshot({ path: info.outputPath('gap-card.png') });
    const inGapMs = Number(await player.getAttribute('data-wall-ms'));
    const video = player.locator('video');
    await expect.poll(() => video.evaluate((each) => (each as HTMLVideoElement).paused)).toBe(true);
    await card.getByTestId('gap-skip').click();
    await expect(card).toBeHidden();
    await expect.poll(async () => Number(await player.getAttribute('data-wall-ms'))).toBeGreaterThan(inGapMs + 1000);
    await expect.poll(() => video.evaluate((each) => (each as HTMLVideoElement).paused)).toBe(false);

    await window.getByTestId('session-events-open').click();
    const record = window.getByTestId('session-events');
    await expect(record.locator('[data-kind="preflight"]')).toContainText('磁盘可用：');
    await expect(record).not.toContainText(/freeBytes|sourceKind|clockOffsetMs/);
    await window.screenshot({ path: info.outputPath('record.png') });
  } finally {
    await origin.close();
  }
});

test('a room whose codec the browser cannot play is shown transcoded, and says so', async ({ window }, info) => {
  test.setTimeout(120_000);
  const origin = await startFlvOrigin({ media: loadFlvLoop('hevc') });
  try {
    await window.getByTestId('place-rooms').click();
    await window.getByTestId('add-room').click();
    await window.getByTestId('room-url').fill(origin.url);
    await window.getByTestId('room-name').fill('高清编码直播间');
    await window.getByTestId('room-save').click();
    await window.getByRole('link', { name: '高清编码直播间', exact: true }).first().click();
    await expect(window.locator('.room-head').getByTestId('room-state')).toHaveAttribute('data-state', 'live', { timeout: 60_000 });
    const video = window.getByTestId('room-player').locator('video');
    const readSize = (): Promise<number> => video.evaluate((each) => (each as HTMLVideoElement).videoWidth);
    const readTime = (): Promise<number> => video.evaluate((each) => (each as HTMLVideoElement).currentTime);
    await expect.poll(readSize, { timeout: 60_000 }).toBeGreaterThan(0);
    const fromS = await readTime();
    await expect.poll(readTime, { timeout: 30_000 }).toBeGreaterThan(fromS + 2);
    // A browser that plays H.265 by itself shows the original and says nothing.
    const playsHevc = await window.evaluate(() => MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"'));
    await expect(window.getByTestId('transcoded-note')).toHaveCount(playsHevc ? 0 : 1);
    if (!playsHevc) await expect(window.getByTestId('transcoded-note')).toHaveText('转码预览，非原始画面');
    await window.screenshot({ path: info.outputPath('transcoded.png') });
  } finally {
    await origin.close();
  }
});
