import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ListedSegment, MediaPlaylist } from './playlist-parser.ts';
import { planSegments, type RunState } from './segment-plan.ts';

function listSegments(first: number, count: number, durationMs = 2000): ListedSegment[] {
  return Array.from({ length: count }, (_, index) => ({
    uri: `http://host/${first + index}.ts`, durationMs, mediaSequence: first + index, discontinuity: false, isGap: false, range: null, init: null, programDateMs: null, key: null,
  }));
}
const toPlaylist = (segments: ListedSegment[]): MediaPlaylist => ({ kind: 'media', targetDurationMs: 2000, ended: false, segments });
const fresh: RunState = { lastMediaSequence: null, endMs: null };

test('the burst of a first connection is placed before now', () => {
  const plan = planSegments(toPlaylist(listSegments(10, 6)), fresh, 100_000);
  assert.equal(plan?.startMs, 100_000 - 12_000);
  assert.equal(plan?.fetch.length, 6);
  assert.equal(plan?.missing, null);
});

test('only what is new is fetched, and time goes on where it ended', () => {
  const plan = planSegments(toPlaylist(listSegments(12, 6)), { lastMediaSequence: 15, endMs: 100_500 }, 104_700);
  assert.deepEqual(plan?.fetch.map((segment) => segment.mediaSequence), [16, 17]);
  assert.equal(plan?.startMs, 100_500);
  assert.equal(plan?.discontinuity, false);
});

test('an old copy of the playlist and a file listed twice add nothing, and what follows is not a gap', () => {
  const recent = new Map(listSegments(1, 15).map((segment) => [segment.uri, segment.mediaSequence]));
  const run: RunState = { lastMediaSequence: 15, endMs: 100_000, recent };
  assert.equal(planSegments(toPlaylist(listSegments(5, 6)), run, 101_000), null);
  const doubled = listSegments(11, 6);
  doubled.push({ ...(doubled[5] as ListedSegment), mediaSequence: 17 });
  assert.deepEqual(planSegments(toPlaylist(doubled), run, 102_000)?.fetch.map((segment) => segment.mediaSequence), [16]);
  const later = [...listSegments(13, 3), { ...(listSegments(15, 1)[0] as ListedSegment), mediaSequence: 16 }, { ...(listSegments(16, 1)[0] as ListedSegment), mediaSequence: 17 }];
  const plan = planSegments(toPlaylist(later), run, 102_000);
  assert.deepEqual([plan?.fetch.map((segment) => segment.mediaSequence), plan?.missing], [[17], null]);
});

test('an encoder that counts anew is one, though its first names were seen before', () => {
  const recent = new Map(listSegments(0, 9).map((segment) => [segment.uri, segment.mediaSequence]));
  assert.equal(planSegments(toPlaylist(listSegments(0, 2)), { lastMediaSequence: 8, endMs: 100_000, recent }, 104_000)?.restarted, true);
});

test('nothing new is no plan', () => {
  assert.equal(planSegments(toPlaylist(listSegments(12, 4)), { lastMediaSequence: 15, endMs: 100_000 }, 101_000), null);
});

test('segments that left the window are a gap up to what is still there', () => {
  const plan = planSegments(toPlaylist(listSegments(30, 3)), { lastMediaSequence: 15, endMs: 100_000 }, 140_000);
  assert.deepEqual(plan?.missing, { fromMs: 100_000, toMs: 134_000, why: 'left-window' });
  assert.equal(plan?.discontinuity, true);
});

test('an encoder that counts anew is noticed, a stale playlist of a cache is not taken for one', () => {
  assert.equal(planSegments(toPlaylist(listSegments(0, 3)), { lastMediaSequence: 500, endMs: 100_000 }, 110_000)?.missing?.why, 'encoder-restarted');
  assert.equal(planSegments(toPlaylist(listSegments(496, 3)), { lastMediaSequence: 500, endMs: 100_000 }, 101_000), null);
});

test('a source that paused and went on without losing a segment moves the clock and says so', () => {
  const plan = planSegments(toPlaylist(listSegments(16, 1)), { lastMediaSequence: 15, endMs: 100_000 }, 140_000);
  assert.deepEqual(plan?.missing, { fromMs: 100_000, toMs: 138_000, why: 'source-stalled' });
  assert.equal(plan?.discontinuity, false);
});

test('whatever windows come, no segment is planned twice and none in a window is skipped', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 3, max: 8 })), { minLength: 1, maxLength: 40 }), (steps) => {
    let first = 100;
    let nowMs = 1_000_000;
    let run = fresh;
    const planned: number[] = [];
    const offered = new Set<number>();
    for (const [advance, count] of steps) {
      first += advance;
      nowMs += advance * 2000;
      for (let seq = first; seq < first + count; seq += 1) offered.add(seq);
      const newest = first + count - 1;
      const plan = planSegments(toPlaylist(listSegments(first, count)), run, nowMs);
      if (plan === null) continue;
      if (plan.restarted) return; // a shrinking window looked like a restart: not this property's case
      planned.push(...plan.fetch.map((segment) => segment.mediaSequence));
      assert.ok(plan.missing === null || plan.missing.toMs > plan.missing.fromMs);
      run = { lastMediaSequence: newest, endMs: plan.startMs + plan.fetch.length * 2000 };
    }
    assert.equal(new Set(planned).size, planned.length);
    for (const seq of offered) assert.ok(planned.includes(seq), `segment ${seq} was offered and never planned`);
  }));
});

test('segments that only their query tells apart are all taken, also after a change of rendition', () => {
  const named = (first: number, count: number): ListedSegment[] => listSegments(first, count).map((segment) => ({ ...segment, uri: `http://host/segment?id=${segment.mediaSequence}` }));
  const recent = new Map(named(10, 3).map((segment) => [segment.uri, segment.mediaSequence]));
  assert.deepEqual(planSegments(toPlaylist(named(11, 4)), { lastMediaSequence: 12, endMs: 100_000, recent }, 104_000)?.fetch.map((segment) => segment.mediaSequence), [13, 14]);
  const switched = { path: 'http://host/segment', endProgramMs: null };
  assert.deepEqual(planSegments(toPlaylist(named(11, 4)), { lastMediaSequence: 12, endMs: 100_000, recent, switched }, 104_000)?.fetch.map((segment) => segment.mediaSequence), [13, 14]);
});

test('another rendition goes on where the recording ended: by the source\'s clock, by an equal count, by place', () => {
  const dated = (first: number, count: number, sourceMs: number): ListedSegment[] => listSegments(first, count).map((segment, index) => ({ ...segment, uri: `http://host/lo${first + index}.ts`, programDateMs: sourceMs + index * 2000 }));
  const run = (endProgramMs: number | null): RunState => ({ lastMediaSequence: 15, endMs: 100_000, switched: { path: 'http://host/hi15.ts', endProgramMs } });
  const sequences = (plan: ReturnType<typeof planSegments>) => plan?.fetch.map((segment) => segment.mediaSequence) ?? null;
  const byClock = planSegments(toPlaylist(dated(900, 5, 50_000)), run(54_000), 101_000);
  assert.deepEqual([sequences(byClock), byClock?.missing, byClock?.startMs, byClock?.discontinuity], [[902, 903, 904], null, 100_000, true]);
  const late = planSegments(toPlaylist(dated(900, 2, 58_000)), run(54_000), 106_000);
  assert.deepEqual(late?.missing, { fromMs: 100_000, toMs: 104_000, why: 'left-window' });
  assert.equal(planSegments(toPlaylist(dated(900, 2, 50_000)), run(54_000), 100_000), null);
  assert.deepEqual(sequences(planSegments(toPlaylist(listSegments(14, 4)), run(null), 104_500)), [16, 17]);
  assert.deepEqual(sequences(planSegments(toPlaylist(listSegments(700, 4)), run(null), 104_500)), [702, 703]);
});
