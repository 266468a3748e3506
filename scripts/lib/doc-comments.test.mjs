import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findUndocumented } from './doc-comments.mjs';

test('every export needs a comment of its own; a schema and its type share one', () => {
  const text = `/** A. */
export const A = 1;
export type A = number;
export function b() {}
// not a doc comment
export const c = 1, d = 2;
const hidden = 3;
/** E. */
export async function e() {}
export { hidden };`;
  assert.deepEqual(findUndocumented('a.ts', text), ['b:4', 'c:6', 'd:6']);
});
