import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { safeUrl } from './http-fetcher.ts';

/** A stream's address as a resolver found it on a page, with what its server wants to be asked with, and how it was found. */
export type ResolvedPage = {
  url: string; kind: 'hls' | 'flv'; headers: Record<string, string>;
  /** The command as it ran, without queries; its exit code and version. */
  command: string; tool: string; tookMs: number;
};

const limitMs = 45_000;
const maxOutputBytes = 4 << 20;
const keptHeaders = /^(user-agent|referer|origin|cookie|accept-language)$/i;
/** What a resolver needs of our environment: nothing that names us or holds a secret. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TEMP', 'SYSTEMROOT', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

const StreamlinkAnswer = z.object({ type: z.string(), url: z.string(), headers: z.record(z.string(), z.string()).default({}) });
const YtDlpAnswer = z.object({ url: z.string(), protocol: z.string().default(''), http_headers: z.record(z.string(), z.string()).default({}) });

type Tool = { name: 'streamlink' | 'yt-dlp'; args: (url: string) => string[]; read: (output: string) => { url: string; type: string; headers: Record<string, string> } };

const tools: readonly Tool[] = [
  {
    name: 'streamlink', args: (url) => ['--json', '--no-config', '--no-plugin-sideloading', url, 'best'],
    read: (output) => StreamlinkAnswer.parse(JSON.parse(output)),
  },
  {
    name: 'yt-dlp', args: (url) => ['--ignore-config', '--no-playlist', '--no-warnings', '--no-cache-dir', '-f', 'best', '-J', '--', url],
    read: (output) => {
      const answer = YtDlpAnswer.parse(JSON.parse(output));
      return { url: answer.url, type: answer.protocol, headers: answer.http_headers };
    },
  },
];

/** Path of a program on PATH; null when it is not installed. */
function findProgram(name: string): string | null {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter((part) => part !== '')) {
    for (const candidate of names) {
      try {
        accessSync(join(folder, candidate), constants.X_OK);
        return join(folder, candidate);
      } catch {
        // not there: look on
      }
    }
  }
  return null;
}

/**
 * Finds the stream behind a page with an installed streamlink, else yt-dlp; each runs as a child without a shell, bounded in time and output, and ends with the signal.
 * Throws resolver-missing when none is installed, resolver-failed when none found a stream.
 */
export async function resolvePage(url: string, signal: AbortSignal): Promise<ResolvedPage> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw new FaultError(makeFault('url-invalid', safeUrl(url), '网页地址应以 http:// 或 https:// 开头'));
  const failures: string[] = [];
  for (const tool of tools) {
    const program = findProgram(tool.name);
    if (program === null) continue;
    const startedMs = performance.now();
    const { code, output, error } = await run(program, tool.args(url), signal);
    if (signal.aborted) throw new FaultError(makeFault('cancelled', safeUrl(url), 'cancelled'));
    const command = [tool.name, ...tool.args(safeUrl(url))].join(' ');
    try {
      if (code !== 0) throw new Error(lastLine(output, error));
      const found = tool.read(output);
      const kind = /flv/i.test(found.type) || /\.flv(\?|$)/i.test(found.url) ? 'flv' : 'hls';
      if (!/^https?:\/\//i.test(found.url)) throw new Error(`an address that is not http: ${safeUrl(found.url)}`);
      const headers = Object.fromEntries(Object.entries(found.headers).filter(([name]) => keptHeaders.test(name)).map(([name, value]) => [name.toLowerCase(), value]));
      return { url: found.url, kind, headers, command, tool: tool.name, tookMs: Math.round(performance.now() - startedMs) };
    } catch (thrown) {
      failures.push(`${tool.name}: ${thrown instanceof Error ? thrown.message.slice(0, 300) : String(thrown)}`);
    }
  }
  if (failures.length === 0) throw new FaultError(makeFault('resolver-missing', safeUrl(url), '本机没有安装 streamlink 或 yt-dlp', { retryable: true }));
  throw new FaultError(makeFault('resolver-failed', safeUrl(url), `没有找到直播流（${failures.join('；')}）`, { retryable: true }));
}

function run(program: string, args: string[], signal: AbortSignal): Promise<{ code: number | null; output: string; error: string }> {
  return new Promise((resolve) => {
    const env = Object.fromEntries(passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, shell: false, signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]), killSignal: 'SIGKILL' });
    let output = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > maxOutputBytes) child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (error = (error + text).slice(-4000)));
    // An abort tells its error before the child is gone; only a child that never started has no close to wait for.
    child.on('error', (thrown) => {
      error = thrown.message;
      if (child.pid === undefined) resolve({ code: null, output: '', error });
    });
    child.on('close', (code) => resolve({ code, output, error }));
  });
}

function lastLine(output: string, error: string): string {
  try {
    const said = z.object({ error: z.string() }).safeParse(JSON.parse(output));
    if (said.success) return said.data.error;
  } catch {
    // not JSON: what stderr says counts
  }
  return error.trim().split('\n').at(-1) ?? 'no answer';
}
