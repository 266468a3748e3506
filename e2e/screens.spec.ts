import path from 'node:path';
import type { Page } from '@playwright/test';
import { repository } from './engine-process.ts';
import { expect, test } from './shell-fixture.ts';

const sizes = [{ width: 1280, height: 800 }, { width: 1920, height: 1080 }];
const themes = ['dark', 'light'] as const;

const places: readonly { name: string; hash: (roomId: string) => string; ready: (window: Page) => Promise<void> }[] = [
  { name: 'wall', hash: () => '#/wall', ready: (window) => expect(window.getByTestId('wall-tile').locator('video').first()).toBeVisible({ timeout: 60_000 }) },
  { name: 'room', hash: (roomId) => `#/room/${roomId}`, ready: (window) => expect(window.getByTestId('room-player')).not.toHaveAttribute('data-wall-ms', '', { timeout: 60_000 }) },
  { name: 'rooms', hash: () => '#/rooms', ready: (window) => expect(window.getByTestId('add-room')).toBeVisible() },
  { name: 'evidence', hash: () => '#/evidence', ready: (window) => expect(window.getByTestId('verify-drop')).toBeVisible() },
  { name: 'settings', hash: () => '#/settings', ready: (window) => expect(window.locator('main.screen')).toContainText('PP-OCR') },
];

/** True where the page is wider than the window or an element sticks out of it to the right: a broken layout. */
function findOverflow(window: Page): Promise<string[]> {
  return window.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth + 1 ? [`page ${document.documentElement.scrollWidth} > ${innerWidth}`] : [];
    const out = [...document.querySelectorAll<HTMLElement>('.top-bar, .top-bar *, main.screen, .rail')].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.right > innerWidth + 1;
    });
    return [...wide, ...out.map((element) => `${element.tagName}.${element.className}`)];
  });
}

for (const size of sizes) {
  for (const theme of themes) {
    test(`every screen is whole at ${size.width}×${size.height}, ${theme}`, async ({ window, shell }) => {
      test.skip(shell.electron !== null, 'the size of an Electron window is not the page\'s to set');
      await window.setViewportSize(size);
      const tile = window.getByTestId('wall-tile').first();
      await expect(tile).toBeVisible({ timeout: 60_000 });
      await expect(window.getByTestId('lead-item').first()).toBeVisible({ timeout: 60_000 });
      const roomId = await window.getByTestId('lead-item').first().evaluate((lead) => lead.getAttribute('data-room') ?? '') || await tile.getAttribute('data-room') || '';
      await window.evaluate((chosen) => localStorage.setItem('zhibojian.settings', JSON.stringify({ theme: chosen })), theme);
      await window.reload();
      for (const place of places) {
        await window.evaluate((hash) => { location.hash = hash; }, place.hash(roomId));
        await place.ready(window);
        await expect.poll(() => findOverflow(window), { message: `${place.name} sticks out` }).toEqual([]);
        await window.screenshot({ path: path.join(repository, 'test-results/screens', `${place.name}-${theme}-${size.width}.png`) });
      }
      expect(await window.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toContain(theme);
    });
  }
}
