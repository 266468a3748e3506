import { brotliCompressSync, gzipSync } from 'node:zlib';
import { answerStatus, answerText, drip, playlistsOnly, redirect, resetConnection, segmentsOnly, sendForever, sendHalf, sendWrongLength, stall } from './fault-answers.ts';
import type { ChannelPlan, Exchange, LivePlaylist } from './fault-channel.ts';

const page = '<!doctype html><html lang="zh-CN"><title>直播已结束</title><body><h1>直播已结束</h1></body></html>\n';
const tokenLifeMs = 4000;

/** Replaces a playlist's text on its way out. */
function rewrite(change: (text: string, exchange: Exchange) => { body: Buffer; headers?: Record<string, string> }): NonNullable<ChannelPlan['answer']> {
  return playlistsOnly((exchange) => {
    const { body, headers } = change(exchange.body.toString(), exchange);
    exchange.channel.send({ ...exchange, body, headers: headers ?? {} });
    return true;
  });
}

/** The playlist of a while ago, as a cache keeps it. */
function showOld(playlist: LivePlaylist, old: LivePlaylist): void {
  Object.assign(playlist, old);
}

function makeToken(): string {
  return `t=${Date.now()}`;
}

function isExpired(url: URL): boolean {
  return Date.now() - Number(url.searchParams.get('t') ?? '0') > tokenLifeMs;
}

/** Counts from zero again from the segment at which the fault began, under names of a new run. */
function restartEncoder(playlist: LivePlaylist, beganAt: number): void {
  const kept = playlist.pieces.filter((piece) => piece.number >= beganAt);
  playlist.pieces = kept.map((piece) => ({ ...piece, uri: `r2-${piece.uri}` }));
  playlist.mediaSequence = (kept[0]?.number ?? beganAt) - beganAt;
}

/** What can go wrong with a live HLS source, each as a real server does it, by name. */
export const hlsFaults = {
  none: {},
  'connection-refused': { onBegin: (channel) => channel.close(), onEnd: (channel) => channel.reopen() },
  'reset-before-answer': { answer: resetConnection },
  'reset-mid-body': { answer: segmentsOnly(sendHalf('declared', 'reset')) },
  'reset-mid-body-chunked': { answer: segmentsOnly(sendHalf('chunked', 'reset')) },
  'truncated-with-length': { answer: segmentsOnly(sendHalf('declared', 'close')) },
  'truncated-without-length': { answer: segmentsOnly(sendHalf('none', 'close')) },
  'truncated-fmp4-without-length': { rendition: 'mp4', answer: segmentsOnly(sendHalf('none', 'close')) },
  'wrong-content-length': { answer: segmentsOnly(sendWrongLength) },
  'status-403': { answer: answerStatus(403) },
  'status-404': { answer: answerStatus(404) },
  'status-410': { answer: answerStatus(410) },
  'status-429-retry-after': { answer: answerStatus(429, { 'retry-after': '4' }) },
  'status-500': { answer: answerStatus(500) },
  'status-503': { answer: answerStatus(503) },
  'segment-404': { answer: segmentsOnly(answerStatus(404)) },
  'segment-404-once': { answer: segmentsOnly((exchange) => (exchange.times === 1 ? answerStatus(404)(exchange) : false)) },
  'stall-before-headers': { answer: segmentsOnly(stall('headers')) },
  'stall-mid-body': { answer: segmentsOnly(stall('body')) },
  'playlist-stall': { answer: playlistsOnly(stall('headers')) },
  'slow-drip': { answer: segmentsOnly(drip) },
  'reordered-segments': { alter: (playlist, channel) => {
    // Two neighbours change places as soon as both are listed, and keep them: a CDN that numbers by arrival.
    if (channel.phase === 'before') return;
    for (let index = 0; index + 1 < playlist.pieces.length; index += 1) {
      const [one, two] = [playlist.pieces[index], playlist.pieces[index + 1]];
      if (one !== undefined && two !== undefined && one.number % 2 === 0 && one.number > channel.beganAt && channel.publishedAtMs(one.number) < channel.phaseAtMs + (channel.phase === 'during' ? Infinity : 0)) {
        [playlist.pieces[index], playlist.pieces[index + 1]] = [two, one];
        index += 1;
      }
    }
    const last = playlist.pieces.at(-1);
    if (last !== undefined && last.number % 2 === 0 && last.number > channel.beganAt && channel.phase === 'during') playlist.pieces.pop();
  } },
  'repeated-segments': { alter: (playlist, channel) => {
    // Every listing names its newest segment twice, the second time under the number of the next one.
    const last = playlist.pieces.at(-1);
    if (channel.phase === 'during' && last !== undefined) playlist.pieces.push({ ...last });
  } },
  'playlist-stale': { alter: (playlist, channel, rendition) => {
    if (channel.phase === 'during') showOld(playlist, channel.makePlaylist(rendition, channel.beganAt));
  } },
  'playlist-backwards': { alter: (playlist, channel, rendition) => {
    if (channel.phase === 'during') showOld(playlist, channel.makePlaylist(rendition, channel.newest() - [0, 2, 4][channel.requests % 3]!));
  } },
  'sequence-reset': { alter: (playlist, channel) => {
    if (channel.phase !== 'before') restartEncoder(playlist, channel.beganAt);
  } },
  'map-change': { rendition: 'mp4', alter: (playlist, channel) => {
    if (channel.phase === 'before') return;
    for (const piece of playlist.pieces) {
      if (piece.number !== channel.beganAt + 1) continue;
      piece.tags.push('#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="../mp4b/init.mp4"');
    }
    const at = playlist.pieces.findIndex((piece) => piece.number > channel.beganAt);
    if (at === 0 && playlist.pieces[0]?.number !== channel.beganAt + 1) playlist.tags = playlist.tags.map((tag) => tag.replace('"init.mp4"', '"../mp4b/init.mp4"'));
    for (const piece of playlist.pieces) if (piece.number > channel.beganAt) piece.uri = `../mp4b/${piece.uri}`;
  } },
  'resolution-change': { alter: (playlist, channel) => {
    for (const piece of playlist.pieces) {
      if (channel.phase === 'before' || piece.number <= channel.beganAt) continue;
      if (piece.number === channel.beganAt + 1) piece.tags.push('#EXT-X-DISCONTINUITY');
      piece.uri = `../sd/${piece.uri}`;
    }
  } },
  discontinuity: { alter: (playlist, channel) => {
    for (const piece of playlist.pieces) if (channel.phase !== 'before' && piece.number === channel.beganAt + 2) piece.tags.push('#EXT-X-DISCONTINUITY');
  } },
  'ext-x-gap': {
    alter: (playlist, channel) => {
      for (const piece of playlist.pieces) if (channel.phase !== 'before' && (piece.number === channel.beganAt + 2 || piece.number === channel.beganAt + 3)) piece.tags.push('#EXT-X-GAP');
    },
    always: true, answer: (exchange) => exchange.channel.phase !== 'before' && exchange.kind === 'segment' && (exchange.number === exchange.channel.beganAt + 2 || exchange.number === exchange.channel.beganAt + 3) && answerStatus(404)(exchange),
  },
  'redirect-loop': { answer: (exchange) => redirect(exchange, `${exchange.url.pathname}?hop=${Number(exchange.url.searchParams.get('hop') ?? '0') + 1}`) },
  'redirect-chain': { always: true, answer: (exchange) => {
    const hop = Number(exchange.url.searchParams.get('hop') ?? '0');
    return exchange.kind === 'playlist' && hop < 4 && redirect(exchange, `${exchange.url.pathname}?hop=${hop + 1}`);
  } },
  'playlist-endless': { answer: playlistsOnly(sendForever) },
  'segment-endless': { answer: segmentsOnly(sendForever) },
  'headers-oversized': { answer: playlistsOnly((exchange) => {
    exchange.channel.send({ ...exchange, headers: { 'x-large': 'x'.repeat(100_000) } });
    return true;
  }) },
  'headers-many': { answer: playlistsOnly((exchange) => {
    exchange.channel.send({ ...exchange, headers: Object.fromEntries(Array.from({ length: 6000 }, (_, index) => [`x-${index}`, 'many'.repeat(4)])) });
    return true;
  }) },
  'tls-self-signed': { secure: true, onBegin: (channel) => channel.useCertificate('self-signed'), onEnd: (channel) => channel.useCertificate('good') },
  'tls-expired': { secure: true, onBegin: (channel) => channel.useCertificate('expired'), onEnd: (channel) => channel.useCertificate('good') },
  'tls-wrong-host': { secure: true, onBegin: (channel) => channel.useCertificate('wrong-host'), onEnd: (channel) => channel.useCertificate('good') },
  'dns-failure': { answer: (exchange) => redirect(exchange, `http://live.zhibojian.invalid${exchange.url.pathname}`) },
  'segment-tokens': { always: true,
    alter: (playlist) => {
      for (const piece of playlist.pieces) piece.uri += `?${makeToken()}`;
    },
    answer: segmentsOnly((exchange) => isExpired(exchange.url) && answerStatus(403)(exchange)),
  },
  'address-expires': { always: true, entry: () => '/room', answer: (exchange) => {
    if (exchange.url.pathname === '/room') return redirect(exchange, `/hd/index.m3u8?${makeToken()}`);
    return exchange.kind === 'playlist' && isExpired(exchange.url) && answerStatus(403)(exchange);
  } },
  'key-rotation': { encrypted: true },
  'key-server-down': { encrypted: true, answer: (exchange) => exchange.kind === 'key' && answerStatus(503)(exchange) },
  'byte-ranges': { packed: true },
  'playlist-gzip': { answer: rewrite((text) => ({ body: gzipSync(text), headers: { 'content-encoding': 'gzip' } })) },
  'playlist-brotli': { answer: rewrite((text) => ({ body: brotliCompressSync(text), headers: { 'content-encoding': 'br' } })) },
  'playlist-bom-crlf-tags': { answer: rewrite((text) => ({ body: Buffer.from(`\uFEFF${text.replace('#EXTM3U\n', '#EXTM3U\n#EXT-X-PLATFORM-ROOM:ID=1,HOST="主播"\n\n# 一行注释\n').replaceAll('\n', '\r\n')}`) })) },
  'playlist-low-latency': { alter: (playlist, channel) => {
    if (channel.phase !== 'during') return;
    playlist.tags.push('#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=12.0', '#EXT-X-PART-INF:PART-TARGET=0.5');
    const last = playlist.pieces.at(-1);
    last?.tags.push(...[0, 1, 2, 3].map((part) => `#EXT-X-PART:DURATION=0.5,URI="${last.number}.${part}.ts"${part === 0 ? ',INDEPENDENT=YES' : ''}`));
    playlist.tail.push(`#EXT-X-PART:DURATION=0.5,URI="${(last?.number ?? 0) + 1}.0.ts",INDEPENDENT=YES`, `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${(last?.number ?? 0) + 1}.1.ts"`, '#EXT-X-RENDITION-REPORT:URI="../sd/index.m3u8",LAST-MSN=1,LAST-PART=0');
  } },
  'variant-dies': { master: true, answer: (exchange) => exchange.rendition === 'hd' && exchange.kind !== 'master' && answerStatus(404)(exchange) },
  'playlist-html': { answer: playlistsOnly(answerText('text/html; charset=utf-8', page)) },
  'playlist-empty': { answer: playlistsOnly(answerText('application/vnd.apple.mpegurl', '')) },
  'broadcast-ends': { alter: (playlist, channel, rendition) => {
    if (channel.phase === 'during') Object.assign(playlist, channel.makePlaylist(rendition, channel.beganAt), { ended: true });
    if (channel.phase === 'after') restartEncoder(playlist, channel.newest(channel.phaseAtMs));
  } },
} as const satisfies Record<string, ChannelPlan>;

/** The name of a fault. */
export type HlsFaultName = keyof typeof hlsFaults;
