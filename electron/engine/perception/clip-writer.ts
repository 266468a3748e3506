import { Dictionary, FFmpegError, FormatContext } from 'node-av/lib';
import type { Packet, Stream } from 'node-av/lib';
import { FaultError, makeFault } from '../../contract/faults.ts';

/** Writes packets as they are into an MP4 whose index stands in front. */
export class ClipWriter {
  readonly #context: FormatContext;
  readonly #streams: { video: Stream | null; audio: Stream | null };
  readonly #file: string;
  readonly #lastDts = new Map<string, bigint>();
  #endSeconds = 0;

  private constructor(context: FormatContext, streams: { video: Stream | null; audio: Stream | null }, file: string) {
    this.#context = context;
    this.#streams = streams;
    this.#file = file;
  }

  /** Creates the file with streams like those given. */
  static open(file: string, video: Stream | null, audio: Stream | null): ClipWriter {
    const context = new FormatContext();
    const options = Dictionary.fromObject({ movflags: 'faststart' });
    try {
      check(context.allocOutputContext2(null, 'mp4', file), file);
      const add = (from: Stream | null): Stream | null => {
        if (from === null) return null;
        const stream = context.newStream(null);
        check(from.codecpar.copy(stream.codecpar), file);
        // A transport stream's tag means nothing in MP4: the muxer picks its own.
        stream.codecpar.codecTag = 0;
        stream.timeBase = from.timeBase;
        return stream;
      };
      const streams = { video: add(video), audio: add(audio) };
      check(context.openOutputSync(), file);
      check(context.writeHeaderSync(options), file);
      return new ClipWriter(context, streams, file);
    } catch (thrown) {
      context.closeOutputSync();
      context.freeContext();
      throw thrown;
    } finally {
      options.free();
    }
  }

  /** Writes a packet of time base `base`, moved by `shiftSeconds`; the packet's times are changed. */
  write(packet: Packet, kind: 'video' | 'audio', base: { num: number; den: number }, shiftSeconds: number): void {
    const stream = this.#streams[kind];
    if (stream === null) return;
    const shift = BigInt(Math.round((shiftSeconds * base.den) / base.num));
    packet.pts += shift;
    packet.dts += shift;
    this.#endSeconds = Math.max(this.#endSeconds, (Number(packet.pts + packet.duration) * base.num) / base.den);
    packet.rescaleTs(base, stream.timeBase);
    const last = this.#lastDts.get(kind);
    // Rounding at a seam may make two packets meet; MP4 wants each strictly later.
    if (last !== undefined && packet.dts <= last) packet.dts = last + 1n;
    if (packet.pts < packet.dts) packet.pts = packet.dts;
    this.#lastDts.set(kind, packet.dts);
    packet.streamIndex = stream.index;
    packet.pos = -1n;
    check(this.#context.interleavedWriteFrameSync(packet), this.#file);
  }

  /** Writes the index and closes; returns where the last packet ends, in seconds. */
  finish(): number {
    try {
      check(this.#context.writeTrailerSync(), this.#file);
    } finally {
      this.abandon();
    }
    return this.#endSeconds;
  }

  /** Closes without an index; the file is not playable. */
  abandon(): void {
    this.#context.closeOutputSync();
    this.#context.freeContext();
  }
}

function check(code: number, file: string): void {
  if (code >= 0) return;
  const cause = FFmpegError.strerror(code);
  const isFull = /No space/i.test(cause);
  throw new FaultError(makeFault(isFull ? 'disk-full' : 'internal', file, 'the clip cannot be written', { retryable: isFull, cause }));
}
