import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Frame } from 'node-av/lib';
import { FaultError, makeFault, toFault } from '../../contract/faults.ts';
import type { Fault } from '../../contract/faults.ts';
import type { PerceptionReply, PerceptionRequest } from '../../contract/perception.ts';
import { MediaInput, undecodable } from './media-input.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { encodeJpeg, writeWhole } from './still-writer.ts';

type FramesRequest = Extract<PerceptionRequest, { type: 'frames' }>;
type FrameWish = FramesRequest['frames'][number];

/** Decodes the picture shown at each instant and writes it as JPEG at full size; one that cannot be had carries its fault, the others go on. */
export function takeFrames(request: FramesRequest): PerceptionReply {
  mkdirSync(request.outDir, { recursive: true });
  const files = request.frames.map((wish): { name: string; atMs: number; fault: Fault | null } => {
    try {
      return { name: wish.name, atMs: takeFrame(wish, request.outDir), fault: null };
    } catch (thrown) {
      return { name: wish.name, atMs: wish.atMs, fault: toFault(thrown, wish.name) };
    }
  });
  return { type: 'framed', id: request.id, files };
}

function takeFrame(wish: FrameWish, outDir: string): number {
  if (wish.name !== wish.name.replaceAll(/[/\\]/g, '') || wish.name.startsWith('.')) throw new FaultError(makeFault('bad-request', wish.name, 'a frame name is no path'));
  const source = { container: wish.container, file: wish.file, initFile: wish.initFile, encryption: wish.encryption };
  const input = MediaInput.open(source);
  const origin = input.originSeconds;
  const stream = input.video;
  const decoder = stream === null ? null : PictureDecoder.open(stream);
  const shown = new Frame();
  let shownMs: number | null = null;
  let done = false;
  try {
    if (stream === null || decoder === null) throw undecodable(source, 'has no picture that decodes');
    shown.alloc();
    const base = stream.timeBase;
    const consider = (frame: Frame): void => {
      const atMs = wish.startMs + ((Number(frame.bestEffortTimestamp) * base.num) / base.den - origin) * 1000;
      // The picture on screen at an instant is the last that began at or before it; before the first, the first.
      if (shownMs !== null && atMs > wish.atMs + 0.5) {
        done = true;
        return;
      }
      shown.unref();
      shown.ref(frame);
      shownMs = atMs;
    };
    for (const { packet, kind } of input.packets()) {
      if (kind !== 'video') continue;
      decoder.decode(packet, (frame) => { if (!done) consider(frame); });
      if (done) break;
    }
    if (!done) decoder.decode(null, (frame) => { if (!done) consider(frame); });
    if (shownMs === null) throw undecodable(source, 'has no picture that decodes');
    writeWhole(join(outDir, wish.name), encodeJpeg(shown, shown.width, 2).data);
    return shownMs;
  } finally {
    shown.free();
    decoder?.close();
    input.close();
  }
}
