import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { checkTarget } from './target-preflight.ts';

test('a folder for recordings is judged before anything is copied, and nothing is left in it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'zhibojian-target-'));
  try {
    const recordingsDir = path.join(folder, 'rooms');
    mkdirSync(path.join(recordingsDir, 'room-a'), { recursive: true });
    const ask = (target: string, over: { neededBytes?: number; isMove?: boolean } = {}) => checkTarget({ target, recordingsDir, neededBytes: over.neededBytes ?? 1, isMove: over.isMove ?? true });

    const fresh = await ask(path.join(folder, 'new/deep'));
    assert.equal(fresh.fault, null);
    assert.ok(fresh.freeBytes > 0 && fresh.totalBytes >= fresh.freeBytes);
    assert.deepEqual(readdirSync(folder), ['rooms'], 'looking makes nothing');

    assert.equal((await ask(path.join(folder, 'new'), { neededBytes: 1e18 })).fault?.code, 'disk-full');
    assert.equal((await ask('somewhere/else')).fault?.code, 'bad-request', 'a relative path');
    for (const inside of [recordingsDir, path.join(recordingsDir, 'room-a/x'), folder]) assert.equal((await ask(inside)).fault?.code, 'bad-request', inside);
    assert.equal((await ask(folder, { isMove: false })).fault, null, 'an export may lie beside the recordings');

    const used = path.join(folder, 'used');
    mkdirSync(used);
    writeFileSync(path.join(used, 'holiday.jpg'), 'x');
    assert.match((await ask(used)).fault?.message ?? '', /holiday\.jpg/);
    assert.equal((await ask(used, { isMove: false })).fault, null);
    assert.equal((await ask(path.join(used, 'holiday.jpg/below'))).fault?.code, 'bad-request', 'below a file');

    // A move that was cut off goes on into what it has copied.
    const half = path.join(folder, 'half');
    mkdirSync(path.join(half, 'room-a'), { recursive: true });
    assert.equal((await ask(half)).fault, null);
    assert.equal((await ask('/proc/zhibojian')).fault === null, false, 'a place that cannot be written');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
