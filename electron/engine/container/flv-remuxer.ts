import { createHash } from 'node:crypto';
import type { DecoderConfig } from '../../contract/rooms.ts';
import { FlvReader, type FlvUnit } from './flv-reader.ts';
import { makeInitSegment, makeMediaSegment, type Sample, type TrackFormat, type TrackRun } from './fmp4-writer.ts';
import { readAudioConfig, readAvcConfig, readHevcConfig } from './sps-reader.ts';

/** A stored FLV file as fMP4: an init section and one media segment on the stream's own time axis. */
export type RemuxedFlv = { init: Buffer; media: Buffer; startMs: number };

/** Parameter sets in force: the last sequence headers of picture and sound. */
export type FlvConfigs = { video: FlvUnit | null; audio: FlvUnit | null };

const videoScale = 1000;
const maxFrameMs = 10_000;

/** Describes the decoder that sequence headers ask for; null before there are any. */
export function toDecoderConfig({ video, audio }: FlvConfigs): DecoderConfig | null {
  if (video === null && audio === null) return null;
  const hash = createHash('sha256');
  if (video?.video !== undefined) hash.update(video.video.codec).update(video.video.payload);
  if (audio?.audio !== undefined) hash.update('|').update(audio.audio.payload);
  const picture = video?.video === undefined ? null : video.video.codec === 'avc' ? readAvcConfig(video.video.payload) : video.video.codec === 'hevc' ? readHevcConfig(video.video.payload) : null;
  const sound = audio?.audio?.codec === 'aac' ? readAudioConfig(audio.audio.payload) : null;
  return { configHash: hash.digest('hex').slice(0, 16), videoCodec: picture?.codec ?? null, audioCodec: sound?.codec ?? null, width: picture?.width ?? null, height: picture?.height ?? null };
}

/**
 * Turns FLV bytes (the headers in force, if the file lacks them, then the file) into fMP4 that a browser plays; H.264, H.265 and AAC.
 * What follows a change of parameter sets inside the file is left out: the recorder splits there. Null when nothing playable is in it.
 */
export function remuxFlv(headers: Buffer | null, file: Buffer): RemuxedFlv | null {
  const units = [...(headers === null ? [] : readUnits(headers)), ...readUnits(file, headers !== null)];
  const configs: FlvConfigs = { video: null, audio: null };
  const pictures: FlvUnit[] = [];
  const sounds: FlvUnit[] = [];
  for (const unit of units) {
    if (unit.video?.packet === 'config') {
      if (pictures.length > 0 && configs.video !== null && !unit.video.payload.equals(configs.video.video?.payload ?? Buffer.alloc(0))) break;
      configs.video = unit;
    } else if (unit.audio?.packet === 'config' && unit.audio.codec === 'aac') configs.audio = unit;
    else if (unit.video?.packet === 'frames' && (pictures.length > 0 || unit.video.frame === 'key')) pictures.push(unit);
    else if (unit.audio?.packet === 'frames' && unit.audio.codec === 'aac') sounds.push(unit);
  }
  const tracks: TrackFormat[] = [];
  const runs: TrackRun[] = [];
  const picture = toVideoTrack(configs.video);
  if (picture !== null && pictures.length > 0) {
    tracks.push(picture);
    runs.push({ trackId: tracks.length, decodeTime: (pictures[0] as FlvUnit).timestampMs, samples: toPictureSamples(pictures) });
  }
  const sound = configs.audio?.audio === undefined ? null : readAudioConfig(configs.audio.audio.payload);
  if (sound !== null && sounds.length > 0) {
    tracks.push({ kind: 'audio', config: configs.audio?.audio?.payload as Buffer, sampleRate: sound.sampleRate, channels: sound.channels, timescale: sound.sampleRate });
    runs.push(...toSoundRuns(sounds, tracks.length, sound.sampleRate));
  }
  if (runs.length === 0) return null;
  const startMs = Math.min(pictures[0]?.timestampMs ?? Infinity, sounds[0]?.timestampMs ?? Infinity);
  return { init: makeInitSegment(tracks), media: makeMediaSegment(1, runs), startMs };
}

/** Reads whole pieces of FLV; a file that goes on where another ended is read behind a header of our own. */
function readUnits(bytes: Buffer, isContinued = false): FlvUnit[] {
  const reader = new FlvReader();
  if (isContinued && bytes.toString('latin1', 0, 3) !== 'FLV') reader.push(Buffer.from([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]));
  return reader.push(bytes);
}

function toVideoTrack(unit: FlvUnit | null): TrackFormat | null {
  const video = unit?.video;
  if (video === undefined || (video.codec !== 'avc' && video.codec !== 'hevc')) return null;
  const format = video.codec === 'avc' ? readAvcConfig(video.payload) : readHevcConfig(video.payload);
  return format === null ? null : { kind: 'video', codec: video.codec, config: video.payload, width: format.width, height: format.height, timescale: videoScale };
}

function toPictureSamples(units: readonly FlvUnit[]): Sample[] {
  let last = 40;
  return units.map((unit, index) => {
    const next = units[index + 1];
    const step = next === undefined ? last : next.timestampMs - unit.timestampMs;
    last = step >= 0 && step <= maxFrameMs ? step : last;
    return { data: unit.video?.payload as Buffer, duration: last, compositionOffset: unit.video?.compositionMs ?? 0, isKey: unit.video?.frame === 'key' };
  });
}

/** Sound frames last 1024 samples each; where the stream's times leave a hole a new run begins. */
function toSoundRuns(units: readonly FlvUnit[], trackId: number, sampleRate: number): TrackRun[] {
  const runs: TrackRun[] = [];
  let expectedMs = -Infinity;
  for (const unit of units) {
    let run = runs.at(-1);
    if (run === undefined || Math.abs(unit.timestampMs - expectedMs) > 100) {
      run = { trackId, decodeTime: (unit.timestampMs * sampleRate) / 1000, samples: [] };
      runs.push(run);
      expectedMs = unit.timestampMs;
    }
    run.samples.push({ data: unit.audio?.payload as Buffer, duration: 1024, compositionOffset: 0, isKey: true });
    expectedMs += (1024 * 1000) / sampleRate;
  }
  return runs;
}
