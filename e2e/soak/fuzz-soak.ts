import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { findBox, listBoxes, readFragmentStarts, readTracks } from '../../electron/engine/container/mp4-boxes.ts';
import { readTsHeaders } from '../../electron/engine/container/ts-headers.ts';
import { FlvReader } from '../../electron/engine/container/flv-reader.ts';
import { remuxFlv } from '../../electron/engine/container/flv-remuxer.ts';
import { readAudioConfig, readAvcConfig, readAvcSps, readHevcConfig, readHevcSps } from '../../electron/engine/container/sps-reader.ts';
import { parseChat } from '../../electron/engine/perception/chat-parser.ts';
import { parseSubtitles } from '../../electron/engine/perception/subtitle-parser.ts';
import { sniffContainer } from '../../electron/engine/recorder/media-sniffer.ts';
import { parsePlaylist } from '../../electron/engine/recorder/playlist-parser.ts';
import { planSegments } from '../../electron/engine/recorder/segment-plan.ts';
import { repository } from '../engine-process.ts';
import { loadBinaryCorpus, playlistCorpus, textCorpus } from './fuzz-corpus.ts';
import { mutateBytes, mutateText } from './fuzz-mutator.ts';
import { makeRandom, toPercentile, type SoakResult } from './soak-result.ts';

type Random = () => number;
/** One parser under fuzz: makes an input from random numbers, and runs it with what must hold of the result. */
type Target = { name: string; share: number; make: (random: Random) => string | Buffer; run: (input: string | Buffer, random: Random) => void };

const caseLimitMs = 1000;
const growthLimitMiB = 32;
const fastCheckShare = 0.02;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

function makePlaylist(random: Random): string {
  const text = mutateText(pick(random, playlistCorpus), playlistCorpus, random);
  // Without its first line a text is refused at once: most inputs keep it, so that what lies behind is reached.
  return random() < 0.9 && !/^\uFEFF?#EXTM3U/.test(text) ? `#EXTM3U\n${text}` : text;
}

function checkPlaylist(text: string, random: Random): void {
  const parsed = parsePlaylist(text, 'https://live.example.com/room/index.m3u8?token=1');
  if ('code' in parsed || parsed.kind === 'master') return;
  assert.ok(parsed.targetDurationMs >= 500 && parsed.targetDurationMs <= 60_000, 'target duration');
  for (const [index, segment] of parsed.segments.entries()) {
    assert.ok(Number.isFinite(segment.durationMs) && segment.durationMs >= 0 && segment.durationMs <= 120_000, `duration ${segment.durationMs}`);
    assert.ok(Number.isSafeInteger(segment.mediaSequence) && segment.mediaSequence >= 0, `sequence ${segment.mediaSequence}`);
    assert.ok(index === 0 || segment.mediaSequence > (parsed.segments[index - 1]?.mediaSequence ?? 0), 'order');
    if (segment.range !== null) assert.ok(Number.isSafeInteger(segment.range.from) && Number.isSafeInteger(segment.range.to) && segment.range.from >= 0 && segment.range.to >= segment.range.from, `range ${segment.range.from}-${segment.range.to}`);
  }
  const lastMediaSequence = random() < 0.2 ? null : Math.floor(random() * 9000);
  const nowMs = 1_795_000_000_000;
  const plan = planSegments(parsed, { lastMediaSequence, endMs: lastMediaSequence === null ? null : nowMs - random() * 60_000 }, nowMs);
  if (plan === null) return;
  assert.ok(Number.isFinite(plan.startMs) && plan.fetch.length > 0 && plan.fetch.length <= parsed.segments.length, 'plan');
  if (plan.missing !== null) assert.ok(plan.missing.toMs > plan.missing.fromMs, 'gap');
}

function checkFlvStream(input: Buffer, random: Random): void {
  const reader = new FlvReader();
  const pieces: Buffer[] = [];
  for (let at = 0; at < input.length;) {
    const step = 1 + Math.floor(random() * (random() < 0.5 ? 16 : 4096));
    for (const unit of reader.push(input.subarray(at, at + step))) {
      assert.equal(unit.offset, pieces.reduce((sum, piece) => sum + piece.length, 0));
      pieces.push(unit.bytes);
    }
    at += step;
  }
  const whole = Buffer.concat(pieces);
  assert.ok(whole.equals(input.subarray(0, whole.length)), 'pieces are the stream');
  if (reader.broken === null) assert.equal(whole.length + reader.heldBytes, input.length);
}

function makeTargets(): Target[] {
  const { flv, any, parameterSets } = loadBinaryCorpus();
  const heads = flv.map((file) => file.subarray(0, 3000));
  const flvHeads = heads.length > 0 ? heads : [Buffer.from('464c5601050000000900000000', 'hex')];
  const short = flv.map((file) => file.subarray(0, 40_000));
  const [tsHead, fragment, init] = [any[0] as Buffer, any[1] as Buffer, any[2] as Buffer];
  const boxed = [fragment.subarray(0, 2000), init];
  const asText = (input: string | Buffer): string => String(input);
  const asBytes = (input: string | Buffer): Buffer => input as Buffer;
  return [
    { name: 'playlists', share: 1, make: makePlaylist, run: (input, random) => checkPlaylist(asText(input), random) },
    { name: 'flv-streams', share: 0.5, make: (random) => mutateBytes(pick(random, flvHeads), any, random), run: (input, random) => checkFlvStream(asBytes(input), random) },
    { name: 'flv-remux', share: 0.02, make: (random) => mutateBytes(pick(random, short.length > 0 ? short : flvHeads), any, random), run: (input, random) => void remuxFlv(random() < 0.5 ? null : pick(random, flvHeads), asBytes(input)) },
    { name: 'container-heads', share: 0.5, make: (random) => mutateBytes(pick(random, any).subarray(0, 64), any, random), run: (input) => {
      const bytes = asBytes(input);
      sniffContainer(bytes.subarray(0, 16), 'a.ts');
      listBoxes(bytes);
    } },
    { name: 'ts-headers', share: 0.3, make: (random) => mutateBytes(tsHead, any, random), run: (input) => void readTsHeaders(asBytes(input)) },
    { name: 'mp4-headers', share: 0.3, make: (random) => mutateBytes(pick(random, boxed), boxed, random), run: (input) => {
      const bytes = asBytes(input);
      findBox(bytes, ['moov', 'trak', 'mdia']);
      readTracks(bytes);
      readFragmentStarts(bytes);
    } },
    { name: 'parameter-sets', share: 1, make: (random) => mutateBytes(pick(random, parameterSets), parameterSets, random), run: (input) => {
      const bytes = asBytes(input);
      for (const read of [readAvcConfig, readHevcConfig, readAvcSps, readHevcSps]) {
        const format = read(bytes);
        if (format !== null) assert.ok(Number.isFinite(format.width) && Number.isFinite(format.height), `${read.name} ${format.width}x${format.height}`);
      }
      readAudioConfig(bytes);
    } },
    { name: 'subtitles', share: 0.2, make: (random) => mutateText(pick(random, textCorpus), textCorpus, random), run: (input) => {
      for (const cue of parseSubtitles(asText(input))) assert.ok(Number.isFinite(cue.startMs) && Number.isFinite(cue.endMs), 'cue times');
    } },
    { name: 'chat', share: 0.2, make: (random) => mutateText(pick(random, textCorpus), textCorpus, random), run: (input, random) => {
      for (const message of parseChat(asText(input), random() < 0.5 ? 'xml' : 'jsonl')) assert.ok(Number.isFinite(message.startMs), 'message time');
    } },
  ];
}

async function collectGarbage(): Promise<{ heapMiB: number; rssMiB: number }> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) {
    collect();
    await nextTurn(); // the memory of buffers is given back between turns
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapMiB: (heapUsed + external) / 1_048_576, rssMiB: rss / 1_048_576 };
}

function keep(name: string, input: string | Buffer): string {
  const dir = path.join(repository, 'test-results', 'fuzz');
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, `${name}-${Date.now() % 1e9}.bin`);
  writeFileSync(file, input);
  return file;
}

async function fuzzTarget(target: Target, cases: number, seed: number): Promise<{ line: string; problems: string[] }> {
  const random = makeRandom(seed);
  const problems: string[] = [];
  const tookMs: number[] = [];
  let worstMs = 0;
  const startedMs = performance.now();
  let before = await collectGarbage();
  const attempt = (input: string | Buffer): void => {
    const fromMs = performance.now();
    try {
      target.run(input, random);
    } catch (thrown) {
      if (problems.length < 5) problems.push(`${target.name}: ${thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown)} (${keep(target.name, input)})`);
    }
    const ms = performance.now() - fromMs;
    worstMs = Math.max(worstMs, ms);
    if (tookMs.length < 100_000) tookMs.push(ms);
    if (ms > caseLimitMs) problems.push(`${target.name}: ${ms.toFixed(0)} ms for one case (${keep(target.name, input)})`);
  };
  const arbitrary = Math.round(cases * fastCheckShare);
  const isText = typeof target.make(random) === 'string';
  fc.assert(fc.property(isText ? fc.string({ unit: 'binary', maxLength: 400 }) : fc.uint8Array({ maxLength: 400 }), (value) => attempt(typeof value === 'string' ? value : Buffer.from(value))), { numRuns: arbitrary, seed });
  for (let count = arbitrary; count < cases; count += 1) {
    if (count === Math.max(arbitrary, Math.floor(cases / 10))) before = await collectGarbage(); // past the warm-up
    attempt(target.make(random));
  }
  const after = await collectGarbage();
  const grownMiB = after.heapMiB - before.heapMiB;
  if (grownMiB > growthLimitMiB) problems.push(`${target.name}: memory grew by ${grownMiB.toFixed(1)} MiB`);
  return {
    line: `| ${target.name} | ${cases.toLocaleString('en')} | ${problems.length} | ${toPercentile(tookMs, 0.5).toFixed(3)} ms | ${worstMs.toFixed(0)} ms | ${grownMiB >= 0 ? '+' : ''}${grownMiB.toFixed(1)} MiB | ${after.rssMiB.toFixed(0)} MiB | ${((performance.now() - startedMs) / 1000).toFixed(0)} s |`,
    problems,
  };
}

/** Sends mutated real inputs and arbitrary ones through every parser of what networks and files bring: nothing may throw, take a second, or keep memory. */
export async function runFuzz(args: string[]): Promise<SoakResult> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string', default: String(Date.now() % 1e6) } } });
  const problems: string[] = [];
  const rows: string[] = [];
  for (const target of makeTargets().filter((item) => positionals.length === 0 || positionals.includes(item.name))) {
    const { line, problems: found } = await fuzzTarget(target, Math.round(Number(values.cases) * target.share), Number(values.seed));
    process.stderr.write(`${line}\n`);
    rows.push(line);
    problems.push(...found);
  }
  return {
    held: problems.length === 0,
    lines: [`seed ${values.seed}`, '| parser | inputs | failures | median | slowest | heap after GC, from a tenth to the end | RSS | took |', '|---|---|---|---|---|---|---|---|', ...rows, ...problems],
  };
}
