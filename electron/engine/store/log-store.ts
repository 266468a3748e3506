import { createHash } from 'node:crypto';
import { appendLeaf, hashLeaf, rootOf } from './merkle.ts';
import type { Connection } from './database.ts';

/** A leaf of the integrity log: what kind of fact it binds and the exact text that was hashed. */
export type LogLeaf = { index: number; kind: string; data: string };

/** The append-only Merkle log (RFC 6962) over every stored segment, gap and package. */
export class LogStore {
  readonly #insertLeaf;
  readonly #insertNode;
  readonly #node;
  readonly #size;
  readonly #leaf;
  readonly #allLeaves;
  constructor(db: Connection) {
    this.#insertLeaf = db.prepare<[number, string, string, Buffer]>('INSERT INTO log_leaves (idx, kind, data, hash) VALUES (?, ?, ?, ?)');
    this.#insertNode = db.prepare<[number, number, Uint8Array]>('INSERT INTO log_nodes (level, idx, hash) VALUES (?, ?, ?)');
    this.#node = db.prepare<[number, number], { hash: Buffer }>('SELECT hash FROM log_nodes WHERE level = ? AND idx = ?');
    this.#size = db.prepare<[], { size: number | null }>('SELECT max(idx) + 1 AS size FROM log_leaves');
    this.#leaf = db.prepare<[number], { kind: string; data: string }>('SELECT kind, data FROM log_leaves WHERE idx = ?');
    this.#allLeaves = db.prepare<[], { idx: number; data: string; hash: Buffer }>('SELECT idx, data, hash FROM log_leaves ORDER BY idx');
  }

  /** Appends a fact as canonical JSON; call it inside the transaction that stores the fact. Returns the leaf's index. */
  append(kind: string, fact: Record<string, unknown>): number {
    const data = JSON.stringify({ kind, ...fact });
    const index = this.size;
    const hash = hashLeaf(Buffer.from(data, 'utf8'));
    this.#insertLeaf.run(index, kind, data, Buffer.from(hash));
    for (const node of appendLeaf(index, this.getNode, hash)) this.#insertNode.run(node.level, node.index, node.hash);
    return index;
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size.get()?.size ?? 0;
  }

  /** A complete subtree's hash; throws where the log was damaged. */
  readonly getNode = (level: number, index: number): Uint8Array => {
    const row = this.#node.get(level, index);
    if (row === undefined) throw new Error(`log node ${level}/${index} is missing`);
    return row.hash;
  };

  /** The leaf at an index; null when there is none. */
  getLeaf(index: number): LogLeaf | null {
    const row = this.#leaf.get(index);
    return row === undefined ? null : { index, kind: row.kind, data: row.data };
  }

  /** The tree head as lower-case hex. */
  get head(): string {
    return this.size === 0 ? createHash('sha256').digest('hex') : Buffer.from(rootOf(this.size, this.getNode)).toString('hex');
  }

  /** Recomputes every leaf's hash and the head from the leaves' text alone; true when both still match what is stored. */
  verify(): boolean {
    const nodes = new Map<string, Uint8Array>();
    const get = (level: number, index: number): Uint8Array => {
      const hash = nodes.get(`${level}/${index}`);
      if (hash === undefined) throw new Error('missing');
      return hash;
    };
    let size = 0;
    for (const row of this.#allLeaves.iterate()) {
      const hash = hashLeaf(Buffer.from(row.data, 'utf8'));
      if (row.idx !== size || !row.hash.equals(hash)) return false;
      for (const node of appendLeaf(size, get, hash)) nodes.set(`${node.level}/${node.index}`, node.hash);
      size += 1;
    }
    if (size === 0) return true;
    try {
      return Buffer.from(rootOf(size, get)).toString('hex') === this.head;
    } catch {
      return false;
    }
  }
}
