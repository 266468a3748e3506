import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCaptionPairs, toFraming } from './cea608-sei.ts';
import { Cea608Track } from './cea608-track.ts';

const parity = (byte: number): number => byte | (byte.toString(2).replaceAll('0', '').length % 2 === 0 ? 0x80 : 0);
const pairsOf = (...bytes: number[]): [number, number][] => bytes.flatMap((byte, i) => (i % 2 === 0 ? [[parity(byte), parity(bytes[i + 1] ?? 0)] as [number, number]] : []));
const letters = (text: string): number[] => [...Buffer.from(text.length % 2 === 0 ? text : `${text} `)];
const twice = (a: number, b: number): number[] => [a, b, a, b];

/** One SEI message as an encoder writes it, escaped, behind an access unit delimiter and before a slice. */
function makePicture(pairs: [number, number][], lengthBytes: number, codec: 'avc' | 'hevc'): Buffer {
  const t35 = Buffer.from([0xb5, 0, 0x31, ...Buffer.from('GA94'), 3, 0x40 | pairs.length, 0xff, ...pairs.flatMap(([a, b]) => [0xfc, a, b]), 0xff]);
  const escaped: number[] = [];
  for (const byte of [4, t35.length, ...t35, 0x80]) {
    if (escaped.at(-1) === 0 && escaped.at(-2) === 0 && byte <= 3) escaped.push(3);
    escaped.push(byte);
  }
  const units = codec === 'avc' ? [[9, 0x10], [6, ...escaped], [0x65, 1, 2, 3]] : [[70, 1, 0x10], [78, 1, ...escaped], [38, 1, 2, 3]];
  return Buffer.concat(units.map((unit) => {
    const head = Buffer.from([0, 0, 0, 1]);
    if (lengthBytes > 0) head.writeUInt32BE(unit.length);
    return Buffer.concat([head, Buffer.from(unit)]);
  }));
}

function play(pairs: [number, number][], order: (count: number) => number[] = (count) => Array.from({ length: count }, (_, i) => i)): { startMs: number; endMs: number; text: string }[] {
  const track = new Cea608Track();
  for (const [at, index] of order(pairs.length).entries()) {
    const picture = makePicture([pairs[index] as [number, number]], 4, 'avc');
    track.push(index * 40, at * 40 - 80, readCaptionPairs(picture, { codec: 'avc', lengthBytes: 4 }));
  }
  track.flush();
  return track.take();
}

const popOn = pairsOf(...twice(0x14, 0x20), ...twice(0x14, 0x2e), ...twice(0x14, 0x70), ...letters('CURES ALL'), ...twice(0x11, 0x37), ...twice(0x14, 0x2f), 0, 0, 0, 0, ...twice(0x14, 0x2c));

test('pop-on, roll-up and paint-on captions, the repeated command once', () => {
  assert.deepEqual(play(popOn), [{ startMs: 13 * 40, endMs: 17 * 40, text: 'CURES ALL ♪' }]);
  const rollUp = pairsOf(...twice(0x14, 0x25), ...twice(0x14, 0x2d), ...letters('ONE!'), ...twice(0x14, 0x2d), ...letters('TWO!'), ...twice(0x14, 0x2c));
  assert.deepEqual(play(rollUp).map(({ text }) => text), ['ONE!', 'TWO!']);
  const paintOn = pairsOf(...twice(0x14, 0x29), ...twice(0x14, 0x70), ...letters('AB'), 0x12, 0x20, ...twice(0x14, 0x2c));
  assert.deepEqual(play(paintOn).map(({ text }) => text), ['AÁ']);
});

test('another service is passed over, and ours goes on behind it', () => {
  const mixed = pairsOf(...twice(0x14, 0x29), ...letters('OURS'), ...twice(0x1c, 0x29), ...letters('THEIRS'), ...twice(0x14, 0x29), ...letters('!!'), ...twice(0x14, 0x2c));
  assert.deepEqual(play(mixed).map(({ text }) => text), ['OURS!!']);
});

test('pictures in the order of decoding are read in the order of presentation', () => {
  const bFrames = (count: number): number[] => Array.from({ length: count }, (_, i) => i).sort((a, b) => Math.floor(a / 3) - Math.floor(b / 3) || ((a % 3) + 1) % 3 - (((b % 3) + 1) % 3));
  assert.deepEqual(play(popOn, bFrames), play(popOn));
});

test('both framings and both codecs carry them; nothing makes the reader throw', () => {
  const pairs: [number, number][] = [[0, 0], [0x94, 0x2c]];
  for (const codec of ['avc', 'hevc'] as const) for (const lengthBytes of [0, 4]) assert.deepEqual(readCaptionPairs(makePicture(pairs, lengthBytes, codec), { codec, lengthBytes }).map(({ type, first, second }) => [type, first, second]), pairs.map((pair) => [0, ...pair]));
  assert.deepEqual(toFraming('avc', Buffer.from([1, 0x64, 0, 0x1f, 0xff, 0xe1, 0])), { codec: 'avc', lengthBytes: 4 });
  const whole = makePicture(popOn.slice(0, 20), 4, 'avc');
  fc.assert(fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(whole.length), fc.constantFrom(0, 1, 2, 4), fc.constantFrom('avc' as const, 'hevc' as const), (at, byte, cut, lengthBytes, codec) => {
    const altered = Buffer.from(whole);
    altered[at] = byte;
    const track = new Cea608Track();
    track.push(0, 0, readCaptionPairs(altered.subarray(0, cut), { codec, lengthBytes }));
    track.flush();
  }), { numRuns: 2000 });
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(255), fc.nat(255)), { maxLength: 400 }), (random) => {
    const track = new Cea608Track();
    random.forEach(([first, second], i) => track.push(i * 40, i * 40, [{ type: 0, first, second }]));
    track.flush();
    for (const { startMs, endMs, text } of track.take()) assert.ok(endMs > startMs && text.length <= 15 * 33);
  }), { numRuns: 500 });
});
