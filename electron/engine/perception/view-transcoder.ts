import { AV_NOPTS_VALUE, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AV_PICTURE_TYPE_NONE, AV_PIX_FMT_YUV420P, FF_ENCODER_LIBX264 } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, FormatContext, Packet, Rational } from 'node-av/lib';
import type { Frame, Stream } from 'node-av/lib';
import { FaultError, makeFault } from '../../contract/faults.ts';
import type { StoredMedia } from '../../contract/perception.ts';
import { MediaInput } from './media-input.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { scaleFrame } from './still-writer.ts';

/** A view is for looking, not evidence: pictures are at most this many pixels on the shorter side. */
const maxShortSide = 720;
/** Length of the 33-bit clock of a transport stream in seconds: what begins before zero is moved by one round. */
const roundSeconds = 2 ** 33 / 90_000;
const encoding = { preset: 'ultrafast', tune: 'zerolatency', crf: '23' };
const clock = { num: 1, den: 90_000 };

/** Writes a stored file as H.264 in a transport stream on the same time axis, for browsers without its codec; sound is copied. Throws FaultError. */
export function transcodeView(media: StoredMedia, outFile: string): void {
  const input = MediaInput.open(media);
  let writer: ViewWriter | null = null;
  try {
    if (input.video === null) throw new FaultError(makeFault('codec-unsupported', media.file, '没有可以转码的画面'));
    const decoder = PictureDecoder.open(input.video);
    if (decoder === null) throw new FaultError(makeFault('codec-unsupported', media.file, '没有可用的解码器'));
    writer = new ViewWriter(input.video, input.audio, outFile, input.originSeconds < 0 ? roundSeconds : 0);
    const made = writer;
    try {
      for (const { packet, kind } of input.packets()) {
        if (kind === 'audio') made.copySound(packet);
        else decoder.decode(packet, (frame) => made.encode(frame));
      }
      decoder.decode(null, (frame) => made.encode(frame));
    } finally {
      decoder.close();
    }
    if (!made.finish()) throw new FaultError(makeFault('segment-undecodable', media.file, '没有一帧画面能解码'));
  } finally {
    writer?.close();
    input.close();
  }
}

class ViewWriter {
  readonly #context = new FormatContext();
  readonly #codec = new CodecContext();
  readonly #out = new Packet();
  readonly #file: string;
  readonly #size: { width: number; height: number };
  readonly #from: { video: Stream; audio: Stream | null };
  readonly #to: { video: Stream; audio: Stream | null };
  readonly #shift: bigint;
  #lastPts = -(2n ** 62n);
  #pictures = 0;

  constructor(video: Stream, audio: Stream | null, file: string, shiftSeconds: number) {
    this.#file = file;
    this.#from = { video, audio };
    this.#shift = BigInt(Math.round(shiftSeconds * clock.den));
    this.#size = fitShortSide(video.codecpar.width, video.codecpar.height);
    this.#out.alloc();
    const muxing = Dictionary.fromObject({ mpegts_copyts: '1' });
    try {
      const encoder = Codec.findEncoderByName(FF_ENCODER_LIBX264);
      if (encoder === null) throw new FaultError(makeFault('codec-unsupported', file, '没有可用的 H.264 编码器'));
      this.#codec.allocContext3(encoder);
      this.#codec.width = this.#size.width;
      this.#codec.height = this.#size.height;
      this.#codec.pixelFormat = AV_PIX_FMT_YUV420P;
      this.#codec.timeBase = new Rational(clock.num, clock.den);
      this.#codec.framerate = new Rational(25, 1);
      this.#codec.gopSize = 250;
      this.#codec.threadCount = 1;
      // A dictionary given to open2Sync must not be freed afterwards and would be by the collector: options are set one by one.
      for (const [key, value] of Object.entries(encoding)) this.#codec.setOption(key, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN);
      this.#check(this.#codec.open2Sync(encoder, null));
      this.#check(this.#context.allocOutputContext2(null, 'mpegts', file));
      const picture = this.#context.newStream(null);
      this.#check(picture.codecpar.fromContext(this.#codec));
      picture.timeBase = new Rational(clock.num, clock.den);
      const sound = audio === null ? null : this.#context.newStream(null);
      if (sound !== null && audio !== null) {
        this.#check(audio.codecpar.copy(sound.codecpar));
        sound.codecpar.codecTag = 0;
        sound.timeBase = audio.timeBase;
      }
      this.#to = { video: picture, audio: sound };
      this.#check(this.#context.openOutputSync());
      this.#check(this.#context.writeHeaderSync(muxing));
    } catch (thrown) {
      this.close();
      throw thrown;
    } finally {
      muxing.free();
    }
  }

  encode(frame: Frame): void {
    const base = this.#from.video.timeBase;
    const ticks = frame.bestEffortTimestamp !== AV_NOPTS_VALUE ? frame.bestEffortTimestamp : frame.pts;
    if (ticks === AV_NOPTS_VALUE) return;
    const pts = (ticks * BigInt(base.num) * BigInt(clock.den)) / BigInt(base.den) + this.#shift;
    if (pts <= this.#lastPts) return;
    this.#lastPts = pts;
    const picture = scaleFrame(frame, this.#size.width, this.#size.height, AV_PIX_FMT_YUV420P);
    try {
      picture.pts = pts;
      picture.pictType = AV_PICTURE_TYPE_NONE;
      this.#check(this.#codec.sendFrameSync(picture));
    } finally {
      picture.free();
    }
    this.#drain();
  }

  copySound(packet: Packet): void {
    const { audio } = this.#to;
    if (audio === null || this.#from.audio === null) return;
    if (packet.dts === AV_NOPTS_VALUE) packet.dts = packet.pts;
    packet.rescaleTs(this.#from.audio.timeBase, audio.timeBase);
    const shift = (this.#shift * BigInt(audio.timeBase.den)) / BigInt(clock.den * audio.timeBase.num);
    packet.pts += shift;
    packet.dts += shift;
    packet.streamIndex = audio.index;
    packet.pos = -1n;
    this.#check(this.#context.interleavedWriteFrameSync(packet));
  }

  /** Writes what is left; false when no picture came out. */
  finish(): boolean {
    this.#codec.sendFrameSync(null);
    this.#drain();
    this.#check(this.#context.writeTrailerSync());
    return this.#pictures > 0;
  }

  close(): void {
    this.#out.free();
    this.#codec.freeContext();
    this.#context.closeOutputSync();
    this.#context.freeContext();
  }

  #drain(): void {
    while (this.#codec.receivePacketSync(this.#out) >= 0) {
      this.#out.streamIndex = this.#to.video.index;
      this.#out.rescaleTs(new Rational(clock.num, clock.den), this.#to.video.timeBase);
      this.#check(this.#context.interleavedWriteFrameSync(this.#out));
      this.#pictures += 1;
      this.#out.unref();
    }
  }

  #check(code: number): void {
    if (code >= 0) return;
    throw new FaultError(makeFault('internal', this.#file, 'the view cannot be written', { cause: FFmpegError.strerror(code) }));
  }
}

function fitShortSide(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, maxShortSide / Math.min(width, height));
  return { width: Math.max(2, Math.round((width * scale) / 2) * 2), height: Math.max(2, Math.round((height * scale) / 2) * 2) };
}
