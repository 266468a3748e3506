import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ViewShelf } from './view-shelf.ts';

const derived = mkdtempSync(join(tmpdir(), 'view-shelf-'));
const dir = join(derived, 'room-a', 'session-a', 'view');
after(() => rmSync(derived, { recursive: true, force: true }));

function put(name: string, ageS: number): string {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, name);
  writeFileSync(path, Buffer.alloc(100));
  utimesSync(path, Date.now() / 1000 - ageS, Date.now() / 1000 - ageS);
  return path;
}

test('what earlier runs made is counted, the oldest beyond the bound goes, what was just wanted stays', async () => {
  const old = Array.from({ length: 30 }, (_, index) => put(`old-${String(index).padStart(2, '0')}`, 1000 - index));
  const other = join(derived, 'room-a', 'session-a', 'stills');
  mkdirSync(other, { recursive: true });
  writeFileSync(join(other, 'still.jpg'), Buffer.alloc(5000));
  const shelf = new ViewShelf(derived, 2000);
  await shelf.touch([old[0] as string]);
  assert.equal(shelf.bytes, 2000);
  assert.ok(existsSync(old[0] as string), 'the oldest was wanted just now');
  assert.ok(!existsSync(old[1] as string));
  const made = put('new', 0);
  await Promise.all([shelf.touch([made]), shelf.touch([made])]);
  assert.equal(shelf.bytes, 2000);
  assert.ok(existsSync(made));
  assert.equal(readdirSync(dir).length, 20);
  assert.ok(existsSync(join(other, 'still.jpg')), 'only views are bounded');
});

test('the youngest stay, however large they are; a file that went is forgotten', async () => {
  const shelf = new ViewShelf(derived, 100);
  await shelf.touch([join(dir, 'never-was')]);
  assert.equal(readdirSync(dir).length, 16);
});
