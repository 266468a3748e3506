import { expect, test } from './shell-fixture.ts';

test('the wall plays at least three rooms at once from the local recording', async ({ window }) => {
  const playing = window.getByTestId('wall-tile').locator('video');
  await expect.poll(() => playing.count(), { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
  const readTimes = (): Promise<number[]> => playing.evaluateAll((videos) => videos.map((video) => (video as HTMLVideoElement).currentTime));
  await expect.poll(async () => (await readTimes()).filter((time) => time > 0).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
  const before = await readTimes();
  await expect.poll(async () => (await readTimes()).filter((time, i) => time > (before[i] ?? 0) + 1).length, { message: 'three pictures must move on' }).toBeGreaterThanOrEqual(3);
  const sizes = await playing.evaluateAll((videos) => videos.map((video) => (video as HTMLVideoElement).videoHeight));
  expect(sizes.filter((height) => height > 0).length).toBeGreaterThanOrEqual(3);
  expect(await playing.evaluateAll((videos) => videos.every((video) => (video as HTMLVideoElement).muted))).toBe(true);
});

test('every demo room says that it is live, and the bar counts them', async ({ window }) => {
  const states = window.getByTestId('wall-tile').getByTestId('room-state');
  await expect.poll(() => states.evaluateAll((badges) => badges.filter((badge) => badge.getAttribute('data-state') === 'live').length), { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
  await expect.poll(async () => {
    const live = await states.evaluateAll((badges) => badges.filter((badge) => badge.getAttribute('data-state') === 'live').length);
    return (await window.getByTestId('status-facts').textContent())?.includes(`${live} 路`);
  }, { message: 'the bar must count the rooms that are recorded, not those that are offline' }).toBe(true);
});

test('the first lead comes within thirty seconds of the window, with its words and its basis', async ({ window }) => {
  const lead = window.getByTestId('lead-item').first();
  await expect(lead).toBeVisible({ timeout: 30_000 });
  await expect(lead.locator('.lead-quote')).not.toBeEmpty();
  await lead.click();
  await expect(lead.locator('.lead-basis').first()).toContainText(/第.+条/);
});

test('the innocent room stays without a grave lead', async ({ window }) => {
  await expect(window.getByTestId('lead-item').first()).toBeVisible({ timeout: 60_000 });
  const fruit = window.locator('[data-testid="wall-tile"][data-room*="fruit"]');
  await expect(fruit).toHaveCount(1);
  await expect(fruit).not.toHaveClass(/urgent/);
});

test('the whole list of shortcuts opens on ? and closes on Escape', async ({ window }) => {
  await expect(window.getByTestId('wall-tile').first()).toBeVisible({ timeout: 60_000 });
  await window.keyboard.press('Shift+?');
  const overlay = window.getByTestId('hotkey-overlay').locator('.ant-modal');
  await expect(overlay).toBeVisible();
  await expect(overlay.locator('kbd').filter({ hasText: 'J' }).first()).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(overlay).toBeHidden();
});
