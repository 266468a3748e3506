import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { appendLeaf, consistencyProof, hashLeaf, inclusionProof, rootOf, verifyConsistency, verifyInclusion, type GetNode } from './merkle.ts';

const sha = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 6962 §2.1 word for word, over the leaves themselves. */
function naiveRoot(leaves: Buffer[]): Buffer {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Buffer.of(0), leaves[0]!);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha(Buffer.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}
function naivePath(m: number, leaves: Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return m < k ? [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))] : [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}
function naiveSubproof(m: number, leaves: Buffer[], known: boolean): Buffer[] {
  if (m === leaves.length) return known ? [] : [naiveRoot(leaves)];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return m <= k
    ? [...naiveSubproof(m, leaves.slice(0, k), known), naiveRoot(leaves.slice(k))]
    : [...naiveSubproof(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
}

function grow(leaves: Buffer[]): GetNode {
  const nodes = new Map<string, Uint8Array>();
  const getNode: GetNode = (level, index) => {
    const hash = nodes.get(`${level}/${index}`);
    assert.ok(hash, `node ${level}/${index} was never stored`);
    return hash;
  };
  leaves.forEach((leaf, size) => {
    for (const node of appendLeaf(size, getNode, hashLeaf(leaf))) {
      assert.ok(!nodes.has(`${node.level}/${node.index}`), 'a node is stored once');
      nodes.set(`${node.level}/${node.index}`, node.hash);
    }
  });
  return getNode;
}

// Leaves and roots of the Certificate Transparency reference tests.
const VECTOR_LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => Buffer.from(hex, 'hex'));
const VECTOR_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('roots of the published vectors', () => {
  const getNode = grow(VECTOR_LEAVES);
  VECTOR_ROOTS.forEach((hex, size) => assert.equal(rootOf(size, getNode).toString('hex'), hex, `size ${size}`));
});

test('published audit path and consistency proofs', () => {
  const getNode = grow(VECTOR_LEAVES);
  assert.deepEqual(inclusionProof(0, 8, getNode).map((h) => h.toString('hex')), [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  assert.deepEqual(consistencyProof(6, 8, getNode).map((h) => h.toString('hex')), [
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

test('every root and proof up to 40 leaves equals the recursive definition and verifies', () => {
  const leaves = Array.from({ length: 40 }, (_, i) => Buffer.from(`leaf ${i}`));
  const getNode = grow(leaves);
  for (let size = 0; size <= leaves.length; size++) {
    const part = leaves.slice(0, size);
    const root = rootOf(size, getNode);
    assert.deepEqual(root, naiveRoot(part));
    for (let i = 0; i < size; i++) {
      const proof = inclusionProof(i, size, getNode);
      assert.deepEqual(proof, naivePath(i, part));
      assert.ok(verifyInclusion(i, size, hashLeaf(leaves[i]!), proof, root));
    }
    for (let old = 1; old <= size; old++) {
      const proof = consistencyProof(old, size, getNode);
      assert.deepEqual(proof, naiveSubproof(old, part, true));
      assert.ok(verifyConsistency(old, size, rootOf(old, getNode), root, proof));
    }
  }
});

test('no proof verifies for another leaf, index, size, root or after a flipped bit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), fc.nat(), (size, at, to, bit) => {
      const leaves = Array.from({ length: size }, (_, i) => Buffer.from(`${i}`));
      const getNode = grow(leaves);
      const root = rootOf(size, getNode);
      const index = at % size;
      const leaf = hashLeaf(leaves[index]!);
      const proof = inclusionProof(index, size, getNode);
      const other = to % size;
      if (other !== index) {
        assert.ok(!verifyInclusion(other, size, leaf, proof, root));
        assert.ok(!verifyInclusion(index, size, hashLeaf(leaves[other]!), proof, root));
      }
      const bent = proof.map((h) => Buffer.from(h));
      const victim = bent[bit % bent.length]!;
      victim[bit % 32]! ^= 1 << (bit % 8);
      assert.ok(!verifyInclusion(index, size, leaf, bent, root));
      assert.ok(!verifyInclusion(index, size, leaf, proof.slice(1), root));
      assert.ok(!verifyInclusion(index, size, leaf, [...proof, root], root));
      assert.ok(!verifyInclusion(size, size, leaf, proof, root));
    }),
  );
});

test('a fork is not consistent with what was signed before it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), fc.nat(), (old, more, at) => {
      const leaves = Array.from({ length: old + more }, (_, i) => Buffer.from(`${i}`));
      const forked = leaves.map((leaf, i) => (i === at % old ? Buffer.from('rewritten') : leaf));
      const [before, after] = [grow(leaves), grow(forked)];
      const size = old + more;
      assert.ok(!verifyConsistency(old, size, rootOf(old, before), rootOf(size, after), consistencyProof(old, size, after)));
    }),
  );
});

test('an index outside the tree is a bug and throws', () => {
  const getNode = grow(VECTOR_LEAVES);
  assert.throws(() => inclusionProof(8, 8, getNode), RangeError);
  assert.throws(() => consistencyProof(9, 8, getNode), RangeError);
  assert.throws(() => rootOf(-1, getNode), RangeError);
});
