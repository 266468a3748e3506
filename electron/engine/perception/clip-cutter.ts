import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AV_NOPTS_VALUE } from 'node-av/constants';
import type { Packet, Stream } from 'node-av/lib';
import { FaultError, makeFault } from '../../contract/faults.ts';
import type { PerceptionReply, PerceptionRequest } from '../../contract/perception.ts';
import { ClipWriter } from './clip-writer.ts';
import { MediaInput } from './media-input.ts';
import { PictureDecoder } from './picture-decoder.ts';

type ClipRequest = Extract<PerceptionRequest, { type: 'clip' }>;
type Kind = 'video' | 'audio';
/** A packet that may yet be needed, with its time on the clip's source axis in seconds and on the wall clock. */
type Held = { packet: Packet; kind: Kind; wallMs: number; shiftSeconds: number; base: { num: number; den: number } };

const JUMP_SECONDS = 0.5;

/**
 * Cuts [fromMs, toMs) out of consecutive segments into an MP4 without re-encoding: whole GOPs, from the key frame at or
 * before fromMs to the last picture before the first key frame at or after toMs. Leaves no file when it fails.
 */
export function cutClip(request: ClipRequest): PerceptionReply {
  const part = `${request.outFile}.part`;
  mkdirSync(dirname(request.outFile), { recursive: true });
  const cutter = new ClipCutter(request, part);
  try {
    for (const segment of request.segments) {
      cutter.take(segment);
      if (cutter.isOver) break;
    }
    for (const piece of request.sound ?? []) cutter.takeSound(piece);
    const cut = cutter.finish();
    renameSync(part, request.outFile);
    return { type: 'clipped', id: request.id, ...cut, bytes: statSync(request.outFile).size };
  } catch (thrown) {
    cutter.abandon();
    rmSync(part, { force: true });
    throw thrown;
  }
}

class ClipCutter {
  readonly #request: ClipRequest;
  readonly #part: string;
  #writer: ClipWriter | null = null;
  #held: Held[] = [];
  #leading: Kind | null = null;
  #configuration = '';
  #shiftSeconds = 0;
  #endSeconds: number | null = null;
  #started = false;
  #isSoundApart = false;
  #startWallMs = 0;
  #startSeconds = 0;
  #endWallMs = Infinity;
  #seenWallMs = -Infinity;

  constructor(request: ClipRequest, part: string) {
    this.#request = request;
    this.#part = part;
  }

  get isOver(): boolean {
    return this.#endWallMs < Infinity;
  }

  /** Takes one segment: finds where the clip begins, writes what belongs to it. */
  take(segment: ClipRequest['segments'][number]): void {
    const source = { container: segment.container, file: segment.file, initFile: segment.initFile, encryption: segment.encryption };
    const input = MediaInput.open(source);
    const origin = input.originSeconds;
    try {
      this.#checkConfiguration(input, segment.file);
      if (this.#endSeconds !== null && (segment.discontinuity || Math.abs(origin + this.#shiftSeconds - this.#endSeconds) > JUMP_SECONDS)) {
        this.#shiftSeconds = this.#endSeconds - origin;
      }
      for (const { packet, kind, seconds } of input.packets()) {
        const stream = kind === 'video' ? input.video : input.audio;
        if (stream === null) continue;
        const wallMs = segment.startMs + (seconds - origin) * 1000;
        const lasts = (Number(packet.duration) * stream.timeBase.num) / stream.timeBase.den;
        this.#endSeconds = Math.max(this.#endSeconds ?? -Infinity, seconds + lasts + this.#shiftSeconds);
        this.#consider(packet, kind, wallMs, stream, seconds);
      }
    } finally {
      input.close();
    }
  }

  /** Takes a piece of separate sound once the pictures are written: by wall time, within what they cover. */
  takeSound(piece: NonNullable<ClipRequest['sound']>[number]): void {
    if (!this.#started && this.#held.length > 0 && this.#seenWallMs >= this.#request.fromMs) this.#start();
    if (!this.#started || this.#leading !== 'video' || !this.#isSoundApart) return;
    const { startMs, ...source } = piece;
    const endMs = Math.min(this.#endWallMs, this.#seenWallMs);
    const input = MediaInput.open(source);
    try {
      const shiftSeconds = (startMs - this.#startWallMs) / 1000 - input.originSeconds;
      for (const { packet, kind, seconds } of input.packets()) {
        const wallMs = this.#startWallMs + (seconds + shiftSeconds) * 1000;
        if (kind !== 'audio' || input.audio === null || wallMs < this.#startWallMs - 1 || wallMs >= endMs) continue;
        if (packet.dts === AV_NOPTS_VALUE) packet.dts = packet.pts;
        this.#writer?.write(packet, 'audio', input.audio.timeBase, shiftSeconds);
      }
    } finally {
      input.close();
    }
  }

  /** Writes the trailer; throws range-empty when nothing fell into the range. */
  finish(): { firstFrameMs: number; durationMs: number } {
    // A range that begins in the last GOP is only now known to have no later key frame.
    if (!this.#started && this.#held.length > 0 && this.#seenWallMs >= this.#request.fromMs) this.#start();
    if (this.#writer === null || !this.#started) throw new FaultError(makeFault('range-empty', this.#request.outFile, 'no picture or sound lies in the range'));
    this.#dropHeld();
    const endSeconds = this.#writer.finish();
    this.#writer = null;
    return { firstFrameMs: this.#startWallMs, durationMs: Math.round(endSeconds * 1000) };
  }

  /** Frees everything; the file is the caller's to remove. */
  abandon(): void {
    this.#dropHeld();
    this.#writer?.abandon();
    this.#writer = null;
  }

  #consider(packet: Packet, kind: Kind, wallMs: number, stream: Stream, seconds: number): void {
    const isKey = kind === this.#leading && packet.isKeyframe;
    if (kind === this.#leading) this.#seenWallMs = Math.max(this.#seenWallMs, wallMs);
    if (!this.#started) {
      if (isKey && wallMs >= this.#request.toMs) {
        if (this.#held.length > 0) this.#start();
        this.#endWallMs = wallMs;
        return;
      }
      if (isKey && wallMs > this.#request.fromMs + 1 && this.#held.length > 0) this.#start();
      else if (isKey) {
        this.#dropHeld((held) => held.kind === this.#leading || held.wallMs < wallMs);
        this.#startWallMs = wallMs;
        this.#startSeconds = seconds + this.#shiftSeconds;
      }
    } else if (isKey && wallMs >= this.#request.toMs) this.#endWallMs = Math.min(this.#endWallMs, wallMs);
    if (!this.#started && kind === this.#leading && this.#held.length === 0 && !isKey) return;
    if (kind !== this.#leading ? wallMs >= this.#endWallMs : this.isOver) return;
    const held: Held = { packet, kind, wallMs, shiftSeconds: this.#shiftSeconds, base: stream.timeBase };
    if (this.#started) return this.#write(held);
    const copy = packet.clone();
    if (copy !== null) this.#held.push({ ...held, packet: copy });
  }

  #start(): void {
    this.#started = true;
    const held = this.#held;
    this.#held = [];
    for (const one of held) {
      if (one.wallMs >= this.#startWallMs - 1 || one.kind === this.#leading) this.#write(one);
      one.packet.free();
    }
  }

  #write(held: Held): void {
    if (held.kind !== this.#leading && held.wallMs < this.#startWallMs - 1) return;
    if (held.packet.dts === AV_NOPTS_VALUE) held.packet.dts = held.packet.pts;
    this.#writer?.write(held.packet, held.kind, held.base, held.shiftSeconds - this.#startSeconds);
  }

  #checkConfiguration(input: MediaInput, file: string): void {
    const configuration = [input.video, input.audio].map((s) => (s === null ? '' : `${PictureDecoder.keyOf(s)}:${s.codecpar.width}x${s.codecpar.height}:${s.codecpar.sampleRate}`)).join('|');
    if (this.#writer === null) {
      this.#leading = input.video === null ? 'audio' : 'video';
      this.#configuration = configuration;
      const apart = input.audio === null ? this.#request.sound?.[0] : undefined;
      this.#isSoundApart = apart !== undefined;
      const sound = apart === undefined ? null : MediaInput.open({ container: apart.container, file: apart.file, initFile: apart.initFile, encryption: apart.encryption });
      this.#writer = ClipWriter.open(this.#part, input.video, input.audio ?? sound?.audio ?? null);
      sound?.close();
    } else if (configuration !== this.#configuration) {
      throw new FaultError(makeFault('source-unsupported', file, 'picture or sound format changes inside the range; cut before and after it separately'));
    }
  }

  #dropHeld(which: (held: Held) => boolean = () => true): void {
    const kept: Held[] = [];
    for (const held of this.#held) {
      if (which(held)) held.packet.free();
      else kept.push(held);
    }
    this.#held = kept;
  }
}
