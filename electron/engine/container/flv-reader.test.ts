import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FlvReader, type FlvUnit } from './flv-reader.ts';

const header = Buffer.from([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);

function makeTag(type: number, timestampMs: number, data: Buffer): Buffer {
  const tag = Buffer.alloc(11 + data.length + 4);
  tag[0] = type;
  tag.writeUIntBE(data.length, 1, 3);
  tag.writeUIntBE(timestampMs & 0xffffff, 4, 3);
  tag[7] = (timestampMs >>> 24) & 0xff;
  data.copy(tag, 11);
  tag.writeUInt32BE(11 + data.length, 11 + data.length);
  return tag;
}

function readVideo(data: number[]): FlvUnit['video'] {
  return new FlvReader().push(Buffer.concat([header, makeTag(9, 0, Buffer.from(data))]))[1]?.video;
}

const tags = fc.array(fc.tuple(fc.constantFrom(8, 9, 18), fc.nat(2 ** 32 - 1), fc.uint8Array({ maxLength: 300 })), { maxLength: 20 });

test('however the stream is cut, the same pieces come out, and their bytes are the stream', () => {
  fc.assert(fc.property(tags, fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 50 }), (list, sizes) => {
    const stream = Buffer.concat([header, ...list.map(([type, timeMs, data]) => makeTag(type, timeMs, Buffer.from(data)))]);
    const reader = new FlvReader();
    const units: FlvUnit[] = [];
    for (let at = 0, i = 0; at < stream.length; i += 1) {
      const size = sizes[i % sizes.length] as number;
      units.push(...reader.push(stream.subarray(at, at + size)));
      at += size;
    }
    assert.deepEqual([reader.broken, reader.heldBytes, reader.wrongSizes], [null, 0, 0]);
    assert.deepEqual(units.map((unit) => unit.timestampMs), [0, ...list.map(([, timeMs]) => timeMs)]);
    assert.ok(Buffer.concat(units.map((unit) => unit.bytes)).equals(stream));
  }));
});

test('altered and random bytes never throw; what came out is the stream up to what is held', () => {
  fc.assert(fc.property(tags, fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 12 }), fc.uint8Array({ maxLength: 400 }), (list, changes, tail) => {
    const stream = Buffer.concat([header, ...list.map(([type, timeMs, data]) => makeTag(type, timeMs, Buffer.from(data))), tail]);
    for (const [at, value] of changes) if (at < stream.length) stream[at] = value;
    const units = new FlvReader().push(stream);
    const whole = Buffer.concat(units.map((unit) => unit.bytes));
    assert.ok(stream.subarray(0, whole.length).equals(whole));
  }), { numRuns: 2000 });
});

test('H.264, HEVC as codec id 12, enhanced FLV with and without composition time, behind modifiers and in tracks', () => {
  const hvc1 = [...Buffer.from('hvc1')];
  assert.deepEqual({ ...readVideo([0x17, 1, 0xff, 0xff, 0xfe, 9]), payload: null }, { codec: 'avc', frame: 'key', packet: 'frames', compositionMs: -2, payload: null });
  assert.deepEqual({ ...readVideo([0x2c, 1, 0, 0, 40, 9]), payload: null }, { codec: 'hevc', frame: 'inter', packet: 'frames', compositionMs: 40, payload: null });
  assert.equal(readVideo([0x90, ...hvc1, 1])?.packet, 'config');
  assert.deepEqual([readVideo([0x91, ...hvc1, 0, 0, 5, 7, 8])?.compositionMs, readVideo([0x91, ...hvc1, 0, 0, 5, 7, 8])?.payload.toString('hex')], [5, '0708']);
  assert.deepEqual([readVideo([0xa3, ...hvc1, 7, 8])?.frame, readVideo([0xa3, ...hvc1, 7, 8])?.payload.toString('hex')], ['inter', '0708']);
  assert.equal(readVideo([0x97, 2, 1, 2, 3, 0x03, ...hvc1, 7])?.payload.toString('hex'), '07', 'a modifier of three bytes');
  assert.equal(readVideo([0x96, 0x03, ...hvc1, 0, 7, 8])?.payload.toString('hex'), '0708', 'one track');
  assert.equal(readVideo([0x96, 0x13, ...hvc1, 0, 0, 0, 2, 7, 8, 1, 0, 0, 1, 9])?.payload.toString('hex'), '0708', 'the first of several tracks');
});

test('what is no FLV, or claims a tag beyond the bound, is broken at once and holds no memory', () => {
  for (const bytes of [Buffer.from('<html><body>no</body></html>'), Buffer.concat([header, Buffer.from([0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])]), Buffer.concat([header, Buffer.from([9, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0])])]) {
    const reader = new FlvReader();
    reader.push(bytes);
    assert.notEqual(reader.broken, null);
    assert.deepEqual(reader.push(Buffer.alloc(1 << 20)), []);
    assert.ok(reader.heldBytes < 64);
  }
});
