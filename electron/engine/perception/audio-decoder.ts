import { AV_CHANNEL_LAYOUT_MONO, AV_SAMPLE_FMT_FLT } from 'node-av/constants';
import { Codec, CodecContext, Frame, SoftwareResampleContext } from 'node-av/lib';
import type { Packet, Stream } from 'node-av/lib';

/** Sample rate of everything that is heard: what VAD and recognisers are trained on. */
export const SPEECH_RATE = 16_000;

/** Decodes one sound stream to 16 kHz mono floats, keeping codec and resampler state from packet to packet and file to file. */
export class AudioDecoder {
  readonly #codec: CodecContext;
  readonly #frame = new Frame();
  readonly #out = new Frame();
  #resampler: SoftwareResampleContext | null = null;
  #resamplerKey = '';

  private constructor(codec: CodecContext) {
    this.#codec = codec;
    this.#frame.alloc();
    this.#out.alloc();
  }

  /** Opens a decoder for the stream; null when FFmpeg has none for it. */
  static open(stream: Stream): AudioDecoder | null {
    const codec = Codec.findDecoder(stream.codecpar.codecId);
    if (codec === null) return null;
    const context = new CodecContext();
    context.allocContext3(codec);
    if (context.parametersToContext(stream.codecpar) < 0) return context.freeContext(), null;
    context.threadCount = 1;
    context.pktTimebase = stream.timeBase;
    if (context.open2Sync(codec, null) < 0) return context.freeContext(), null;
    return new AudioDecoder(context);
  }

  /** Decodes a packet and hands on its samples; a damaged packet yields nothing. */
  decode(packet: Packet, onSamples: (samples: Float32Array) => void): void {
    if (this.#codec.sendPacketSync(packet) < 0) return;
    while (this.#codec.receiveFrameSync(this.#frame) >= 0) {
      const samples = this.#resample(this.#frame);
      this.#frame.unref();
      if (samples.length > 0) onSamples(samples);
    }
  }

  #resample(frame: Frame): Float32Array {
    const key = `${frame.sampleRate}/${frame.format}/${frame.channels}`;
    if (this.#resampler === null || key !== this.#resamplerKey) {
      this.#resampler?.free();
      this.#resampler = new SoftwareResampleContext();
      this.#resampler.allocSetOpts2(AV_CHANNEL_LAYOUT_MONO, AV_SAMPLE_FMT_FLT, SPEECH_RATE, frame.channelLayout, frame.format as never, frame.sampleRate);
      this.#resampler.init();
      this.#resamplerKey = key;
    }
    const out = this.#out;
    out.unref();
    out.format = AV_SAMPLE_FMT_FLT;
    out.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    out.sampleRate = SPEECH_RATE;
    if (this.#resampler.convertFrame(out, frame) < 0) return new Float32Array(0);
    const plane = out.data?.[0];
    if (plane === undefined || out.nbSamples === 0) return new Float32Array(0);
    // Copied: the plane belongs to FFmpeg and is reused.
    const bytes = new Uint8Array(out.nbSamples * 4);
    bytes.set(plane.subarray(0, bytes.length));
    return new Float32Array(bytes.buffer);
  }

  /** Frees codec, resampler and frames. */
  close(): void {
    this.#resampler?.free();
    this.#frame.free();
    this.#out.free();
    this.#codec.freeContext();
  }
}
