import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { listBoxes, readFragmentStarts, readTracks } from './mp4-boxes.ts';
import { readTsHeaders } from './ts-headers.ts';

const demo = join(import.meta.dirname, '../../../resources/demo');
const tsFile = readFileSync(join(demo, 'demo-tea/540/000.ts')).subarray(0, 64 << 10);
const init = readFileSync(join(demo, 'demo-bags/540/init.mp4'));
const fragment = readFileSync(join(demo, 'demo-bags/540/003.m4s')).subarray(0, 64 << 10);

test('a transport stream tells picture, sound and first time', () => {
  const headers = readTsHeaders(tsFile);
  assert.match(headers?.video?.codec ?? '', /^avc1\./);
  assert.deepEqual([headers?.video?.format?.width, headers?.video?.format?.height], [540, 960]);
  assert.match(headers?.audio?.codec ?? '', /^mp4a\.40\.2$/);
  assert.ok(headers?.startMs !== null && headers?.startMs !== undefined && headers.startMs >= 0);
});

test('an init section and its fragments tell the same', () => {
  const tracks = readTracks(init);
  const video = tracks?.find((track) => track.kind === 'video');
  assert.match(video?.codec ?? '', /^(avc1|hvc1)\./);
  assert.deepEqual([video?.width, video?.height], [540, 960]);
  assert.equal(tracks?.find((track) => track.kind === 'audio')?.codec, 'mp4a.40.2');
  const starts = readFragmentStarts(fragment);
  const start = starts.find((found) => found.trackId === video?.trackId);
  assert.ok(start !== undefined && video !== undefined && start.decodeTime / video.timescale > 1);
});

test('HEVC in a transport stream, and two resolutions with different parameter sets', { timeout: 60_000 }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'ts-headers-'));
  const encode = (name: string, size: string, codec: string): Buffer | null => {
    const path = join(dir, name);
    try {
      execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc=s=${size}:r=10:d=0.5`, '-output_ts_offset', '100', '-c:v', codec, '-threads', '1', '-f', 'mpegts', path]);
    } catch {
      return null;
    }
    return readFileSync(path);
  };
  const small = encode('a.ts', '320x240', 'libx264');
  const large = encode('b.ts', '640x360', 'libx264');
  const hevc = encode('c.ts', '480x272', 'libx265');
  if (small === null || large === null || hevc === null) return t.skip('no encoder on this machine');
  const [a, b, c] = [small, large, hevc].map((bytes) => readTsHeaders(bytes));
  assert.deepEqual([a?.video?.format?.width, b?.video?.format?.width, c?.video?.format?.width], [320, 640, 480]);
  assert.ok(!a?.video?.sets.equals(b?.video?.sets ?? Buffer.alloc(0)));
  assert.match(c?.video?.codec ?? '', /^hvc1\./);
  assert.ok(Math.abs((a?.startMs ?? 0) - 101_400) < 1500, String(a?.startMs));
  assert.equal(a?.audio, null);
});

test('no damage to a real file makes a reader throw or run long', () => {
  const damage = fc.record({ cut: fc.double({ min: 0, max: 1, noNaN: true }), edits: fc.array(fc.tuple(fc.double({ min: 0, max: 0.05, noNaN: true }), fc.integer({ min: 0, max: 255 })), { maxLength: 30 }) });
  fc.assert(fc.property(fc.constantFrom(tsFile, init, fragment), damage, (real, { cut, edits }) => {
    const bytes = Buffer.from(real.subarray(0, Math.round(real.length * cut)));
    for (const [where, value] of edits) if (bytes.length > 0) bytes[Math.floor(where * bytes.length)] = value;
    const beganMs = performance.now();
    readTsHeaders(bytes);
    readTracks(bytes);
    readFragmentStarts(bytes);
    assert.ok(performance.now() - beganMs < 500);
  }), { numRuns: 2000 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 4000 }), (raw) => {
    const bytes = Buffer.from(raw);
    assert.ok(readTsHeaders(bytes) === null || bytes.length > 187);
    readTracks(bytes);
    readFragmentStarts(bytes);
    for (const box of listBoxes(bytes)) assert.ok(box.end > box.start - 1);
  }), { numRuns: 2000 });
});
