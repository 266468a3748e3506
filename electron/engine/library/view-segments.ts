import { join } from 'node:path';
import type { StoredSegment } from '../store/recording-store.ts';
import type { ViewPiece } from '../store/task-store.ts';

const viewName = /^view-(\d{1,9})-((?:piece-\d{5,9}\.m4s)|(?:init\.mp4))$/;

/** A session's files as a player sees them: whole imported files appear as the pieces that were derived from them. */
export function toViewSegments(segments: readonly StoredSegment[], pieces: readonly ViewPiece[]): StoredSegment[] {
  if (pieces.length === 0) return segments.filter((segment) => segment.container !== 'file');
  const bySeq = Map.groupBy(pieces, (piece) => piece.seq);
  return segments.flatMap((segment) => {
    if (segment.container !== 'file') return [segment];
    return (bySeq.get(segment.seq) ?? []).map((piece) => ({
      ...segment, seq: piece.piece, container: 'fmp4' as const, file: `view-${piece.seq}-${piece.file}`, initFile: piece.initFile === null ? null : `view-${piece.seq}-${piece.initFile}`,
      startMs: piece.startMs, durationMs: piece.durationMs, discontinuity: piece.piece === 0 && segment.discontinuity,
    }));
  });
}

/** The path below a session's derived folder of a piece that `toViewSegments` named; null for any other name. */
export function toViewPath(file: string): string | null {
  const match = viewName.exec(file);
  return match === null ? null : join(`view-${match[1] ?? ''}`, match[2] ?? '');
}
