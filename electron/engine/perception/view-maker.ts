import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PerceptionReply, PerceptionRequest } from '../../contract/perception.ts';
import { readPlayable } from './stored-bytes.ts';

/** Writes the form of a stored file that a browser plays; it can be thrown away and made again. */
export function makeView(request: Extract<PerceptionRequest, { type: 'view' }>): Extract<PerceptionReply, { type: 'viewed' }> {
  const { init, body } = readPlayable(request);
  mkdirSync(dirname(request.outFile), { recursive: true });
  if (init !== null) put(request.outInit, init);
  put(request.outFile, body);
  return { type: 'viewed', id: request.id, bytes: body.length };
}

function put(file: string, bytes: Buffer): void {
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}
