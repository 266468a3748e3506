import { FFmpegError, IOContext } from 'node-av/lib';
import { AVIO_FLAG_READ } from 'node-av/constants';
import { z } from 'zod';
import type { RtmpPullReply } from '../../contract/recording.ts';
import { exitOnDisconnect } from '../supervise/child-exit.ts';

// A child for one RTMP connection: FFmpeg speaks the protocol and gives the broadcast as an FLV stream, whose tags hold what the server sent; it goes to our output as it is.
// The address comes as a message: arguments can be read by other users of the machine, and it may hold a key.
const Order = z.object({ url: z.string().regex(/^rtmps?:\/\//i) });
const pieceBytes = 64 << 10;
const endOfStream = -541_478_725; // AVERROR_EOF

function tell(reply: RtmpPullReply): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(reply, undefined, undefined, () => resolve());
  });
}

function write(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => process.stdout.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(error))));
}

async function pull(url: string): Promise<void> {
  const input = new IOContext();
  const opened = await input.open2(url, AVIO_FLAG_READ);
  if (opened < 0) return tell({ type: 'failed', code: opened, message: new FFmpegError(opened).message });
  await tell({ type: 'opened' });
  for (;;) {
    const piece = await input.read(pieceBytes);
    if (typeof piece !== 'number') await write(piece);
    else if (piece === endOfStream || piece === 0) return;
    else return tell({ type: 'failed', code: piece, message: new FFmpegError(piece).message });
  }
}

exitOnDisconnect(undefined, 100);
process.once('message', (raw) => {
  // The pipe's other end may be gone: then there is nobody to tell.
  void pull(Order.parse(raw).url).then(() => process.exit(0), () => process.exit(1));
});
