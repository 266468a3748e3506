import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { sessionFiles } from './session-files.ts';
import { joinBelow } from './library-layout.ts';

/** Something to bring in as one session: a whole media file, an HLS folder, or a session that was exported here or elsewhere. */
export type ImportItem =
  | { kind: 'file'; path: string; sidecars: string[]; bytes: number }
  | { kind: 'hls'; path: string; pieces: HlsPiece[]; bytes: number }
  | { kind: 'session'; path: string; bytes: number };

/** One segment that a local playlist names. */
export type HlsPiece = { file: string; initFile: string | null; durationMs: number; discontinuity: boolean; startMs: number | null };

/** The file that says what an exported session folder holds. */
export const exportManifestName = 'session.json';

const mediaExtensions = new Set(['.mp4', '.m4v', '.mov', '.flv', '.ts', '.mkv', '.webm', '.m4a', '.aac', '.mp3', '.wav']);
const sidecarExtensions = ['.xml', '.jsonl', '.srt', '.vtt', '.ass'];
const maxFiles = 100_000;

/** Finds everything below paths that can be brought in, in the order of names; segments that a playlist names are not files of their own. */
export function planImports(paths: readonly string[]): ImportItem[] {
  const items: ImportItem[] = [];
  const visit = (path: string): void => {
    if (items.length >= maxFiles) return;
    const stat = statSync(path);
    if (stat.isFile()) {
      const item = extname(path).toLowerCase() === '.m3u8' ? readHls(path) : toFileItem(path, stat.size);
      if (item !== null) items.push(item);
      return;
    }
    if (existsSync(join(path, exportManifestName)) && existsSync(join(path, sessionFiles.segments))) {
      items.push({ kind: 'session', path, bytes: sumBytes(path) });
      return;
    }
    const names = readdirSync(path).sort((a, b) => (a < b ? -1 : 1));
    const lists = names.filter((name) => name.toLowerCase().endsWith('.m3u8')).map((name) => readHls(join(path, name))).filter((item) => item !== null);
    items.push(...lists);
    const named = new Set(lists.flatMap((list) => list.pieces.flatMap((piece) => [piece.file, piece.initFile])));
    for (const name of names) {
      const child = join(path, name);
      const isFolder = statSync(child).isDirectory();
      if (isFolder || (mediaExtensions.has(extname(name).toLowerCase()) && !named.has(child))) visit(child);
    }
  };
  for (const path of paths) visit(path);
  return items;
}

function toFileItem(path: string, bytes: number): ImportItem {
  const stem = join(dirname(path), basename(path, extname(path)));
  return { kind: 'file', path, bytes, sidecars: sidecarExtensions.map((extension) => stem + extension).filter((file) => existsSync(file)) };
}

function sumBytes(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}

/** Reads a media playlist on disk; null for a master list or one whose segments are not all below its folder. */
function readHls(path: string): Extract<ImportItem, { kind: 'hls' }> | null {
  const pieces: HlsPiece[] = [];
  let next = { durationMs: 0, discontinuity: false, startMs: null as number | null };
  let initFile: string | null = null;
  let bytes = 0;
  for (const raw of readFileSync(path, 'utf8').replace(/^\ufeff/, '').split(/\r?\n/)) {
    const line = raw.trim();
    if (line.startsWith('#EXT-X-STREAM-INF') || line.startsWith('#EXT-X-BYTERANGE')) return null;
    if (line.startsWith('#EXT-X-KEY') && !line.includes('METHOD=NONE')) return null;
    if (line.startsWith('#EXTINF:')) next.durationMs = Number.parseFloat(line.slice(8)) * 1000;
    else if (line === '#EXT-X-DISCONTINUITY') next.discontinuity = true;
    else if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) {
      const atMs = Date.parse(line.slice(25));
      next.startMs = Number.isNaN(atMs) ? null : atMs;
    } else if (line.startsWith('#EXT-X-MAP:')) {
      const uri = /URI="([^"]+)"/.exec(line)?.[1];
      initFile = uri === undefined ? null : joinBelow(dirname(path), uri);
      if (initFile === null || !existsSync(initFile)) return null;
    } else if (line !== '' && !line.startsWith('#')) {
      const file = joinBelow(dirname(path), decodeURI(line));
      if (file === null || !existsSync(file)) return null;
      bytes += statSync(file).size;
      pieces.push({ file, initFile, ...next });
      next = { durationMs: 0, discontinuity: false, startMs: null };
    }
  }
  return pieces.length === 0 ? null : { kind: 'hls', path, pieces, bytes };
}
