import type { Recording, SessionId } from '../../../electron/contract/index.ts';

/** Which recordings to list. */
export type RecordingKind = 'all' | 'held' | 'altered' | 'scheduled' | 'imported' | 'deleted';

/** What narrows the list; null = no limit. `fromMs` and `toMs` bound a session's start. */
export type RecordingFilter = { kind: RecordingKind; roomId: string | null; fromMs: number | null; toMs: number | null };

/** A column to sort by, and which way. */
export type RecordingSort = { by: 'roomName' | 'startMs' | 'mediaMs' | 'bytes' | 'segments' | 'gaps'; descending: boolean };

/** The filter that lets everything pass but what is deleted. */
export const noFilter: RecordingFilter = { kind: 'all', roomId: null, fromMs: null, toMs: null };

/** Newest first. */
export const newestFirst: RecordingSort = { by: 'startMs', descending: true };

/** Whether a recording is held by a person. */
export function isHeld(recording: Pick<Recording, 'protections'>): boolean {
  return recording.protections.some((each) => each.kind === 'hold');
}

function isOfKind(each: Recording, kind: RecordingKind): boolean {
  switch (kind) {
    case 'all': return each.state !== 'deleted';
    case 'held': return isHeld(each);
    case 'altered': return each.alteredFiles > 0;
    case 'scheduled': return each.state === 'scheduled';
    case 'imported': return each.imported && each.state !== 'deleted';
    case 'deleted': return each.state === 'deleted';
  }
}

/** The recordings that pass the filter, in order; equal ones keep newest first. */
export function arrangeRecordings(recordings: readonly Recording[], filter: RecordingFilter, sort: RecordingSort): Recording[] {
  const sign = sort.descending ? -1 : 1;
  const compare = (a: Recording, b: Recording): number => (sort.by === 'roomName' ? a.roomName.localeCompare(b.roomName, 'zh') : a[sort.by] - b[sort.by]) * sign || b.startMs - a.startMs || (a.id < b.id ? 1 : -1);
  return recordings
    .filter((each) => isOfKind(each, filter.kind) && (filter.roomId === null || each.roomId === filter.roomId) && (filter.fromMs === null || each.startMs >= filter.fromMs) && (filter.toMs === null || each.startMs < filter.toMs))
    .sort(compare);
}

/** Where the cursor goes: one step on from where it is, staying within the list; null on an empty list. */
export function stepCursor(list: readonly Pick<Recording, 'id'>[], at: SessionId | null, step: number): SessionId | null {
  const index = list.findIndex((each) => each.id === at);
  const next = index < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, index + step));
  return list[next]?.id ?? null;
}

/** What the chosen recordings come to, and what may be done with them. */
export type Selection = {
  recordings: readonly Recording[]; bytes: number;
  /** May be listed for deletion, of these the ones whose time is not over, and the ones that something protects. */
  schedulable: readonly Recording[]; early: readonly Recording[]; protected: readonly Recording[];
  scheduled: readonly Recording[];
  /** Scheduled, unprotected and past their grace. */
  purgeable: readonly Recording[];
  /** Whole sessions with files: can be exported. */
  exportable: readonly Recording[];
  checkable: readonly Recording[];
};

/** Sorts chosen recordings by what may be done with them now. */
export function judgeSelection(recordings: readonly Recording[], nowMs: number): Selection {
  const schedulable = recordings.filter((each) => each.state === 'kept' && each.protections.length === 0);
  return {
    recordings, bytes: recordings.reduce((sum, each) => sum + (each.state === 'deleted' ? 0 : each.bytes), 0),
    schedulable, early: schedulable.filter((each) => (each.expiresAtMs ?? Infinity) > nowMs),
    protected: recordings.filter((each) => each.state !== 'deleted' && each.state !== 'scheduled' && each.protections.length > 0),
    scheduled: recordings.filter((each) => each.state === 'scheduled'),
    purgeable: recordings.filter((each) => each.state === 'scheduled' && each.protections.length === 0 && (each.purgeAfterMs ?? Infinity) <= nowMs),
    exportable: recordings.filter((each) => each.state === 'kept' || each.state === 'scheduled'),
    checkable: recordings.filter((each) => each.state !== 'deleted'),
  };
}

/** What expires within some days from now: how many sessions may go, how much that frees, and how many stay because something protects them. */
export type ExpiryForecast = { days: number; sessions: number; bytes: number; protected: number };

const dayMs = 86_400_000;

/** Looks ahead: what will have expired after each of some numbers of days, beyond what has expired already. */
export function forecastExpiry(recordings: readonly Recording[], nowMs: number, horizons: readonly number[]): ExpiryForecast[] {
  return horizons.map((days) => {
    const due = recordings.filter((each) => each.state === 'kept' && each.expiresAtMs !== null && each.expiresAtMs > nowMs && each.expiresAtMs <= nowMs + days * dayMs);
    const free = due.filter((each) => each.protections.length === 0);
    return { days, sessions: free.length, bytes: free.reduce((sum, each) => sum + each.bytes, 0), protected: due.length - free.length };
  });
}
