import type { Flag, Observation } from '../../contract/flags.ts';
import type { ChatRecord } from '../../contract/recording.ts';
import type { Gap, Segment } from '../../contract/rooms.ts';
import type { GetNode } from '../store/merkle.ts';
import type { SigningKey } from './signing-key.ts';

/** A stored file to put in: its record, where it lies, its leaf in the log. Init sections are entries of their own. */
export type PackageSegment = { record: Segment; path: string; leafIndex: number };

/** One act of review on a flag. */
export type ReviewAct = { atMs: number; user: string; state: string; reason: string | null; note: string; undone: boolean };

/** One act on the material. */
export type CustodyEntry = { atMs: number; user: string; act: string; detail: unknown };

/** Everything an evidence package is made of, by value or absolute path. */
export type PackageInput = {
  packageId: string;
  /** Absolute path of the archive to make; its folder must exist. The archive unpacks to one folder named after packageId. */
  outFile: string;
  fromMs: number;
  toMs: number;
  createdAtMs: number;
  createdBy: string;
  workstationId: string;
  software: { name: string; version: string };
  room: { id: string; name: string; platform: string; host: string; url: string };
  sessions: readonly unknown[];
  segments: readonly PackageSegment[];
  gaps: readonly Gap[];
  flags: readonly { flag: Flag; history: readonly ReviewAct[] }[];
  observations: readonly Observation[];
  chat: readonly ChatRecord[];
  /** URL, resolved address, response headers, TLS chain, playlist snapshots, clock offset, versions, operator, device. */
  capture: Record<string, unknown>;
  custody: readonly CustodyEntry[];
  rulePack: { hash: string; version: string; path: string } | null;
};

/** The integrity log; LogStore is one. `append` returns the new leaf's index and the leaf's text is what getLeaf gives back. */
export type EvidenceLog = {
  readonly size: number;
  readonly getNode: GetNode;
  getLeaf(index: number): { data: string } | null;
  append(kind: string, fact: Record<string, unknown>): number;
};

/** A still to be taken: file name below the folder, and the instant. */
export type FrameWish = { name: string; atMs: number };

/** What the builder has done for it: native decoding happens in perception, never here. */
export type PackageIo = {
  cutClip(outFile: string): Promise<{ firstFrameMs: number; durationMs: number }>;
  takeFrames(outDir: string, frames: readonly FrameWish[]): Promise<readonly { name: string; atMs: number; fault: unknown }[]>;
  log: EvidenceLog;
  signingKey: SigningKey;
};
