import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The program's version, from package.json. */
export const appVersion: string = (JSON.parse(readFileSync(fileURLToPath(new URL('../../../package.json', import.meta.url)), 'utf8')) as { version: string }).version;
