import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Page, chromium } from 'playwright-core';
import { z } from 'zod';
import { type Bench, type BenchResult, makeFigure, percentile, skipBench } from './bench-result.ts';
import { cliFile, hasCommand, mediaDir, rootDir, startServe } from './child-program.ts';

const hours = Number(process.env['BENCH_HOURS'] ?? 8);
const seeks = 30;

type BrowserScript = { findBrowser(): string | null; sandboxArguments(): string[] };

const Recorded = z.object({ rooms: z.array(z.object({ roomId: z.string(), segments: z.number(), mediaSeconds: z.number() })) });

/** From the click on the timeline of a long session to the picture there, against a page with nothing but hls.js over the same files. */
export const seek: Bench = {
  name: 'seek',
  about: `from a click on the timeline of a ${hours}-hour session to the picture there (BENCH_HOURS)`,
  async run(): Promise<BenchResult> {
    if (!existsSync(join(rootDir, 'dist', 'renderer', 'index.html'))) return skipBench('seek', 'the window is not built (npm run build)');
    if (!hasCommand('ffmpeg')) return skipBench('seek', 'ffmpeg makes the long broadcast and is not installed');
    const { findBrowser, sandboxArguments } = (await import(join(rootDir, 'scripts', 'browser.mjs'))) as BrowserScript;
    const executablePath = findBrowser();
    if (executablePath === null) return skipBench('seek', 'no Chromium, Chrome or Edge found (Debian: apt-get install chromium)');
    const dir = await mkdtemp(join(tmpdir(), 'bench-seek-'));
    const origin = await serveFolder(dir);
    try {
      await makeBroadcast(dir);
      const library = join(dir, 'library');
      const recorder = spawn(process.execPath, [cliFile, 'record', `${origin.url}/long.m3u8`, '--out', library, '--for', '1800', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
      const words: Buffer[] = [];
      recorder.stdout.on('data', (chunk: Buffer) => words.push(chunk));
      await once(recorder, 'close');
      const [room] = Recorded.parse(JSON.parse(Buffer.concat(words).toString())).rooms;
      if (room === undefined || room.mediaSeconds < hours * 3590) throw new Error(`only ${room?.mediaSeconds ?? 0} s were recorded`);
      const serve = await startServe(library, false);
      const browser = await chromium.launch({ executablePath, args: [...sandboxArguments(), '--autoplay-policy=no-user-gesture-required', '--disable-background-networking'] });
      try {
        const ours = await measureOurs(await browser.newPage({ viewport: { width: 1440, height: 900 } }), `${serve.url}#/room/${room.roomId}`);
        const peer = await measurePlain(await browser.newPage({ viewport: { width: 1440, height: 900 } }), `${origin.url}/plain.html`);
        const share = (runs: number[], at: number): number[] => [percentile(runs, at)];
        return {
          name: 'seek', conditions: { hours, segments: room.segments, seeks, browser: basename(executablePath) }, skipped: null,
          figures: [
            makeFigure('click → picture, median', 's', ours, { name: 'plain hls.js', runs: peer }),
            makeFigure('click → picture, p95', 's', share(ours, 0.95), { name: 'plain hls.js', runs: share(peer, 0.95) }),
          ],
        };
      } finally {
        await browser.close();
        await serve.close();
      }
    } finally {
      await origin.close();
      await rm(dir, { recursive: true, force: true });
    }
  },
};

/** Hours of broadcast out of the demo room's minute, cut into files of two seconds, and the page that plays it with hls.js alone. */
async function makeBroadcast(dir: string): Promise<void> {
  const folder = join(mediaDir, 'demo-jewel', '540');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  const round = join(dir, 'round.ts');
  const loop = join(dir, 'round.flv');
  await writeFile(round, Buffer.concat(await Promise.all(files.map((file) => readFile(join(folder, file))))));
  // ADTS headers do not survive -stream_loop.
  runFfmpeg(['-i', round, '-c', 'copy', '-bsf:a', 'aac_adtstoasc', loop]);
  runFfmpeg(['-stream_loop', '-1', '-i', loop, '-t', String(hours * 3600), '-c', 'copy', '-f', 'hls', '-hls_time', '2', '-hls_list_size', '0', '-hls_segment_filename', join(dir, 'long-%05d.ts'), join(dir, 'long.m3u8')]);
  await mkdir(join(dir, 'page'), { recursive: true });
  await writeFile(join(dir, 'hls.js'), await readFile(join(rootDir, 'node_modules', 'hls.js', 'dist', 'hls.min.js')));
  await writeFile(join(dir, 'plain.html'), '<!doctype html><video muted style="height:500px"></video><script src="hls.js"></script><script>const hls = new Hls(); hls.loadSource("long.m3u8"); hls.attachMedia(document.querySelector("video"));</script>');
}

function runFfmpeg(args: string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ffmpeg: ${stderr.trim().split('\n')[0] ?? ''}`);
}

async function serveFolder(dir: string): Promise<{ url: string; close: () => Promise<void> }> {
  const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', m3u8: 'application/vnd.apple.mpegurl', ts: 'video/mp2t' };
  const server = createServer((request, response) => {
    const name = basename((request.url ?? '/').replace(/[?#].*$/, ''));
    readFile(join(dir, name)).then(
      (body) => void response.writeHead(200, { 'content-type': types[name.split('.').pop() ?? ''] ?? 'application/octet-stream', 'content-length': body.length }).end(body),
      () => void response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Installs in the page what measures: from `arm` until the first picture after the next seek. */
async function installMeter(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const video = document.querySelector('video');
    return video !== null && video.readyState >= 2 && video.videoWidth > 0;
  }, undefined, { timeout: 120_000 });
  await page.evaluate(() => {
    const meter = window as unknown as { arm: () => void; begin: () => void; took: Promise<number> };
    const video = document.querySelector('video') as HTMLVideoElement;
    let startMs = 0;
    meter.begin = () => {
      startMs = performance.now();
    };
    meter.arm = () => {
      meter.took = new Promise((resolve) => {
        video.addEventListener('seeking', () => video.requestVideoFrameCallback(() => resolve(performance.now() - startMs)), { once: true });
      });
    };
  });
}

/** Positions over the whole session in a fixed, jumbled order. */
function* places(): Generator<number> {
  for (let index = 0; index < seeks; index += 1) yield ((index * 0.618034 + 0.137) % 1) * 0.96 + 0.02;
}

async function measureOurs(page: Page, url: string): Promise<number[]> {
  await page.goto(url);
  await installMeter(page);
  await page.keyboard.press('0');
  const canvas = await page.getByTestId('timeline').locator('canvas').boundingBox();
  if (canvas === null) throw new Error('the timeline has no place on the page');
  await page.evaluate(() => window.addEventListener('pointerup', () => (window as unknown as { begin: () => void }).begin(), true));
  const took: number[] = [];
  for (const share of places()) {
    await page.evaluate(() => (window as unknown as { arm: () => void }).arm());
    // The names of the rows take the first pixels; half a row below the axis is the row of pictures.
    await page.mouse.click(canvas.x + 60 + (canvas.width - 70) * share, canvas.y + 40);
    took.push(await readTook(page));
    await page.keyboard.press('0');
  }
  return took;
}

async function measurePlain(page: Page, url: string): Promise<number[]> {
  await page.goto(url);
  await installMeter(page);
  const took: number[] = [];
  for (const share of places()) {
    await page.evaluate((at) => {
      const meter = window as unknown as { arm: () => void; begin: () => void };
      const video = document.querySelector('video') as HTMLVideoElement;
      meter.arm();
      meter.begin();
      video.currentTime = at * video.duration;
    }, share);
    took.push(await readTook(page));
  }
  return took;
}

async function readTook(page: Page): Promise<number> {
  const ms = await page.evaluate(() => Promise.race([(window as unknown as { took: Promise<number> }).took, new Promise<number>((resolve) => setTimeout(() => resolve(-1), 20_000))]));
  if (ms < 0) throw new Error('no picture within 20 s of a seek');
  return ms / 1000;
}
