import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { FlvReader, type FlvUnit } from './flv-reader.ts';
import { remuxFlv } from './flv-remuxer.ts';
import { listBoxes, readFragmentStarts, readTracks } from './mp4-boxes.ts';

const media = join(import.meta.dirname, '../../../e2e/origin/flv');
const avc = readFileSync(join(media, 'avc.flv'));
const hevc = readFileSync(join(media, 'hevc.flv'));

function isFrame(unit: FlvUnit): boolean {
  return unit.video?.packet === 'frames' || unit.audio?.packet === 'frames';
}

/** The stored form of a stream: its headers, and the frames from the n-th key frame on. */
function sliceAt(bytes: Buffer, key: number): { headers: Buffer; file: Buffer; firstMs: number } {
  const units = new FlvReader().push(bytes);
  const headers = units.filter((unit) => !isFrame(unit));
  const keys = units.filter((unit) => unit.video?.frame === 'key' && unit.video.packet === 'frames');
  const from = units.indexOf(keys[key] as FlvUnit);
  const frames = units.slice(from).filter(isFrame);
  return { headers: Buffer.concat(headers.map((unit) => unit.bytes)), file: Buffer.concat(frames.map((unit) => unit.bytes)), firstMs: Math.min(...frames.map((unit) => unit.timestampMs)) };
}

for (const [name, bytes, codec] of [['H.264', avc, /^avc1\./], ['H.265', hevc, /^hvc1\./]] as const) {
  test(`${name} in FLV becomes an init section and a fragment that hold every frame at its time`, () => {
    const remuxed = remuxFlv(null, bytes);
    assert.ok(remuxed !== null);
    const tracks = readTracks(remuxed.init) ?? [];
    const video = tracks.find((track) => track.kind === 'video');
    assert.match(video?.codec ?? '', codec);
    assert.ok((video?.width ?? 0) > 0);
    const frames = new FlvReader().push(bytes).filter(isFrame);
    const held = frames.reduce((sum, unit) => sum + (unit.video?.payload.length ?? unit.audio?.payload.length ?? 0), 0);
    const mdat = listBoxes(remuxed.media).find((box) => box.type === 'mdat');
    assert.equal((mdat?.end ?? 0) - (mdat?.start ?? 0), held);
  });
}

test('a later file keeps the time of the stream, so that files follow one another without a jump', () => {
  const { headers, file, firstMs } = sliceAt(avc, 1);
  const remuxed = remuxFlv(headers, file);
  assert.ok(remuxed !== null && firstMs > 0);
  const video = readTracks(remuxed.init)?.find((track) => track.kind === 'video');
  const start = readFragmentStarts(remuxed.media).find((found) => found.trackId === video?.trackId);
  assert.ok(video !== undefined && start !== undefined);
  assert.ok(Math.abs((start.decodeTime * 1000) / video.timescale - firstMs) < 60, `${start.decodeTime} ${firstMs}`);
  assert.equal(remuxed.startMs, firstMs);
  assert.equal(remuxFlv(null, file), null, 'without its headers there is nothing to play');
});

test('no damage makes the remuxer throw, run long or invent bytes', () => {
  const { headers, file } = sliceAt(avc, 1);
  const damage = fc.record({ cut: fc.double({ min: 0, max: 1, noNaN: true }), edits: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })), { maxLength: 20 }), ownHeaders: fc.boolean() });
  fc.assert(fc.property(damage, ({ cut, edits, ownHeaders }) => {
    const bytes = Buffer.from((ownHeaders ? avc : file).subarray(0, Math.round(file.length * cut)));
    for (const [where, value] of edits) if (bytes.length > 0) bytes[Math.floor(where * bytes.length)] = value;
    const beganMs = performance.now();
    const remuxed = remuxFlv(ownHeaders ? null : headers, bytes);
    assert.ok(performance.now() - beganMs < 500);
    assert.ok(remuxed === null || remuxed.media.length < 2 * bytes.length + 4096);
  }), { numRuns: 500 });
});
