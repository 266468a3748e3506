import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PerceptionReply, PerceptionRequest } from '../../contract/perception.ts';
import { transcodeView } from './view-transcoder.ts';
import { readPlayable } from './stored-bytes.ts';

/** Writes the form of a stored file that a browser plays; it can be thrown away and made again. */
export function makeView(request: Extract<PerceptionRequest, { type: 'view' }>): Extract<PerceptionReply, { type: 'viewed' }> {
  mkdirSync(dirname(request.outFile), { recursive: true });
  if (request.transcode) {
    const part = `${request.outFile}.part`;
    try {
      transcodeView(request, part);
      renameSync(part, request.outFile);
    } finally {
      rmSync(part, { force: true });
    }
    return { type: 'viewed', id: request.id, bytes: statSync(request.outFile).size };
  }
  const { init, body } = readPlayable(request);
  if (init !== null) put(request.outInit, init);
  put(request.outFile, body);
  return { type: 'viewed', id: request.id, bytes: body.length };
}

function put(file: string, bytes: Buffer): void {
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}
