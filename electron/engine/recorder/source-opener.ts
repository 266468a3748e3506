import { FaultError, makeFault } from '../../contract/faults.ts';
import type { RecordingSource } from '../../contract/recording.ts';
import { openHttpFlv } from './flv-http-opener.ts';
import { FlvRun } from './flv-run.ts';
import { HlsRun } from './hls-run.ts';
import { openResponse, playlistLimits } from './http-fetcher.ts';
import { ResolvedRun } from './resolved-run.ts';
import type { RunContext, SourceRun } from './source-run.ts';

const sniffedBytes = 512;

/** Makes the run for an address: by the kind a person chose, else by its name and, where that says nothing, by what the server sends. Throws FaultError. */
export async function openSource(source: RecordingSource, context: RunContext): Promise<SourceRun> {
  const kind = source.sourceKind === 'auto' ? await findSourceKind(source.url, context) : source.sourceKind;
  if (kind === 'hls') return new HlsRun(source.url, context.policy);
  if (kind === 'flv') return new FlvRun(source.url, openHttpFlv);
  if (kind === 'page') return new ResolvedRun(source.url);
  throw new FaultError(makeFault('source-unsupported', context.roomId, '不支持 RTMP 地址，请改用同一直播的 HTTP-FLV 或 HLS 地址'));
}

/** Finds out what an address is: by scheme and name, else by the first bytes that its server sends. Throws FaultError. */
export async function findSourceKind(url: string, { signal, policy }: Pick<RunContext, 'signal' | 'policy'>): Promise<'hls' | 'flv' | 'rtmp' | 'page'> {
  if (/^rtmps?:/i.test(url)) return 'rtmp';
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  if (/\.m3u8$/i.test(path) || path === '') return 'hls';
  if (/\.flv$/i.test(path)) return 'flv';
  return openResponse(url, { limits: playlistLimits, signal, policy, acceptCompressed: false }, async (_head, response) => {
    let head = Buffer.alloc(0);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      head = Buffer.concat([head, chunk]);
      if (head.length >= sniffedBytes) break;
    }
    if (head.toString('latin1', 0, 3) === 'FLV') return 'flv';
    return /^\s*<(!doctype|html|head|body)/i.test(head.toString('utf8', 0, sniffedBytes)) ? 'page' : 'hls';
  });
}
