/**
 * Makes the demo rooms under resources/demo. Run once by a maintainer: node scripts/make-demo.mjs [ROOM…]
 * Needs ffmpeg, espeak-ng, Chromium and Noto Sans CJK; the product itself needs none of them, for the output is committed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { drawBackdrop, drawBanner, drawClockHand, drawDesk, drawHeart, drawHost } from './demo-scene.mjs';
import { encodeWav, makeSound } from './demo-sound.mjs';
import { planChat, rooms } from './demo-words.mjs';

const outDir = join(import.meta.dirname, '..', 'resources', 'demo');
const stepMs = 80;
const segmentS = 2;

function requireTools() {
  const missing = [];
  const has = (command, args) => {
    try {
      return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    } catch {
      return null;
    }
  };
  if (!has('ffmpeg', ['-version'])) missing.push('ffmpeg');
  if (!has('espeak-ng', ['--version'])) missing.push('espeak-ng');
  if (!has('fc-list', [])?.includes('Noto Sans CJK SC')) missing.push('fontconfig fonts-noto-cjk');
  const browser = ['chromium', 'google-chrome', 'microsoft-edge'].find((name) => has('which', [name]));
  if (!browser) missing.push('chromium');
  if (missing.length) {
    console.error(`missing: ${missing.join(', ')}\non Debian: sudo apt-get install ${missing.join(' ')}`);
    process.exit(2);
  }
  return has('which', [browser]).trim();
}

async function makePainter(executablePath) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
  const page = await browser.newPage({ viewport: { width: 540, height: 960 } });
  await page.setContent('<style>html,body{margin:0;background:transparent}svg{display:block}</style><div id="scene"></div>');
  return {
    async paint(markup, file, size = { width: 540, height: 960 }) {
      await page.evaluate((html) => (document.getElementById('scene').innerHTML = html), markup);
      await page.screenshot({ path: file, omitBackground: true, clip: { x: 0, y: 0, ...size } });
    },
    close: () => browser.close(),
  };
}

/** The host's frames: the mouth follows the voice, the hand moves while they speak and rests when they do not. */
function planHost(loudness) {
  let phase = 0;
  return loudness.map((level, i) => {
    phase += level > 0.1 ? 0.35 : 0.08;
    const mouth = level < 0.12 ? 0 : level < 0.45 ? 1 : 2;
    const pose = Math.round((1 - Math.cos(phase * 0.6)) * 3.5);
    return { mouth, pose, blink: mouth === 0 ? i % 41 < 2 : false };
  });
}

const hostFile = (frame) => `host-${frame.mouth}-${frame.pose}${frame.blink ? '-b' : ''}.png`;

function writeConcat(file, entries) {
  const lines = entries.map(([name, seconds]) => `file '${name}'\nduration ${seconds}`);
  writeFileSync(file, `ffconcat version 1.0\n${lines.join('\n')}\nfile '${entries.at(-1)[0]}'\n`);
}

async function makeRoom(room, seed, painter) {
  const work = mkdtempSync(join(tmpdir(), `${room.id}-`));
  const dir = join(outDir, room.id);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });

  const sound = makeSound(room, seed, stepMs);
  writeFileSync(join(work, 'sound.wav'), encodeWav(sound.samples));
  const frames = planHost(sound.loudness);

  await painter.paint(drawBackdrop(room), join(work, 'back.png'));
  await painter.paint(drawDesk(room), join(work, 'desk.png'));
  for (let s = 0; s < 60; s++) await painter.paint(drawClockHand(s), join(work, `hand-${s}.png`));
  for (const [i, [, text]] of room.banners.entries()) await painter.paint(drawBanner(room, text, i), join(work, `banner-${i}.png`));
  for (const frame of new Map(frames.map((f) => [hostFile(f), f])).values()) await painter.paint(drawHost(room, frame), join(work, hostFile(frame)));
  for (const [i, fill] of ['#ff5d73', '#ffb703', '#8ecae6'].entries()) await painter.paint(drawHeart(fill), join(work, `heart-${i}.png`), { width: 40, height: 40 });

  writeConcat(join(work, 'host.txt'), frames.map((f) => [hostFile(f), stepMs / 1000]));
  writeConcat(join(work, 'hand.txt'), Array.from({ length: room.durationS }, (_, s) => [`hand-${s % 60}.png`, 1]));
  writeConcat(join(work, 'banner.txt'), room.banners.map(([startS], i) => [`banner-${i}.png`, (room.banners[i + 1]?.[0] ?? room.durationS) - startS]));

  const still = (name) => ['-loop', '1', '-framerate', '25', '-i', join(work, name)];
  const list = (name) => ['-f', 'concat', '-safe', '0', '-i', join(work, name)];
  const heart = (i) => `overlay=x='${488 + i * 4}+14*sin(2*PI*t/${[2, 4, 2][i]}+${i})':y='720-mod(t*${[100, 125, 150][i]}+${i * 140},420)'`;
  const graph = [
    '[1]fps=25[host]', '[3]fps=25[hand]', '[4]fps=25[banner]',
    '[0][hand]overlay[a]', '[a][host]overlay[b]', '[b][2]overlay[c]', '[c][banner]overlay[d]',
    `[d][5]${heart(0)}[e]`, `[e][6]${heart(1)}[f]`, `[f][7]${heart(2)},format=yuv420p${room.small ? ',split[v][w];[w]scale=270:480:flags=lanczos[small]' : '[v]'}`,
  ].join(';');
  const sizes = [{ name: '540', width: 540, height: 960, label: '[v]', crf: 27, audio: '56k' }];
  if (room.small) sizes.push({ name: '270', width: 270, height: 480, label: '[small]', crf: 28, audio: '40k' });
  const extension = room.container === 'ts' ? 'ts' : 'm4s';
  const outputs = sizes.flatMap(({ name, label, crf, audio }) => {
    mkdirSync(join(dir, name));
    return [
      '-map', label, '-map', '8:a', '-t', String(room.durationS),
      '-c:v', 'libx264', '-profile:v', 'main', '-level', '3.1', '-preset', 'slow', '-tune', 'animation', '-crf', String(crf), '-maxrate', '420k', '-bufsize', '840k',
      '-bf', '0', '-g', '50', '-keyint_min', '50', '-sc_threshold', '0', '-r', '25', '-c:a', 'aac', '-b:a', audio, '-ac', '1', '-ar', '48000',
      '-f', 'hls', '-hls_time', String(segmentS), '-hls_list_size', '0', '-hls_playlist_type', 'vod',
      '-hls_segment_type', room.container === 'ts' ? 'mpegts' : 'fmp4', '-hls_fmp4_init_filename', 'init.mp4',
      '-hls_segment_filename', join(dir, name, `%03d.${extension}`), join(dir, name, 'vod.m3u8'),
    ];
  });
  execFileSync('ffmpeg', [
    '-v', 'error', '-y', ...still('back.png'), ...list('host.txt'), ...still('desk.png'), ...list('hand.txt'), ...list('banner.txt'),
    ...still('heart-0.png'), ...still('heart-1.png'), ...still('heart-2.png'), '-i', join(work, 'sound.wav'), '-filter_complex', graph, ...outputs,
  ], { stdio: ['ignore', 'inherit', 'inherit'] });

  writeManifest(room, dir, sizes, extension);
  writeScript(room, dir, sound.lines);
  rmSync(work, { recursive: true, force: true });
}

function writeManifest(room, dir, sizes, extension) {
  const variants = sizes.map(({ name, width, height }) => {
    const playlist = readFileSync(join(dir, name, 'vod.m3u8'), 'utf8');
    rmSync(join(dir, name, 'vod.m3u8'));
    const durations = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map((m) => Math.round(Number(m[1]) * 1000));
    if (durations.length * segmentS !== room.durationS || durations.some((d) => d !== segmentS * 1000)) throw new Error(`${room.id}: segments are not ${segmentS} s: ${durations}`);
    const segments = durations.map((_, i) => `${String(i).padStart(3, '0')}.${extension}`);
    const bandwidth = Math.max(...segments.map((file) => Math.ceil((statSync(join(dir, name, file)).size * 8) / segmentS)));
    return { name, width, height, bandwidth, codecs: 'avc1.4d401f,mp4a.40.2', init: room.container === 'fmp4' ? 'init.mp4' : null, segments };
  });
  const { id, name, platform, host, container } = room;
  writeFileSync(join(dir, 'room.json'), `${JSON.stringify({ id, name, platform, host, container, segmentMs: segmentS * 1000, variants }, null, 1)}\n`);
}

function writeScript(room, dir, spoken) {
  const ms = (s) => Math.round(s * 1000);
  const banners = room.banners.map(([startS, text, category], i) => ({ startMs: ms(startS), endMs: ms(room.banners[i + 1]?.[0] ?? room.durationS), text, category: category ?? null }));
  const speech = spoken.map((line, i) => ({ ...line, category: room.lines[i][2] ?? null }));
  const chat = planChat(room);
  writeFileSync(join(dir, 'script.json'), `${JSON.stringify({ id: room.id, durationMs: ms(room.durationS), banners, speech, chat }, null, 1)}\n`);
  writeFileSync(join(dir, 'chat.jsonl'), chat.map(({ offsetMs, user, text }) => `${JSON.stringify({ offsetMs, user, text })}\n`).join(''));
}

const totalBytes = (dir) => readdirSync(dir, { recursive: true, withFileTypes: true }).reduce((sum, e) => sum + (e.isFile() ? statSync(join(e.parentPath, e.name)).size : 0), 0);

const wanted = process.argv.slice(2);
const painter = await makePainter(requireTools());
for (const [i, room] of rooms.entries()) {
  if (wanted.length && !wanted.includes(room.id)) continue;
  await makeRoom(room, i + 1, painter);
  console.error(`${room.id}: ${(totalBytes(join(outDir, room.id)) / 2 ** 20).toFixed(2)} MiB`);
}
await painter.close();
