import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseByteRange } from './byte-range.ts';
import type { LoopManifest } from './loop-media.ts';
import { completeAtMs, firstSequence, formatMediaPlaylist, graceSegments, isServed, loopIndex, newestSequence, nextMessage, parseSegmentName, planWindow, programDateMs, segmentName, timeLoop } from './loop-playlist.ts';

const manifest = (segments: number, container: 'ts' | 'fmp4' = 'ts'): LoopManifest => ({
  id: 'r', name: 'r', platform: '', host: '', container, segmentMs: 2000,
  variants: [{ name: '540', width: 540, height: 960, bandwidth: 1, codecs: '', init: container === 'fmp4' ? 'init.mp4' : null, segments: Array.from({ length: segments }, (_, i) => `${i}.${container === 'ts' ? 'ts' : 'm4s'}`) }],
});

const instant = fc.integer({ min: Date.UTC(2026, 5, 1), max: Date.UTC(2036, 0, 1) });
const read = (playlist: string, tag: string): string | undefined => new RegExp(`^#${tag}:(.*)$`, 'm').exec(playlist)?.[1];
const variantOf = (m: LoopManifest) => m.variants[0] ?? assert.fail('no variant');

test('at the start the loop begins at its first segment, whatever the instant', () => {
  fc.assert(fc.property(instant, fc.integer({ min: 1, max: 40 }), (startedAtMs, segments) => {
    const timing = timeLoop(manifest(segments), startedAtMs);
    const window = planWindow(timing, startedAtMs);
    assert.equal(loopIndex(timing, window.first), 0);
    assert.equal(window.last - window.first, 2);
    assert.equal(programDateMs(timing, window.last) + 2000, startedAtMs);
    assert.equal(completeAtMs(timing, window.last), startedAtMs);
  }));
});

test('sequence and discontinuity sequence never go back, and count exactly what left the window', () => {
  fc.assert(fc.property(instant, fc.integer({ min: 1, max: 30 }), fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 40 }), (startedAtMs, segments, steps) => {
    const m = manifest(segments);
    const timing = timeLoop(m, startedAtMs);
    let nowMs = startedAtMs;
    let before: { sequence: number; discontinuity: number } | null = null;
    for (const step of steps) {
      nowMs += step;
      const playlist = formatMediaPlaylist(timing, m, variantOf(m), nowMs);
      const now = { sequence: Number(read(playlist, 'EXT-X-MEDIA-SEQUENCE')), discontinuity: Number(read(playlist, 'EXT-X-DISCONTINUITY-SEQUENCE')) };
      if (before) {
        let left = 0;
        for (let s = before.sequence; s < now.sequence; s++) left += loopIndex(timing, s) === 0 ? 1 : 0;
        assert.equal(now.discontinuity - before.discontinuity, left);
        assert.ok(now.sequence >= before.sequence);
      }
      before = now;
    }
  }));
});

test('an origin started anew at a later instant counts on beyond everything before', () => {
  fc.assert(fc.property(instant, fc.integer({ min: 0, max: 10_000_000 }), (startedAtMs, laterMs) => {
    const m = manifest(22);
    const old = timeLoop(m, startedAtMs);
    const fresh = timeLoop(m, startedAtMs + laterMs);
    assert.ok(newestSequence(fresh, startedAtMs + laterMs) >= newestSequence(old, startedAtMs + laterMs));
    const discontinuity = (timing: typeof old) => Number(read(formatMediaPlaylist(timing, m, variantOf(m), startedAtMs + laterMs), 'EXT-X-DISCONTINUITY-SEQUENCE'));
    if (laterMs >= 12_000) assert.ok(discontinuity(fresh) > discontinuity(old));
  }));
});

test('each listed segment is served; what has left the grace or lies ahead is not', () => {
  const m = manifest(5);
  const timing = timeLoop(m, 1_790_000_000_123);
  const nowMs = timing.startedAtMs + 61_700;
  const { first, last } = planWindow(timing, nowMs);
  assert.equal(last - first + 1, 6);
  for (let s = first - graceSegments; s <= last; s++) assert.equal(isServed(timing, s, nowMs), true, String(s));
  assert.equal(isServed(timing, first - graceSegments - 1, nowMs), false);
  assert.equal(isServed(timing, last + 1, nowMs), false);
  assert.equal(isServed(timing, firstSequence(timing) - 1, timing.startedAtMs), false);
});

test('a playlist carries date, map and discontinuity where the loop begins', () => {
  const m = manifest(4, 'fmp4');
  const timing = timeLoop(m, 1_790_000_000_000);
  const playlist = formatMediaPlaylist(timing, m, variantOf(m), timing.startedAtMs + 6_000);
  const lines = playlist.trim().split('\n');
  assert.equal(lines.filter((line) => line === '#EXT-X-DISCONTINUITY').length, 2);
  assert.equal(lines.filter((line) => line.startsWith('#EXT-X-MAP')).length, 2);
  assert.equal(lines.filter((line) => line.endsWith('.m4s')).length, 6);
  const second = lines.lastIndexOf('#EXT-X-DISCONTINUITY');
  assert.match(lines[second + 1] ?? '', /^#EXT-X-MAP:URI="init.mp4"$/);
  assert.equal(lines[second + 2], `#EXT-X-PROGRAM-DATE-TIME:${new Date(timing.startedAtMs + 2_000).toISOString()}`);
});

test('an encoder that begins anew counts from 0 and lists nothing older', () => {
  const m = manifest(4);
  const timing = timeLoop(m, 1_790_000_000_000);
  const resetMs = timing.startedAtMs + 20_000;
  const twist = { sequenceShift: newestSequence(timing, resetMs), ended: false };
  const atReset = formatMediaPlaylist(timing, m, variantOf(m), resetMs, twist);
  assert.equal(read(atReset, 'EXT-X-MEDIA-SEQUENCE'), '0');
  assert.deepEqual(atReset.match(/^\d+\.ts$/gm), ['0.ts']);
  const later = formatMediaPlaylist(timing, m, variantOf(m), resetMs + 20_000, twist);
  assert.equal(read(later, 'EXT-X-MEDIA-SEQUENCE'), '5');
  assert.ok(Number(read(later, 'EXT-X-DISCONTINUITY-SEQUENCE')) >= 1);
});

test('chat comes once per loop, in order, and never twice', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 40_000 }), (offsets, startMs) => {
    const m = manifest(5);
    const timing = timeLoop(m, 1_790_000_000_000);
    const messages = [...new Set(offsets)].sort((a, b) => a - b).map((offsetMs) => ({ offsetMs, user: 'u', text: String(offsetMs) }));
    let nowMs = timing.startedAtMs + startMs;
    const seen: number[] = [];
    while (seen.length < messages.length * 2) {
      const next = nextMessage(m, timing, messages, nowMs) ?? assert.fail('no message');
      assert.ok(next.dueMs > nowMs);
      assert.equal((next.atMs - programDateMs(timing, firstSequence(timing))) % 10_000, next.message.offsetMs);
      seen.push((nowMs = next.dueMs));
    }
    assert.equal((seen[messages.length] ?? 0) - (seen[0] ?? 0), 10_000);
  }));
});

test('segment names say their sequence and nothing else passes for one', () => {
  fc.assert(fc.property(fc.nat(), fc.string(), (sequence, text) => {
    const m = manifest(3);
    assert.equal(parseSegmentName(m, segmentName(m, sequence)), sequence);
    const parsed = parseSegmentName(m, text);
    assert.ok(parsed === null || Number.isInteger(parsed));
  }));
  assert.equal(parseSegmentName(manifest(3), '12.m4s'), null);
  assert.equal(parseSegmentName(manifest(3), '-1.ts'), null);
});

test('a byte range is a slice of the body, all of it, or unsatisfiable', () => {
  assert.deepEqual(parseByteRange('bytes=0-99', 1000), { kind: 'slice', from: 0, to: 100 });
  assert.deepEqual(parseByteRange('bytes=900-', 1000), { kind: 'slice', from: 900, to: 1000 });
  assert.deepEqual(parseByteRange('bytes=-10', 1000), { kind: 'slice', from: 990, to: 1000 });
  assert.deepEqual(parseByteRange('bytes=1000-', 1000), { kind: 'unsatisfiable' });
  assert.deepEqual(parseByteRange('bytes=-0', 1000), { kind: 'unsatisfiable' });
  assert.deepEqual(parseByteRange('bytes=0-1,3-4', 1000), { kind: 'all' });
  assert.deepEqual(parseByteRange(undefined, 1000), { kind: 'all' });
  fc.assert(fc.property(fc.string(), fc.nat(5000), (header, total) => {
    const range = parseByteRange(header, total);
    if (range.kind === 'slice') assert.ok(range.from >= 0 && range.from < range.to && range.to <= total);
  }));
});
