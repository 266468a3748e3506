import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { encodeCentralRecord, encodeEnd, encodeLocalHeader, type DosDate, type ZipEntry } from './zip-layout.ts';

/** What one stored file came to. */
export type WrittenFile = { name: string; bytes: number; sha256: string };

const CHUNK_BYTES = 1 << 20;

/**
 * Writes an archive of stored files, one pass over each source. The layout is fixed to the last byte (zip-layout),
 * so that a verifier can demand it back; archivers on the registry leave times, attributes and descriptors to chance.
 */
export class ZipWriter {
  readonly #handle: FileHandle;
  readonly #date: DosDate;
  readonly #signal: AbortSignal | undefined;
  readonly #entries: ZipEntry[] = [];
  #position = 0;

  private constructor(handle: FileHandle, date: DosDate, signal: AbortSignal | undefined) {
    this.#handle = handle;
    this.#date = date;
    this.#signal = signal;
  }

  /** Begins an archive in a file that must not exist yet. */
  static async create(file: string, date: DosDate, signal?: AbortSignal): Promise<ZipWriter> {
    return new ZipWriter(await open(file, 'wx', 0o644), date, signal);
  }

  /** Stores bytes under a name. */
  async addBytes(name: string, content: Uint8Array): Promise<WrittenFile> {
    return this.#add(name, content.length, (take) => take(content));
  }

  /** Stores a file; `bytes` is the size it must have, found out here when left out. */
  async addFile(name: string, path: string, onBytes: (count: number) => void = () => undefined, bytes?: number): Promise<WrittenFile> {
    const source = await open(path, 'r');
    try {
      const stats = await source.stat();
      if (!stats.isFile()) throw new FaultError(makeFault('library-altered', path, `${path} is not a file`));
      if (bytes !== undefined && stats.size !== bytes) {
        throw new FaultError(makeFault('library-altered', path, `${path} has ${stats.size} bytes where ${bytes} were recorded`));
      }
      return await this.#add(name, stats.size, async (take) => {
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, stats.size)));
        for (let left = stats.size; left > 0; ) {
          const { bytesRead } = await source.read(chunk, 0, Math.min(chunk.length, left));
          if (bytesRead === 0) throw new FaultError(makeFault('library-altered', path, `${path} became shorter while it was read`));
          await take(chunk.subarray(0, bytesRead));
          onBytes(bytesRead);
          left -= bytesRead;
        }
      });
    } finally {
      await source.close();
    }
  }

  /** Writes the directory and makes the file durable; returns its size. */
  async finish(): Promise<number> {
    const directory = Buffer.concat(this.#entries.map((entry) => encodeCentralRecord(entry, this.#date)));
    const start = this.#position;
    await this.#append(directory);
    await this.#append(encodeEnd(this.#entries.length, start, directory.length));
    await this.#handle.sync();
    await this.#handle.close();
    return this.#position;
  }

  /** Closes the file, whatever state it is in. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }

  async #add(name: string, bytes: number, pump: (take: (chunk: Uint8Array) => Promise<void>) => Promise<void>): Promise<WrittenFile> {
    const entry: ZipEntry = { name, bytes, crc32: 0, offset: this.#position };
    const hash = createHash('sha256');
    // The header's length is known before its checksum is: leave room, come back.
    this.#position += encodeLocalHeader(entry, this.#date).length;
    await pump(async (chunk) => {
      this.#signal?.throwIfAborted();
      hash.update(chunk);
      entry.crc32 = crc32(chunk, entry.crc32);
      await this.#append(chunk);
    });
    await writeWhole(this.#handle, encodeLocalHeader(entry, this.#date), entry.offset);
    this.#entries.push(entry);
    return { name, bytes, sha256: hash.digest('hex') };
  }

  async #append(chunk: Uint8Array): Promise<void> {
    await writeWhole(this.#handle, chunk, this.#position);
    this.#position += chunk.length;
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
