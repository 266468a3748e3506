import { expect, test } from './shell-fixture.ts';

test('settings name every model with its task, and say how to install what is missing', async ({ window }) => {
  await window.getByTestId('place-settings').click();
  const screen = window.locator('main.screen');
  await expect(screen).toContainText('PP-OCR');
  await expect(screen).toContainText(/Silero/i);
  await expect(screen).toContainText(/语音/);
});

test('the language switch turns the whole window to English and back', async ({ window }) => {
  await window.getByTestId('place-settings').click();
  await window.getByText('English', { exact: true }).click();
  await expect(window.getByTestId('place-wall')).toHaveText('Wall');
  await expect(window.locator('html')).toHaveAttribute('lang', 'en');
  await window.getByText('中文', { exact: false }).first().click();
  await expect(window.getByTestId('place-wall')).toHaveText('巡查');
});

test('the clock says its offset, how sure that is, by whom and since when, and where time servers are named', async ({ window }) => {
  await window.getByTestId('place-settings').click();
  const panel = window.getByTestId('clock-panel');
  await expect(panel).toHaveAttribute('data-ok', 'true');
  // The demo rooms answer with a Date, so that there is a measurement even without a network.
  await expect(panel.getByTestId('clock-offset')).toHaveText(/[+−]\d+\.\d\ds 不确定度 ±\d+\.\d{3} s/, { timeout: 60_000 });
  await expect(panel).toContainText(/HTTP Date|ntp/i);
  await expect(panel).toContainText(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  await expect(panel).toContainText('ZHIBOJIAN_TIME_SERVERS');
  await window.getByTestId('disk-limits').click();
  await expect(window.getByTestId('disk-bar')).toBeVisible();
});
