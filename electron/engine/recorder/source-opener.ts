import type { RecordingSource } from '../../contract/recording.ts';
import { openHttpFlv } from './flv-http-opener.ts';
import { FlvRun, type FlvConnection } from './flv-run.ts';
import { HlsRun } from './hls-run.ts';
import { openResponse, playlistLimits } from './http-fetcher.ts';
import { ResolvedRun } from './resolved-run.ts';
import { openRtmp } from './rtmp-opener.ts';
import type { RunContext, SourceRun } from './source-run.ts';

type FoundKind = 'hls' | 'flv' | 'rtmp' | 'page';

const sniffedBytes = 512;

/** Makes the run for an address: by the kind a person chose, else by its name and, where that says nothing, by what the server sends once it is asked. */
export function openSource(source: RecordingSource, context: Pick<RunContext, 'policy'>): SourceRun {
  const kind = source.sourceKind === 'auto' ? kindOfName(source.url) : source.sourceKind;
  return kind === null ? new SniffedRun(source.url) : toRun(kind, source.url, context);
}

/** Finds out what an address is: by scheme and name, else by the first bytes that its server sends. Throws FaultError. */
export async function findSourceKind(url: string, { signal, policy }: Pick<RunContext, 'signal' | 'policy'>): Promise<FoundKind> {
  return kindOfName(url) ?? openResponse(url, { limits: playlistLimits, signal, policy, acceptCompressed: false }, async (_head, response) => kindOfBytes((await readHead(response as AsyncIterable<Buffer>)).head) ?? 'hls');
}

function toRun(kind: FoundKind, url: string, { policy }: Pick<RunContext, 'policy'>): SourceRun {
  switch (kind) {
    case 'hls': return new HlsRun(url, policy);
    case 'flv': return new FlvRun(url, openHttpFlv);
    case 'page': return new ResolvedRun(url);
    case 'rtmp': return new FlvRun(url, openRtmp);
  }
}

/** What an address says of itself; null for nothing. */
function kindOfName(url: string): FoundKind | null {
  if (/^rtmps?:/i.test(url)) return 'rtmp';
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  if (/\.m3u8$/i.test(path) || path === '') return 'hls';
  return /\.flv$/i.test(path) ? 'flv' : null;
}

function kindOfBytes(head: Buffer): 'hls' | 'flv' | 'page' | null {
  if (head.toString('latin1', 0, 3) === 'FLV') return 'flv';
  const text = head.toString('utf8');
  if (/^\s*<(!doctype|html|head|body)/i.test(text)) return 'page';
  return /^\uFEFF?\s*#EXTM3U/.test(text) ? 'hls' : null;
}

/** Reads until there is enough to know what it is; nothing read is lost. */
async function readHead(chunks: AsyncIterable<Buffer>): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const rest = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < sniffedBytes) {
    const next = await rest.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, all: join(head, rest) };
}

async function* join(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** An address that does not say what it is. What it sends at the first request tells, and where that is a stream its first connection is the one that is recorded. */
class SniffedRun implements SourceRun {
  readonly #url: string;
  #run: SourceRun | null = null;
  constructor(url: string) {
    this.#url = url;
  }

  forget(): void {
    this.#run?.forget();
  }

  async record(context: RunContext): Promise<'ended' | 'stopped'> {
    if (this.#run !== null) return this.#run.record(context);
    await context.passDiskGate();
    let other: SourceRun | null = null;
    const outcome = await openHttpFlv(this.#url, context, async (connection) => {
      const { head, all } = await readHead(connection.chunks);
      const kind = kindOfBytes(head);
      if (kind !== 'flv') {
        other = toRun(kind ?? 'hls', this.#url, context);
        if (kind !== null) this.#run = other; // else an error's text, perhaps: looked at again next time
        return null;
      }
      this.#run = recordOpened(this.#url, { ...connection, chunks: all });
      return this.#run.record(context);
    });
    return outcome ?? (other as SourceRun | null)?.record(context) ?? 'stopped';
  }
}

/** The run of an address whose first connection is open already. */
function recordOpened(url: string, opened: FlvConnection): FlvRun {
  let first: FlvConnection | null = opened;
  return new FlvRun(url, (address, context, consume) => {
    const connection = first;
    first = null;
    return connection === null ? openHttpFlv(address, context, consume) : consume(connection);
  });
}
