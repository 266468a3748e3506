import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { FaultError } from '../../contract/faults.ts';
import { resolvePage } from './page-resolver.ts';

const signal = new AbortController().signal;
const path = process.env['PATH'];
let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'resolver-'));
  process.env['PATH'] = [dir, dirname(process.execPath)].join(delimiter);
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(dir, { recursive: true });
});

/** Puts a program on PATH that a resolver's name calls: a real child that answers as the tool does. */
function install(name: string, body: string): void {
  const file = join(dir, name);
  writeFileSync(file, `#!${process.execPath}\n${body}`);
  chmodSync(file, 0o755);
}

async function faultOf(run: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await run;
  } catch (thrown) {
    if (thrown instanceof FaultError) return thrown.fault;
    throw thrown;
  }
  throw new Error('no fault');
}

test('streamlink is asked first; its address, kind and wanted headers come back and no secret of ours goes in', { skip: process.platform === 'win32' }, async () => {
  process.env['SECRET_TOKEN'] = 'hush';
  install('streamlink', `console.log(JSON.stringify({ type: 'http', url: 'https://cdn.example/live/1.flv?token=' + (process.env.SECRET_TOKEN ?? 'none'), headers: { Referer: 'https://page.example/', 'X-Other': '1' } }))`);
  const found = await resolvePage('https://page.example/room?session=abc', signal);
  delete process.env['SECRET_TOKEN'];
  assert.deepEqual({ url: found.url, kind: found.kind, headers: found.headers, tool: found.tool }, { url: 'https://cdn.example/live/1.flv?token=none', kind: 'flv', headers: { referer: 'https://page.example/' }, tool: 'streamlink' });
  assert.ok(!found.command.includes('abc') && found.command.includes('https://page.example/room'));
});

test('yt-dlp is asked where streamlink found nothing, and a page without a stream says what both said', { skip: process.platform === 'win32' }, async () => {
  install('streamlink', `console.log(JSON.stringify({ error: 'No plugin can handle URL' })); process.exit(1)`);
  install('yt-dlp', `console.log(JSON.stringify({ url: 'https://cdn.example/a/index.m3u8', protocol: 'm3u8_native', http_headers: { 'User-Agent': 'x' } }))`);
  const found = await resolvePage('https://page.example/room', signal);
  assert.deepEqual({ kind: found.kind, tool: found.tool }, { kind: 'hls', tool: 'yt-dlp' });
  install('yt-dlp', `console.error('ERROR: Unsupported URL'); process.exit(1)`);
  const fault = await faultOf(resolvePage('https://page.example/room', signal));
  assert.equal(fault.code, 'resolver-failed');
  assert.match(fault.message, /No plugin can handle URL.*Unsupported URL/s);
});

test('no resolver installed and an address that is no page are faults of their own', async () => {
  process.env['PATH'] = dir;
  assert.equal((await faultOf(resolvePage('https://page.example/room', signal))).code, 'resolver-missing');
  assert.equal((await faultOf(resolvePage('--exec=evil', signal))).code, 'url-invalid');
});

test('a resolver that hangs ends with the recording', { skip: process.platform === 'win32', timeout: 20_000 }, async () => {
  const pidFile = join(dir, 'pid');
  install('streamlink', `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`);
  const stop = new AbortController();
  const started = new Promise<void>((resolve) => {
    const watcher = watch(dir, () => {
      if (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') return;
      watcher.close();
      resolve();
    });
  });
  const resolving = faultOf(resolvePage('https://page.example/room', stop.signal));
  await started;
  stop.abort();
  assert.equal((await resolving).code, 'cancelled');
  assert.throws(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0), /ESRCH/);
});
