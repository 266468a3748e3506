import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { formatIso } from '../../contract/time.ts';
import type { Store } from '../store/store.ts';
import { toSessionDir, type LibraryLayout } from './library-layout.ts';

/** One line of `inspect`, as the command line's contract has it. */
export type InspectLine = Record<string, unknown> & { type: 'room' | 'session' | 'segment' | 'gap' | 'log' | 'problem' };

/** Hashes a file as it lies on disk; null when it cannot be read. */
export async function hashFile(path: string): Promise<{ sha256: string; bytes: number } | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    return { sha256: hash.digest('hex'), bytes };
  } catch {
    return null;
  }
}

/** Tells what a library holds and checks every file against its recorded hash, and the log against itself and the files. */
export async function* inspectLibrary(store: Store, layout: LibraryLayout): AsyncGenerator<InspectLine> {
  const sessions = store.recordings.listSessions(null, 1_000_000).reverse();
  const roomIds = [...new Set([...store.rooms.list().map((room) => room.id), ...sessions.map((session) => session.roomId)])];
  let logOk = store.log.verify();
  for (const roomId of roomIds) {
    const room = store.rooms.get(roomId);
    yield { type: 'room', roomId, name: room?.name ?? roomId, url: room?.url ?? '' };
    for (const session of sessions.filter((item) => item.roomId === roomId)) {
      yield { type: 'session', roomId, sessionId: session.id, startAt: formatIso(session.startMs), endAt: session.endMs === null ? null : formatIso(session.endMs) };
      for (const segment of store.recordings.listSegments(session.id)) {
        yield {
          type: 'segment', roomId, sessionId: session.id, seq: segment.seq, kind: segment.kind, file: join('rooms', roomId, session.id, segment.file), sha256: segment.sha256,
          bytes: segment.bytes, startAt: formatIso(segment.startMs), duration: segment.durationMs / 1000, discontinuity: segment.discontinuity, mediaSequence: segment.mediaSequence,
        };
        const leaf = store.log.getLeaf(segment.leafIndex);
        if (leaf === null || (JSON.parse(leaf.data) as { sha256?: string }).sha256 !== segment.sha256) logOk = false;
        if (store.deletions.isDeleted(session.id)) continue; // deleted by plan: the hash is what remains
        const file = join(toSessionDir(layout, roomId, session.id), segment.file);
        const actual = await hashFile(file);
        if (actual === null) yield { type: 'problem', file, problem: 'missing', expected: segment.sha256, actual: null };
        else if (actual.sha256 !== segment.sha256) yield { type: 'problem', file, problem: 'altered', expected: segment.sha256, actual: actual.sha256 };
      }
    }
    for (const gap of store.recordings.listGaps(roomId, 0, Number.MAX_SAFE_INTEGER)) {
      yield { type: 'gap', roomId, from: formatIso(gap.fromMs), to: formatIso(gap.toMs), reason: gap.reason.code, message: gap.reason.message };
    }
  }
  yield { type: 'log', leaves: store.log.size, head: store.log.head, ok: logOk };
}
