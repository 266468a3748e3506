import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFullPath, parsePaths } from './import-paths.ts';

test('paths are read one a line, without quotes and repeats', () => {
  assert.deepEqual(parsePaths('  /录像/甲.flv \r\n\n"D:\\录像 一\\乙.mp4"\n/录像/甲.flv\n\'/a b\''), ['/录像/甲.flv', 'D:\\录像 一\\乙.mp4', '/a b']);
  assert.deepEqual(parsePaths(' \n'), []);
});

test('only whole paths pass: the engine does not run where the person looks', () => {
  for (const whole of ['/a', 'C:\\a', 'd:/a', '\\\\server\\share']) assert.ok(isFullPath(whole), whole);
  for (const part of ['a/b', './a', '~/a', 'C:a', '\\a', '']) assert.ok(!isFullPath(part), part);
});
