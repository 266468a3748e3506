import { createHash } from 'node:crypto';

/** Reads the hash of a complete subtree: `level` 0 is a leaf; node (level, index) covers leaves [index·2^level, (index+1)·2^level). */
export type GetNode = (level: number, index: number) => Uint8Array;

/** A complete subtree's hash, as it is to be stored. */
export type LogNode = { level: number; index: number; hash: Uint8Array };

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** Hash of a leaf by RFC 6962 §2.1: SHA-256(0x00 ‖ data). */
export function hashLeaf(data: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF_PREFIX).update(data).digest();
}

/** Hash of an inner node by RFC 6962 §2.1: SHA-256(0x01 ‖ left ‖ right). */
export function hashChildren(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest();
}

/** The nodes that become complete when a leaf is appended to a tree of `size` leaves; the leaf itself comes first. */
export function appendLeaf(size: number, getNode: GetNode, leafHash: Uint8Array): LogNode[] {
  assertSize(size);
  const added: LogNode[] = [{ level: 0, index: size, hash: leafHash }];
  let hash = leafHash;
  let index = size;
  for (let level = 0; index % 2 === 1; level++) {
    hash = hashChildren(getNode(level, index - 1), hash);
    index = (index - 1) / 2;
    added.push({ level: level + 1, index, hash });
  }
  return added;
}

/** Root of the tree of the first `size` leaves; of an empty tree, the hash of nothing. */
export function rootOf(size: number, getNode: GetNode): Buffer {
  assertSize(size);
  if (size === 0) return createHash('sha256').digest();
  return hashRange(0, size, getNode);
}

/** Audit path of leaf `index` in the tree of `size` leaves (RFC 6962 §2.1.1), nearest sibling first. */
export function inclusionProof(index: number, size: number, getNode: GetNode): Buffer[] {
  assertSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  const path: Buffer[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      path.push(hashRange(middle, end, getNode));
      end = middle;
    } else {
      path.push(hashRange(begin, middle, getNode));
      begin = middle;
    }
  }
  return path.reverse();
}

/** Proof that the tree of `oldSize` leaves is a prefix of the tree of `newSize` (RFC 6962 §2.1.2). */
export function consistencyProof(oldSize: number, newSize: number, getNode: GetNode): Buffer[] {
  assertSize(newSize);
  if (!Number.isSafeInteger(oldSize) || oldSize < 0 || oldSize > newSize) throw new RangeError(`${oldSize} leaves are no prefix of ${newSize}`);
  if (oldSize === 0 || oldSize === newSize) return [];
  const path: Buffer[] = [];
  let begin = 0;
  let end = newSize;
  while (end > oldSize) {
    const middle = begin + splitOf(end - begin);
    if (oldSize <= middle) {
      path.push(hashRange(middle, end, getNode));
      end = middle;
    } else {
      path.push(hashRange(begin, middle, getNode));
      begin = middle;
    }
  }
  // The old root itself is known to whoever checks, so it is left out when it is one complete subtree from 0.
  if (begin !== 0) path.push(hashRange(begin, end, getNode));
  return path.reverse();
}

/** Whether `proof` shows leaf `leafHash` at `index` under `root` (RFC 9162 §2.1.3.2). */
export function verifyInclusion(index: number, size: number, leafHash: Uint8Array, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let hash: Uint8Array = leafHash;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = hashChildren(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = hashChildren(hash, sibling);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && sameBytes(hash, root);
}

/** Whether `proof` shows that the tree under `newRoot` only added to the tree under `oldRoot` (RFC 9162 §2.1.4.2). */
export function verifyConsistency(oldSize: number, newSize: number, oldRoot: Uint8Array, newRoot: Uint8Array, proof: readonly Uint8Array[]): boolean {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize) || oldSize < 0 || oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && sameBytes(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0 && sameBytes(oldRoot, createHash('sha256').digest());
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let fn = oldSize - 1;
  let sn = newSize - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  let oldHash = first;
  let newHash = first;
  for (const node of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      oldHash = hashChildren(node, oldHash);
      newHash = hashChildren(node, newHash);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      newHash = hashChildren(newHash, node);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && sameBytes(oldHash, oldRoot) && sameBytes(newHash, newRoot);
}

function hashRange(begin: number, end: number, getNode: GetNode): Buffer {
  const count = end - begin;
  if (isPowerOfTwo(count)) return Buffer.from(getNode(Math.log2(count), begin / count));
  const middle = begin + splitOf(count);
  return hashChildren(hashRange(begin, middle, getNode), hashRange(middle, end, getNode));
}

/** The largest power of two below n (n > 1); division, since sizes may pass 2^31 where bit operators stop. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function isPowerOfTwo(n: number): boolean {
  return splitOf(n + 1) === n;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function assertSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`${size} is no tree size`);
}
