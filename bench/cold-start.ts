import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { type Bench, type BenchResult, makeFigure, skipBench } from './bench-result.ts';
import { rootDir, startServe } from './child-program.ts';

const runs = 3;

type BrowserScript = { findBrowser(): string | null; sandboxArguments(): string[] };

/** From the spawn of `serve --demo` on an empty data folder to a tile that plays in a headless browser (its clock runs and it has a frame). */
export const coldStart: Bench = {
  name: 'cold-start',
  about: 'serve --demo from spawn to the first playing tile',
  async run(): Promise<BenchResult> {
    if (!existsSync(join(rootDir, 'dist', 'renderer', 'index.html'))) return skipBench('cold-start', 'the window is not built (npm run build)');
    const { findBrowser, sandboxArguments } = (await import(join(rootDir, 'scripts', 'browser.mjs'))) as BrowserScript;
    const executablePath = findBrowser();
    if (executablePath === null) return skipBench('cold-start', 'no Chromium, Chrome or Edge found (Debian: apt-get install chromium)');
    const measured: { url: number; tile: number }[] = [];
    for (let run = 0; run < runs; run++) measured.push(await measureOnce(executablePath, sandboxArguments()));
    return {
      name: 'cold-start', conditions: { browser: executablePath, includes: 'engine and browser start, empty data folder' }, skipped: null,
      figures: [makeFigure('spawn → address printed', 's', measured.map((m) => m.url)), makeFigure('spawn → first tile plays', 's', measured.map((m) => m.tile))],
    };
  },
};

async function measureOnce(executablePath: string, sandbox: string[]): Promise<{ url: number; tile: number }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-start-'));
  const serve = await startServe(dataDir);
  try {
    const browser = await chromium.launch({ executablePath, args: [...sandbox, '--autoplay-policy=no-user-gesture-required', '--disable-background-networking'] });
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.goto(serve.url);
      await page.waitForFunction(() => [...document.querySelectorAll('video')].some((video) => !video.paused && video.currentTime > 0 && video.readyState >= 2 && video.videoWidth > 0), undefined, { timeout: 90_000, polling: 50 });
      return { url: serve.urlAfterMs / 1000, tile: (Date.now() - serve.spawnedAtMs) / 1000 };
    } finally {
      await browser.close();
    }
  } finally {
    await serve.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
