import { AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO, AV_LOG_QUIET, AV_NOPTS_VALUE } from 'node-av/constants';
import { Dictionary, FFmpegError, FormatContext, InputFormat, Log, Packet } from 'node-av/lib';
import type { Stream } from 'node-av/lib';
import type { StoredMedia } from '../../contract/perception.ts';
import type { Container } from '../../contract/rooms.ts';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { toOpenable } from './stored-bytes.ts';

// FFmpeg writes a line per damaged packet; what matters comes back as a fault.
Log.setLevel(AV_LOG_QUIET);

/** How bytes are wrapped; `file` is any whole media file of a known kind. */
export type MediaContainer = Container;
/** Where media lies: an fMP4 segment is read behind its init section. */
export type MediaSource = StoredMedia;
/** A demuxed packet with its time in seconds on the file's own axis; valid only until the next one is read. */
export type MediaPacket = { packet: Packet; kind: 'video' | 'audio'; seconds: number };

const FORMATS: Record<Exclude<MediaContainer, 'file'>, string> = { ts: 'mpegts', fmp4: 'mov', aac: 'aac', flv: 'flv', vtt: 'webvtt' };
// A playlist or a concat script dressed up as a recording must not make FFmpeg open other files or addresses.
const FILE_FORMATS = 'mpegts,mov,mp4,m4a,3gp,3g2,mj2,flv,matroska,webm,aac,mp3,wav,ogg,flac,avi,mpeg';

/** An opened media file: its best picture and sound streams and its packets, in file order. */
export class MediaInput {
  readonly #context: FormatContext;
  readonly #release: () => void;
  readonly video: Stream | null;
  readonly audio: Stream | null;
  readonly source: MediaSource;

  private constructor(context: FormatContext, source: MediaSource, release: () => void) {
    this.#context = context;
    this.#release = release;
    this.source = source;
    const streams = context.streams;
    this.video = streams.find((s) => s.codecpar.codecType === AVMEDIA_TYPE_VIDEO && s.codecpar.codecId !== 0) ?? null;
    this.audio = streams.find((s) => s.codecpar.codecType === AVMEDIA_TYPE_AUDIO && s.codecpar.codecId !== 0) ?? null;
  }

  /** Opens a source and looks into its first packets for sizes and parameter sets (5–15 ms). Throws segment-undecodable. */
  static open(stored: MediaSource): MediaInput {
    const opened = toOpenable(stored);
    try {
      return MediaInput.#openFile(opened.media, opened.release);
    } catch (thrown) {
      opened.release();
      throw thrown;
    }
  }

  static #openFile(source: MediaSource, release: () => void): MediaInput {
    const context = new FormatContext();
    const format = source.container === 'file' ? null : InputFormat.findInputFormat(FORMATS[source.container]);
    const options = Dictionary.fromObject({
      protocol_whitelist: 'file,concat',
      ...(source.container === 'file' ? { format_whitelist: FILE_FORMATS } : {}),
    });
    const joined = source.initFile !== null && source.container !== 'ts' && source.container !== 'aac';
    const url = joined ? `concat:${source.initFile}|${source.file}` : `file:${source.file}`;
    try {
      check(context.openInputSync(url, format, options), source, 'cannot be opened');
      check(context.findStreamInfoSync(), source, 'cannot be analysed');
    } catch (thrown) {
      context.closeInputSync();
      throw thrown;
    } finally {
      options.free();
    }
    const input = new MediaInput(context, source, release);
    if (input.video === null && input.audio === null) {
      input.close();
      throw undecodable(source, 'holds neither picture nor sound');
    }
    if (context.startTime === AV_NOPTS_VALUE) {
      input.close();
      throw undecodable(source, 'holds no packet that has a time');
    }
    return input;
  }

  /** Length in milliseconds as the container or the analysis gives it; 0 when unknown. */
  get durationMs(): number {
    const durationUs = this.#context.duration;
    return durationUs > 0n ? Number(durationUs) / 1000 : 0;
  }

  /** Time of the earliest picture or sound in seconds on the file's own axis: what the segment's start on the wall clock stands for. */
  get originSeconds(): number {
    return Number(this.#context.startTime) / 1e6;
  }

  /** Every packet of the two streams that can be placed in time; each is released when the next is asked for. */
  *packets(): Generator<MediaPacket> {
    const packet = new Packet();
    packet.alloc();
    try {
      while (this.#context.readFrameSync(packet) >= 0) {
        const stream = packet.streamIndex === this.video?.index ? this.video : packet.streamIndex === this.audio?.index ? this.audio : null;
        const ticks = packet.pts !== AV_NOPTS_VALUE ? packet.pts : packet.dts;
        if (stream !== null && ticks !== AV_NOPTS_VALUE) {
          const base = stream.timeBase;
          yield { packet, kind: stream === this.video ? 'video' : 'audio', seconds: (Number(ticks) * base.num) / base.den };
        }
        packet.unref();
      }
    } finally {
      packet.free();
    }
  }

  /** Closes the file and frees what FFmpeg holds for it. */
  close(): void {
    this.#context.closeInputSync();
    this.#release();
  }
}

function check(code: number, source: MediaSource, what: string): void {
  if (code < 0) throw undecodable(source, what, FFmpegError.strerror(code));
}

/** The fault of media that does not decode. */
export function undecodable(source: { file: string }, what: string, cause?: string): FaultError {
  return new FaultError(makeFault('segment-undecodable', source.file, `media file ${what}`, { cause }));
}
