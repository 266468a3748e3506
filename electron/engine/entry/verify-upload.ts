import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { VerifyReport } from '../../contract/evidence.ts';
import { verifyPackage } from '../evidence/package-verifier.ts';

const maxUploadBytes = 64 * 2 ** 30;

/** Receives a package that was dropped on the window, verifies it and lets it go. */
export async function receiveAndVerify(request: IncomingMessage, scratchDir: string): Promise<VerifyReport> {
  const file = join(scratchDir, `upload-${randomUUID()}.zip`);
  await mkdir(scratchDir, { recursive: true });
  try {
    let bytes = 0;
    await pipeline(request, async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > maxUploadBytes) throw new Error('upload too large');
        yield chunk;
      }
    }, createWriteStream(file));
    return await verifyPackage(file, {});
  } finally {
    await rm(file, { force: true });
  }
}
