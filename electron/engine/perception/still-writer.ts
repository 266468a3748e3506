import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { AVCOL_RANGE_JPEG, AV_CODEC_FLAG_QSCALE, AV_CODEC_ID_MJPEG, AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUVJ420P, FF_QP2LAMBDA, SWS_AREA, SWS_BILINEAR } from 'node-av/constants';
import type { AVPixelFormat, SwsFlags } from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, Rational, SoftwareScaleContext } from 'node-av/lib';
import { FaultError, makeFault } from '../../contract/faults.ts';

/** JPEG quality as FFmpeg counts it: 2 is best, 31 worst. */
export type JpegQuality = 2 | 3 | 4 | 5 | 6 | 8;

/** Scales a picture into `format`; the frame it returns must be freed by the caller. */
export function scaleFrame(source: Frame, width: number, height: number, format: AVPixelFormat, flags: SwsFlags = SWS_BILINEAR): Frame {
  const scaler = new SoftwareScaleContext();
  const out = new Frame();
  try {
    out.alloc();
    out.width = width;
    out.height = height;
    out.format = format;
    if (format === AV_PIX_FMT_YUVJ420P) out.colorRange = AVCOL_RANGE_JPEG;
    if (out.getBuffer() < 0) throw new Error('no memory for a picture');
    scaler.getContext(source.width, source.height, source.format as AVPixelFormat, width, height, format, flags);
    if (scaler.scaleFrameSync(out, source) < 0) throw new Error('picture cannot be scaled');
    return out;
  } catch (error) {
    out.free();
    throw error;
  } finally {
    scaler.freeContext();
  }
}

/** Size of a picture at most `maxWidth` wide, even in both directions as JPEG's chroma wants it. */
export function fitWidth(width: number, height: number, maxWidth: number): { width: number; height: number } {
  const scale = Math.min(1, maxWidth / width);
  return { width: Math.max(2, Math.round((width * scale) / 2) * 2), height: Math.max(2, Math.round((height * scale) / 2) * 2) };
}

/** Encodes a picture as JPEG, at most `maxWidth` wide. */
export function encodeJpeg(source: Frame, maxWidth: number, quality: JpegQuality): { data: Buffer; width: number; height: number } {
  const size = fitWidth(source.width, source.height, maxWidth);
  const picture = scaleFrame(source, size.width, size.height, AV_PIX_FMT_YUVJ420P, size.width < source.width ? SWS_AREA : SWS_BILINEAR);
  const codec = Codec.findEncoder(AV_CODEC_ID_MJPEG);
  const context = new CodecContext();
  const packet = new Packet();
  try {
    context.allocContext3(codec);
    context.width = size.width;
    context.height = size.height;
    context.pixelFormat = AV_PIX_FMT_YUVJ420P;
    context.colorRange = AVCOL_RANGE_JPEG;
    context.timeBase = new Rational(1, 25);
    context.threadCount = 1;
    context.setFlags(AV_CODEC_FLAG_QSCALE);
    context.globalQuality = quality * FF_QP2LAMBDA;
    if (context.open2Sync(codec, null) < 0) throw new Error('the JPEG encoder cannot be opened');
    picture.pts = 0n;
    picture.quality = quality * FF_QP2LAMBDA;
    packet.alloc();
    context.sendFrameSync(picture);
    if (context.receivePacketSync(packet) < 0 || packet.data === null) throw new Error('the JPEG encoder gave nothing');
    return { data: Buffer.from(packet.data), ...size };
  } finally {
    packet.free();
    context.freeContext();
    picture.free();
  }
}

/** Shrinks a picture to a gray grid, row by row. */
export function readGrayGrid(source: Frame, columns: number, rows: number): Uint8Array {
  const small = scaleFrame(source, columns, rows, AV_PIX_FMT_GRAY8, SWS_AREA);
  try {
    return copyPlane(small, columns, rows);
  } finally {
    small.free();
  }
}

/** Copies the first plane of a packed picture without its row padding; `rowBytes` is width × bytes a pixel. */
export function copyPlane(frame: Frame, rowBytes: number, rows: number): Uint8Array {
  const plane = frame.data?.[0];
  const stride = frame.linesize[0] ?? rowBytes;
  const out = new Uint8Array(rowBytes * rows);
  if (plane === undefined) return out;
  for (let y = 0; y < rows; y += 1) out.set(plane.subarray(y * stride, y * stride + rowBytes), y * rowBytes);
  return out;
}

/** Writes a derived file so that it is there whole or not at all; throws disk-error. */
export function writeWhole(file: string, data: Uint8Array): void {
  const part = `${file}.${process.pid}.part`;
  try {
    writeFileSync(part, data);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    const code = (error as NodeJS.ErrnoException).code;
    throw new FaultError(makeFault(code === 'ENOSPC' ? 'disk-full' : code === 'EROFS' ? 'disk-read-only' : 'disk-error', file, 'cannot write a derived file', { retryable: true, cause: error }));
  }
}
