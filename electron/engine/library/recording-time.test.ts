import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRecordingTime, readCreationMs } from './recording-time.ts';

test('names as recorders write them give the local time; other numbers give none', () => {
  const expected = new Date(2024, 10, 23, 19, 30, 5).getTime();
  for (const name of ['录制-123456-20241123-193005-标题.flv', '2024-11-23 19-30-05.mp4', '主播_2024-11-23_19_30_05.ts', '20241123T193005.mkv', '2024.11.23 19.30.05.flv']) {
    assert.equal(parseRecordingTime(name), expected, name);
  }
  assert.equal(parseRecordingTime('录制-1-20241123-193005-456-标题.flv'), expected + 456);
  for (const name of ['video.mp4', '123456789012345678.flv', '20241323-193005.flv', '20240231-193005.flv', '20241123-253005.flv']) assert.equal(parseRecordingTime(name), null, name);
});

test('any name gives a time or none, and any time that is written is found again', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (name) => {
    const found = parseRecordingTime(name);
    assert.ok(found === null || Number.isFinite(found));
  }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 20 * 365 * 86_400 }), (seconds) => {
    const at = new Date(2004, 0, 1, 0, 0, seconds);
    const two = (value: number): string => String(value).padStart(2, '0');
    const name = `a-${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}.flv`;
    assert.equal(parseRecordingTime(name), at.getTime());
  }));
});

test('the creation time of an MP4 that ffmpeg wrote is read back, with the index in front or behind', () => {
  const dir = mkdtempSync(join(tmpdir(), 'zbj-time-'));
  try {
    for (const flags of [[], ['-movflags', '+faststart']]) {
      const file = join(dir, 'a.mp4');
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'sine=d=1', '-metadata', 'creation_time=2024-11-23T11:30:05Z', ...flags, file]);
      assert.equal(readCreationMs(file), Date.parse('2024-11-23T11:30:05Z'));
    }
    const mkv = join(dir, 'a.mkv');
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'sine=d=1', mkv]);
    assert.equal(readCreationMs(mkv), null);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
