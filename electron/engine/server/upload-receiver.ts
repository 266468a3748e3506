import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const maxUploadBytes = 64 * 2 ** 30;

/** Receives a file that was dropped on the window, hands it to `use` and lets it go whatever comes of it. */
export async function withUpload<T>(request: IncomingMessage, scratchDir: string, use: (file: string) => Promise<T>): Promise<T> {
  const file = join(scratchDir, `upload-${randomUUID()}.zip`);
  await mkdir(scratchDir, { recursive: true });
  try {
    let bytes = 0;
    await pipeline(request, async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > maxUploadBytes) throw new Error(`more than ${maxUploadBytes} bytes were sent`);
        yield chunk;
      }
    }, createWriteStream(file));
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}
