import { Codec, CodecContext, Frame } from 'node-av/lib';
import type { Packet, Stream } from 'node-av/lib';

/** Decodes pictures of one stream: key frames alone (each drained at once), or every frame in order. */
export class PictureDecoder {
  readonly #codec: CodecContext;
  readonly #frame = new Frame();
  /** Says whether it still fits a stream of a later file. */
  readonly key: string;

  private constructor(codec: CodecContext, key: string) {
    this.#codec = codec;
    this.key = key;
    this.#frame.alloc();
  }

  /** What must be the same for a decoder to be kept over files. */
  static keyOf(stream: Stream): string {
    // Annex B parameter sets come with or without a trailing zero byte, depending on what follows them.
    return `${stream.codecpar.codecId}:${stream.codecpar.extradata?.toString('hex').replace(/(?:00)+$/, '') ?? ''}`;
  }

  /** Opens a decoder for the stream; null when FFmpeg has none for it. */
  static open(stream: Stream): PictureDecoder | null {
    const codec = Codec.findDecoder(stream.codecpar.codecId);
    if (codec === null) return null;
    const context = new CodecContext();
    context.allocContext3(codec);
    if (context.parametersToContext(stream.codecpar) < 0) return context.freeContext(), null;
    context.threadCount = 1;
    context.pktTimebase = stream.timeBase;
    if (context.open2Sync(codec, null) < 0) return context.freeContext(), null;
    return new PictureDecoder(context, PictureDecoder.keyOf(stream));
  }

  /** Decodes one key frame by itself; false when nothing came of it. The frame is valid only inside `use`. */
  decodeKey(packet: Packet, use: (frame: Frame) => void): boolean {
    const sent = this.#codec.sendPacketSync(packet);
    this.#codec.sendPacketSync(null);
    let used = false;
    while (this.#codec.receiveFrameSync(this.#frame) >= 0) {
      if (!used && sent >= 0 && this.#frame.width > 0) {
        used = true;
        use(this.#frame);
      }
      this.#frame.unref();
    }
    this.#codec.flushBuffers();
    return used;
  }

  /** Feeds one packet (null = the end) and hands on every picture that comes out, in order of display. */
  decode(packet: Packet | null, use: (frame: Frame) => void): void {
    this.#codec.sendPacketSync(packet);
    while (this.#codec.receiveFrameSync(this.#frame) >= 0) {
      use(this.#frame);
      this.#frame.unref();
    }
  }

  /** Frees codec and frame. */
  close(): void {
    this.#frame.free();
    this.#codec.freeContext();
  }
}
