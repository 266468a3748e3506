import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { findTruncation } from './truncation-check.ts';

const demo = (file: string): Buffer => readFileSync(path.join(import.meta.dirname, '../../../resources/demo', file));

test('half of a segment is known as half wherever it is cut, a whole one and garbage are let be', async (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'zhibojian-cut-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = path.join(dir, 'part');
  const check = (bytes: Buffer, container: 'ts' | 'fmp4'): Promise<string | null> => {
    writeFileSync(file, bytes);
    return findTruncation(file, container, bytes.subarray(0, 1024), bytes.length);
  };
  for (const [name, container] of [['demo-tea/540/000.ts', 'ts'], ['demo-bags/540/000.m4s', 'fmp4']] as const) {
    const whole = demo(name);
    assert.equal(await check(whole, container), null);
    for (const share of [0.2, 0.5, 0.9]) {
      const cut = Math.floor(whole.length * share);
      assert.notEqual(await check(whole.subarray(0, cut % 188 === 0 ? cut + 1 : cut), container), null, `${name} at ${cut}`);
    }
  }
  assert.equal(await check(Buffer.alloc(1001, 0x5a), 'ts'), null);
  assert.equal(await check(demo('demo-bags/540/init.mp4'), 'fmp4'), null);
});
