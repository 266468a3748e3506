import { readFileSync } from 'node:fs';
import { AV_CODEC_ID_MJPEG, AV_PIX_FMT_BGR24, SWS_BILINEAR } from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib';
import { copyPlane, scaleFrame } from './still-writer.ts';
import { undecodable } from './media-input.ts';

/** A picture as packed blue-green-red bytes, the order that PP-OCR was trained on. */
export type PixelImage = { width: number; height: number; data: Uint8Array };
/** A rectangle in pixels. */
export type PixelBox = { x: number; y: number; width: number; height: number };

/** Reads a JPEG, scaled so that its longer side is at most `maxSide`. Throws segment-undecodable. */
export function readJpeg(file: string, maxSide: number): PixelImage {
  const codec = Codec.findDecoder(AV_CODEC_ID_MJPEG);
  const context = new CodecContext();
  const packet = new Packet();
  const frame = new Frame();
  try {
    context.allocContext3(codec);
    context.threadCount = 1;
    if (context.open2Sync(codec, null) < 0) throw new Error('the JPEG decoder cannot be opened');
    packet.alloc();
    frame.alloc();
    packet.data = readFileSync(file);
    if (context.sendPacketSync(packet) < 0 || context.receiveFrameSync(frame) < 0 || frame.width === 0) throw undecodable({ file }, 'is no JPEG that decodes');
    const scale = Math.min(1, maxSide / Math.max(frame.width, frame.height));
    const width = Math.max(1, Math.round(frame.width * scale));
    const height = Math.max(1, Math.round(frame.height * scale));
    const scaled = scaleFrame(frame, width, height, AV_PIX_FMT_BGR24, SWS_BILINEAR);
    try {
      return { width, height, data: copyPlane(scaled, width * 3, height) };
    } finally {
      scaled.free();
    }
  } finally {
    frame.free();
    packet.free();
    context.freeContext();
  }
}

/** Cuts a box out and scales it to `height` rows, bilinear; a box much taller than wide is turned a quarter first when `turn` is set. */
export function cropTo(image: PixelImage, box: PixelBox, height: number, turn: boolean): PixelImage {
  const across = turn ? box.height : box.width;
  const down = turn ? box.width : box.height;
  const width = Math.max(1, Math.round((across * height) / down));
  const data = new Uint8Array(width * height * 3);
  for (let v = 0; v < height; v += 1) {
    for (let u = 0; u < width; u += 1) {
      const fu = ((u + 0.5) / width) * across - 0.5;
      const fv = ((v + 0.5) / height) * down - 0.5;
      // Turned anticlockwise, so that text written downwards on its side reads from left to right.
      const x = turn ? box.x + box.width - 1 - fv : box.x + fu;
      const y = turn ? box.y + fu : box.y + fv;
      sample(image, x, y, data, (v * width + u) * 3);
    }
  }
  return { width, height, data };
}

function sample(image: PixelImage, x: number, y: number, out: Uint8Array, at: number): void {
  const cx = Math.min(image.width - 1, Math.max(0, x));
  const cy = Math.min(image.height - 1, Math.max(0, y));
  const x0 = Math.floor(cx);
  const y0 = Math.floor(cy);
  const dx = cx - x0;
  const dy = cy - y0;
  const right = x0 + 1 < image.width ? 3 : 0;
  const below = y0 + 1 < image.height ? image.width * 3 : 0;
  const i = (y0 * image.width + x0) * 3;
  const d = image.data;
  for (let c = 0; c < 3; c += 1) {
    const top = (d[i + c] ?? 0) * (1 - dx) + (d[i + right + c] ?? 0) * dx;
    const bottom = (d[i + below + c] ?? 0) * (1 - dx) + (d[i + below + right + c] ?? 0) * dx;
    out[at + c] = Math.round(top * (1 - dy) + bottom * dy);
  }
}

/** Largest mean difference (0…255) of any block of `block` × `block` pixels; Infinity when the sizes differ. */
export function compareImages(a: PixelImage, b: PixelImage, block: number): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  const across = Math.ceil(a.width / block);
  const sums = new Float64Array(across * Math.ceil(a.height / block));
  const counts = new Uint32Array(sums.length);
  for (let y = 0; y < a.height; y += 1) {
    const row = Math.floor(y / block) * across;
    for (let x = 0; x < a.width; x += 1) {
      const i = (y * a.width + x) * 3;
      const cell = row + Math.floor(x / block);
      sums[cell] = (sums[cell] ?? 0) + Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0)) + Math.abs((a.data[i + 1] ?? 0) - (b.data[i + 1] ?? 0)) + Math.abs((a.data[i + 2] ?? 0) - (b.data[i + 2] ?? 0));
      counts[cell] = (counts[cell] ?? 0) + 3;
    }
  }
  return sums.reduce((most, sum, i) => Math.max(most, sum / (counts[i] ?? 1)), 0);
}
