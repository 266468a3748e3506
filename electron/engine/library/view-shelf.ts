import type { Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const giga = 2 ** 30;
/** What files made for viewing may take on disk together, in bytes: some ten hours of pictures at 500 kbit/s. */
export const viewShelfBytes = 2 * giga;
/** The youngest stay whatever they weigh: a player may be about to read them. */
const youngestKept = 16;

/** Keeps the files that were made for viewing within bounds: those not looked at for longest go first. They can be made again at any time. */
export class ViewShelf {
  readonly #derivedDir: string;
  readonly #maxBytes: number;
  /** Path → bytes, least lately wanted first. */
  readonly #files = new Map<string, number>();
  #bytes = 0;
  #ready: Promise<void> | null = null;

  constructor(derivedDir: string, maxBytes: number = viewShelfBytes) {
    this.#derivedDir = derivedDir;
    this.#maxBytes = maxBytes;
  }

  /** What lies on the shelf, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Notes that files were made or wanted again, and removes the oldest beyond the bound. Files that are not there are forgotten. */
  async touch(paths: readonly string[]): Promise<void> {
    this.#ready ??= this.#takeStock();
    await this.#ready;
    for (const path of paths) {
      const known = this.#files.get(path);
      const bytes = known ?? (await stat(path).catch(() => null))?.size;
      if (bytes === undefined) continue;
      // Looked up again: another request may have put it here meanwhile.
      this.#forget(path);
      this.#files.set(path, bytes);
      this.#bytes += bytes;
    }
    for (const path of this.#files.keys()) {
      if (this.#bytes <= this.#maxBytes || this.#files.size <= youngestKept) return;
      this.#forget(path);
      await rm(path, { force: true });
    }
  }

  #forget(path: string): void {
    this.#bytes -= this.#files.get(path) ?? 0;
    this.#files.delete(path);
  }

  /** Finds what earlier runs made, by the time it was made. */
  async #takeStock(): Promise<void> {
    const found: { path: string; bytes: number; madeMs: number }[] = [];
    for (const room of await listFolders(this.#derivedDir)) {
      for (const session of await listFolders(room)) {
        const dir = join(session, 'view');
        for (const entry of await list(dir)) {
          const path = join(dir, entry.name);
          const known = entry.isFile() ? await stat(path).catch(() => null) : null;
          if (known !== null) found.push({ path, bytes: known.size, madeMs: known.mtimeMs });
        }
      }
    }
    found.sort((a, b) => a.madeMs - b.madeMs);
    for (const { path, bytes } of found) {
      this.#files.set(path, bytes);
      this.#bytes += bytes;
    }
  }
}

function list(dir: string): Promise<Dirent[]> {
  return readdir(dir, { withFileTypes: true }).catch(() => []);
}

async function listFolders(dir: string): Promise<string[]> {
  return (await list(dir)).filter((entry) => entry.isDirectory()).map((entry) => join(dir, entry.name));
}
