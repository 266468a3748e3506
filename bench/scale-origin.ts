import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

// A live HLS origin with any number of rooms, made for counting: demo footage padded with null packets to a bit rate, two seconds a segment.
const [folder, rateText] = process.argv.slice(2);
const segmentMs = 2000;
const packetBytes = 188;
const windowSegments = 5;
const startedAtMs = Date.now() - windowSegments * segmentMs;
const wantedBytes = Math.floor((Number(rateText) * segmentMs) / 8000 / packetBytes) * packetBytes;
const nullPacket = Buffer.alloc(packetBytes, 0xff);
nullPacket.set([0x47, 0x1f, 0xff, 0x10]);

const bodies = readdirSync(folder ?? '').filter((name) => name.endsWith('.ts')).sort().map((name) => {
  const body = readFileSync(join(folder ?? '', name));
  const padding = Math.max(0, Math.floor((wantedBytes - body.length) / packetBytes));
  return Buffer.concat([body, ...Array.from({ length: padding }, () => nullPacket)]);
});

function makePlaylist(nowMs: number): string {
  const newest = Math.floor((nowMs - startedAtMs) / segmentMs) - 1;
  const first = Math.max(0, newest - windowSegments + 1);
  const lines = ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:2', `#EXT-X-MEDIA-SEQUENCE:${first}`, `#EXT-X-DISCONTINUITY-SEQUENCE:${Math.ceil(first / bodies.length)}`];
  for (let sequence = first; sequence <= newest; sequence += 1) {
    if (sequence % bodies.length === 0 && sequence > first) lines.push('#EXT-X-DISCONTINUITY');
    lines.push('#EXTINF:2.000,', `${sequence}.ts`);
  }
  return `${lines.join('\n')}\n`;
}

const server = createServer((request, response) => {
  const path = (request.url ?? '').replace(/\?.*$/, '');
  if (path.endsWith('.m3u8')) {
    const body = makePlaylist(Date.now());
    response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl', 'content-length': Buffer.byteLength(body), 'cache-control': 'no-cache' }).end(body);
    return;
  }
  const sequence = /\/(\d+)\.ts$/.exec(path)?.[1];
  const body = sequence === undefined ? undefined : bodies[Number(sequence) % bodies.length];
  if (body === undefined) response.writeHead(404, { 'content-length': 0 }).end();
  else response.writeHead(200, { 'content-type': 'video/mp2t', 'content-length': body.length }).end(body);
});
server.listen(0, '127.0.0.1', () => process.send?.({ type: 'ready', baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
process.on('disconnect', () => process.exit(0));
