import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { askTimeServer, measureClock } from './sntp-client.ts';

const ntpEpochS = 2_208_988_800;

/** A time server on the loopback whose clock is off by so much; `twist` spoils its answers. */
async function serveTime(aheadMs: number, twist: (answer: Buffer) => void = () => undefined): Promise<{ address: string; socket: Socket }> {
  const socket = createSocket('udp4');
  socket.on('message', (request, from) => {
    const answer = Buffer.alloc(48);
    answer[0] = 0x24;
    answer[1] = 2;
    request.copy(answer, 24, 40, 48);
    for (const at of [32, 40]) {
      const ms = Date.now() + aheadMs;
      answer.writeUInt32BE(Math.floor(ms / 1000) + ntpEpochS, at);
      answer.writeUInt32BE(Math.floor(((ms % 1000) / 1000) * 2 ** 32), at + 4);
    }
    twist(answer);
    socket.send(answer, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, socket };
}

const signal = new AbortController().signal;

test('the offset of a time server is measured, and of several the middle one is taken', async () => {
  const servers = await Promise.all([serveTime(90_000), serveTime(1500), serveTime(-400)]);
  const one = await askTimeServer(servers[1]?.address ?? '', signal);
  assert.ok(!('code' in one) && Math.abs(one.offsetMs - 1500) < 20 && one.uncertaintyMs < 20, JSON.stringify(one));
  const median = await measureClock(servers.map((server) => server.address), signal);
  assert.ok(median !== null && Math.abs(median.offsetMs - 1500) < 20, JSON.stringify(median));
  for (const { socket } of servers) socket.close();
});

test('answers to other questions are not believed, refusals and unset clocks are faults', async () => {
  const forged = await serveTime(5000, (answer) => answer.fill(7, 24, 32));
  const refusing = await serveTime(0, (answer) => {
    answer[1] = 0;
    answer.write('RATE', 12, 'latin1');
  });
  const unset = await serveTime(0, (answer) => void (answer[0] = 0xe4));
  const codes = await Promise.all([forged, refusing, unset].map(async ({ address }) => {
    const answer = await askTimeServer(address, signal);
    return 'code' in answer ? answer.code : 'believed';
  }));
  assert.deepEqual(codes, ['timed-out', 'too-busy', 'connect-failed']);
  assert.equal(await measureClock([forged.address, 'no-such-host.invalid', '127.0.0.1:1'], signal), null);
  for (const { socket } of [forged, refusing, unset]) socket.close();
});
