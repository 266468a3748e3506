import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { closeServer, listenOn } from '../../electron/engine/demo/demo-origin.ts';
import { repository, runCli } from '../engine-process.ts';
import { readStoredSegments } from '../integration/stored-library.ts';
import type { SoakResult } from './soak-result.ts';

type Summary = { roomId: string; url: string; segments: number; bytes: number; mediaSeconds: number; gaps: { reason: string }[]; error: string | null };

const mediaServerVersion = '4.4.3';
const connectBytes = 400_000;

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Puts node-media-server into a cache folder, without install scripts; it is no dependency of the program. */
function installMediaServer(): string {
  const dir = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'zhibojian-soak');
  const entry = path.join(dir, 'node_modules/node-media-server');
  if (existsSync(entry)) return entry;
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `node-media-server@${mediaServerVersion}`], { cwd: dir, stdio: 'ignore' });
  return entry;
}

function findNginxModule(): string | null {
  return ['/usr/lib/nginx/modules/ngx_rtmp_module.so', '/usr/lib64/nginx/modules/ngx_rtmp_module.so', '/usr/share/nginx/modules/ngx_rtmp_module.so'].find((file) => existsSync(file)) ?? null;
}

function startNginx(dir: string, module: string, rtmpPort: number, httpPort: number): ChildProcess {
  mkdirSync(path.join(dir, 'hls'), { recursive: true });
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  writeFileSync(path.join(dir, 'nginx.conf'), `${user} load_module ${module}; daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log ${dir}/error.log;
events { worker_connections 256; }
rtmp { server { listen 127.0.0.1:${rtmpPort}; application live { live on; hls on; hls_path ${dir}/hls; hls_fragment 2s; hls_playlist_length 12s; } } }
http { access_log off; client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fcgi; uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
 types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; } server { listen 127.0.0.1:${httpPort}; location / { root ${dir}; } } }
`);
  return spawn('nginx', ['-p', dir, '-c', path.join(dir, 'nginx.conf')], { stdio: 'ignore' });
}

/** The demo stream as one file that ffmpeg sends round and round at the speed of life. */
function feed(dir: string, target: string): ChildProcess {
  const source = path.join(dir, 'loop.flv');
  if (!existsSync(source)) {
    const joined = path.join(dir, 'loop.ts');
    const folder = path.join(repository, 'resources/demo/demo-jewel/540');
    writeFileSync(joined, Buffer.concat(readdirSync(folder).filter((file) => file.endsWith('.ts')).sort().map((file) => readFileSync(path.join(folder, file)))));
    execFileSync('ffmpeg', ['-v', 'error', '-i', joined, '-c', 'copy', '-bsf:a', 'aac_adtstoasc', source]); // ADTS headers do not survive -stream_loop
  }
  return spawn('ffmpeg', ['-v', 'error', '-re', '-stream_loop', '-1', '-i', source, '-c', 'copy', '-f', 'flv', target], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function decodeErrors(file: string): string {
  const { stderr } = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8', maxBuffer: 64 << 20 });
  return stderr.trim();
}

/** From the first picture to the end of the last, by the packets: what a live stream's header says of its length is nothing. */
function probeSeconds(file: string): number {
  const { stdout } = spawnSync('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=dts_time', '-of', 'csv=p=0', file], { encoding: 'utf8', maxBuffer: 64 << 20 });
  const times = stdout.split('\n').map(Number.parseFloat).filter(Number.isFinite);
  return (Math.max(...times) - Math.min(...times)) * (times.length / Math.max(1, times.length - 1));
}

/** Puts a room's stored files together in order, as bytes. */
function joinStored(library: string, roomId: string): Buffer {
  const roomDir = path.join(library, 'rooms', roomId);
  const files = readStoredSegments(library, roomId).filter((record) => record.kind === 'media');
  return Buffer.concat(files.map((record) => {
    const session = readdirSync(roomDir).find((name) => existsSync(path.join(roomDir, name, record.file))) as string;
    return readFileSync(path.join(roomDir, session, record.file));
  }));
}

/** Bytes in a row that two receivers of one stream have in common around the middle of the second. */
function measureOverlap(recorded: Buffer, other: Buffer): { same: number; reachesEnd: boolean } {
  const middle = other.length >> 1;
  const at = recorded.indexOf(other.subarray(middle, middle + 65_536));
  if (at < 0) return { same: 0, reachesEnd: false };
  let [back, on] = [0, 0];
  while (back < Math.min(at, middle) && recorded[at - back - 1] === other[middle - back - 1]) back += 1;
  while (at + on < recorded.length && middle + on < other.length && recorded[at + on] === other[middle + on]) on += 1;
  return { same: back + on, reachesEnd: at + on === recorded.length || middle + on === other.length };
}

function checkRoom(library: string, room: Summary, seconds: number, problems: string[], dir: string): string {
  const joined = path.join(dir, `${room.roomId}.${/\.flv|^rtmp/.test(room.url) ? 'flv' : 'ts'}`);
  writeFileSync(joined, joinStored(library, room.roomId));
  const errors = decodeErrors(joined).split('\n').filter((line) => line !== '' && !/non monotonically increasing dts|timestamp discontinuity/i.test(line));
  const probed = probeSeconds(joined);
  const off = Math.abs(room.mediaSeconds - probed) / probed;
  if (room.gaps.length > 0) problems.push(`${room.url}: gaps ${room.gaps.map((gap) => gap.reason).join(', ')}`);
  if (errors.length > 0) problems.push(`${room.url}: ${errors.length} decoding errors, first: ${errors[0]}`);
  if (!(off <= 0.01)) problems.push(`${room.url}: ${room.mediaSeconds.toFixed(1)} s by the records, ${probed.toFixed(1)} s by ffprobe`);
  if (room.mediaSeconds < seconds * 0.95) problems.push(`${room.url}: only ${room.mediaSeconds.toFixed(1)} s of ${seconds} s`);
  return `${room.segments} files, ${(room.bytes / 1_048_576).toFixed(1)} MiB, ${room.mediaSeconds.toFixed(1)} s by the records, ${probed.toFixed(1)} s by ffprobe (${(off * 100).toFixed(2)} %), ${room.gaps.length} gaps, ${errors.length} decoding errors`;
}

async function runServers(minutes: number, lines: string[], problems: string[]): Promise<void> {
  const module = findNginxModule();
  if (module === null) return void problems.push('nginx with libnginx-mod-rtmp is not installed');
  const server = installMediaServer();
  const dir = mkdtempSync(path.join(tmpdir(), 'zhibojian-real-'));
  const [rtmp, http, flvRtmp, flvHttp] = [19_351, 19_352, 19_353, 19_354];
  const children = [startNginx(dir, module, rtmp, http), spawn(process.execPath, [path.join(server, 'bin/app.js'), '--bind', '127.0.0.1', '--rtmp-port', String(flvRtmp), '--http-port', String(flvHttp), '--data-path', path.join(dir, 'nms'), '--no-admin'], { stdio: 'ignore' })];
  try {
    await wait(3000);
    children.push(feed(dir, `rtmp://127.0.0.1:${rtmp}/live/a`), feed(dir, `rtmp://127.0.0.1:${flvRtmp}/live/b`));
    for (let left = 30; left > 0 && !existsSync(path.join(dir, 'hls/a.m3u8')); left -= 1) await wait(1000);
    const hlsUrl = `http://127.0.0.1:${http}/hls/a.m3u8`;
    const flvUrl = `http://127.0.0.1:${flvHttp}/live/b.flv`;
    const beside = path.join(dir, 'beside.flv');
    const curl = spawn('curl', ['-sN', flvUrl, '-o', beside], { stdio: 'ignore' });
    children.push(curl);
    const library = path.join(dir, 'library');
    log(`recording for ${minutes} min …`);
    const { stdout, stderr } = await runCli(['record', hlsUrl, flvUrl, `rtmp://127.0.0.1:${rtmp}/live/a`, '--out', library, '--for', String(minutes * 60), '--json']);
    curl.kill();
    const { rooms } = JSON.parse(stdout) as { rooms: Summary[] };
    for (const [index, room] of rooms.entries()) {
      if (room.segments === 0) problems.push(`${room.url}: nothing recorded: ${room.error ?? ''} ${stderr.slice(-300)}`);
      else lines.push(`- ${['nginx-rtmp HLS', 'node-media-server HTTP-FLV', 'nginx-rtmp RTMP'][index] ?? ''}, ${minutes} min: ${checkRoom(library, room, minutes * 60, problems, dir)}`);
    }
    const flvRoom = rooms[1];
    if (flvRoom !== undefined && flvRoom.segments > 0) {
      const other = readFileSync(beside);
      const { same, reachesEnd } = measureOverlap(joinStored(library, flvRoom.roomId), other);
      lines.push(`- FLV against curl on the same stream: ${same.toLocaleString('en')} bytes in a row are the same of ${other.length.toLocaleString('en')} that curl received`);
      // The two connect at different moments, so that one has some seconds more at the start.
      if (!reachesEnd || same < other.length - connectBytes) problems.push('the recorded FLV differs from what curl received');
    }
    const { code } = await runCli(['inspect', library, '--json']);
    if (code !== 0) problems.push('inspect finds the library altered');
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await wait(1000);
    if (problems.length === 0) rmSync(dir, { recursive: true, force: true });
    else log(`kept for a look: ${dir}`);
  }
}

/** Serves a folder as plain files and records every playlist and FLV in it, each to its end. */
async function runFolder(folder: string, lines: string[], problems: string[]): Promise<void> {
  const root = path.resolve(folder);
  const server = createServer((request, response) => {
    const file = path.join(root, path.normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/')));
    if (!file.startsWith(root) || !existsSync(file)) return void response.writeHead(404).end();
    const body = readFileSync(file);
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length }).end(body);
  });
  const origin = `http://127.0.0.1:${await listenOn(server, 0, '127.0.0.1')}`;
  const streams = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(m3u8|flv)$/.test(file)).sort();
  const dir = mkdtempSync(path.join(tmpdir(), 'zhibojian-folder-'));
  try {
    for (const file of streams) {
      const library = path.join(dir, file.replaceAll('/', '_'));
      const { stdout, stderr } = await runCli(['record', `${origin}/${file}`, '--out', library, '--for', '25', '--json']);
      const [room] = (JSON.parse(stdout) as { rooms: Summary[] }).rooms as [Summary];
      const stored = readStoredSegments(library, room.roomId);
      const inspected = await runCli(['inspect', library, '--json']);
      lines.push(`- ${file}: ${room.segments} files, ${room.bytes.toLocaleString('en')} bytes, ${room.mediaSeconds.toFixed(2)} s, gaps ${room.gaps.map((gap) => gap.reason).join(', ') || '—'}, ${[...new Set(stored.map((record) => `${record.container} ${record.decoder?.videoCodec ?? ''} ${record.decoder?.audioCodec ?? ''}`.trim()))].join('; ')}${room.error === null ? '' : `, ${room.error}`}`);
      if (room.segments === 0 && !/404|http-status/.test(room.error ?? '')) problems.push(`${file}: nothing recorded (${room.error ?? ''}) ${stderr.slice(-200)}`);
      if (inspected.code !== 0) problems.push(`${file}: inspect finds the library altered`);
      if (file.endsWith('.flv') && room.segments > 0 && !joinStored(library, room.roomId).equals(readFileSync(path.join(root, file)))) problems.push(`${file}: what is stored is not what was served`);
    }
  } finally {
    await closeServer(server);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Records real servers fed with real media, and any folder of streams, through the command line as a person would. */
export async function runRealServers(args: string[]): Promise<SoakResult> {
  const { values } = parseArgs({ args, options: { minutes: { type: 'string', default: '10' }, media: { type: 'string' } } });
  const lines: string[] = [];
  const problems: string[] = [];
  if (Number(values.minutes) > 0) await runServers(Number(values.minutes), lines, problems);
  if (values.media !== undefined) await runFolder(values.media, lines, problems);
  return { held: problems.length === 0, lines: [...lines, ...problems] };
}
