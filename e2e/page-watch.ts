import type { ConsoleMessage, Page, Request, Response } from '@playwright/test';

/** Collects everything that went wrong in a page: console errors, thrown errors, requests that failed or were refused. Returns the list, which grows. */
export function watchPage(page: Page): string[] {
  const troubles: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error: Error) => troubles.push(`thrown: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request: Request) => {
    const reason = request.failure()?.errorText ?? '';
    // The page itself gives up a load: a player that seeks, a tile that leaves the wall, a document that is left.
    if (reason === 'net::ERR_ABORTED') return;
    troubles.push(`request: ${request.method()} ${request.url()} ${reason}`);
  });
  page.on('response', (response: Response) => {
    if (response.status() >= 400) troubles.push(`response: ${response.status()} ${response.url()}`);
  });
  return troubles;
}
