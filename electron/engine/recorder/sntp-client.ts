import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { makeFault, type Fault } from '../../contract/faults.ts';

/** What a time server said: its clock minus ours in milliseconds, and how far that may be off (half the round trip and the server's own dispersion). */
export type ClockMeasurement = { offsetMs: number; uncertaintyMs: number; source: string };

const packetBytes = 48;
const defaultPort = 123;
const timeoutMs = 1500;
const exchanges = 4;
const ntpEpochS = 2_208_988_800;

/** Asks one server (`host` or `host:port`) a few times and keeps the exchange with the shortest round trip. RFC 4330 and 5905. */
export async function askTimeServer(server: string, signal: AbortSignal): Promise<ClockMeasurement | Fault> {
  const [host, portText] = server.split(/:(?=\d+$)/);
  const answers: ClockMeasurement[] = [];
  let last: Fault = makeFault('timed-out', server, '没有应答', { retryable: true });
  for (let i = 0; i < exchanges && !signal.aborted; i += 1) {
    const answer = await exchange(host ?? server, portText === undefined ? defaultPort : Number(portText), server, signal);
    if ('code' in answer) {
      last = answer;
      break;
    }
    answers.push(answer);
  }
  answers.sort((a, b) => a.uncertaintyMs - b.uncertaintyMs);
  return answers[0] ?? last;
}

/** Asks several servers at once and takes the median of their offsets; null when none answered. */
export async function measureClock(servers: readonly string[], signal: AbortSignal): Promise<ClockMeasurement | null> {
  const answers = (await Promise.all(servers.map((server) => askTimeServer(server, signal)))).filter((answer): answer is ClockMeasurement => !('code' in answer));
  answers.sort((a, b) => a.offsetMs - b.offsetMs);
  return answers[Math.floor((answers.length - 1) / 2)] ?? null;
}

function exchange(host: string, port: number, server: string, signal: AbortSignal): Promise<ClockMeasurement | Fault> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const request = Buffer.alloc(packetBytes);
    request[0] = 0x23; // version 4, client
    randomBytes(8).copy(request, 40); // a nonce in place of our time: the answer must bring it back
    let sentWallMs = 0;
    let sentMs = 0;
    let isOver = false;
    const end = (result: ClockMeasurement | Fault): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      socket.close();
      resolve(result);
    };
    const fail = (code: 'timed-out' | 'connect-failed' | 'dns-failed' | 'cancelled' | 'too-busy', message: string): void => end(makeFault(code, server, message, { retryable: true }));
    const failConnect = (error: NodeJS.ErrnoException): void => fail(error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN' ? 'dns-failed' : 'connect-failed', error.message);
    const cancel = (): void => fail('cancelled', '已取消');
    const timer = setTimeout(() => fail('timed-out', '没有应答'), timeoutMs);
    signal.addEventListener('abort', cancel);
    socket.on('error', (error: NodeJS.ErrnoException) => failConnect(error));
    socket.on('message', (answer) => {
      const roundTripMs = performance.now() - sentMs;
      const isOurs = answer.length >= packetBytes && ((answer[0] as number) & 7) === 4 && answer.subarray(24, 32).equals(request.subarray(40, 48));
      if (!isOurs) return; // not an answer to this question: somebody else's, or a forgery
      const stratum = answer[1] as number;
      if (stratum === 0) return fail('too-busy', `服务器拒绝：${answer.toString('latin1', 12, 16)}`);
      if (stratum > 15 || ((answer[0] as number) >> 6) === 3) return fail('connect-failed', '服务器自身未校时');
      const receivedMs = toWallMs(answer, 32);
      const answeredMs = toWallMs(answer, 40);
      const delayMs = Math.max(0, roundTripMs - (answeredMs - receivedMs));
      const dispersionMs = (answer.readUInt32BE(8) / 65_536) * 1000 + (answer.readUInt32BE(4) / 65_536) * 500;
      end({ offsetMs: (receivedMs - sentWallMs + (answeredMs - (sentWallMs + roundTripMs))) / 2, uncertaintyMs: delayMs / 2 + dispersionMs, source: `SNTP ${server}` });
    });
    // The callback also comes with the error of a failed look-up, and may come after the time is up.
    socket.connect(port, host, ((error?: NodeJS.ErrnoException) => {
      if (error !== undefined) return failConnect(error);
      if (isOver) return;
      sentWallMs = Date.now();
      sentMs = performance.now();
      socket.send(request);
    }) as () => void);
  });
}

/** An NTP timestamp as milliseconds since the Unix epoch; seconds below 2^31 belong to the era that begins in 2036. */
function toWallMs(packet: Buffer, at: number): number {
  const seconds = packet.readUInt32BE(at);
  const era = seconds < 0x8000_0000 ? 2 ** 32 : 0;
  return (seconds + era - ntpEpochS + packet.readUInt32BE(at + 4) / 2 ** 32) * 1000;
}
