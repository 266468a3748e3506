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
