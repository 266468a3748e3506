import { create } from 'zustand';
import { FaultError, makeFault } from '../../electron/contract/index.ts';
import type { Fault } from '../../electron/contract/index.ts';

/** A sentence for the person at the bottom of the window; `say` is a plain text with an optional undo, else the fault speaks. */
export type Notice = {
  id: number;
  level: 'info' | 'warning' | 'error';
  fault: Fault | null;
  say: string | null;
  act: { label: string; run: () => void } | null;
  atMs: number;
};

const maxNotices = 50;
let nextId = 1;

/** Notices newest first; `shown` are those not yet put away. */
export const useNotices = create<{ notices: readonly Notice[]; shownIds: readonly number[] }>()(() => ({ notices: [], shownIds: [] }));

function push(notice: Notice): void {
  useNotices.setState(({ notices, shownIds }) => {
    // The same fault again replaces its older line instead of piling up.
    const same = notices.find((n) => notice.fault !== null && n.fault?.code === notice.fault.code && n.fault.scope === notice.fault.scope);
    const rest = same ? notices.filter((n) => n.id !== same.id) : notices;
    return { notices: [notice, ...rest].slice(0, maxNotices), shownIds: [notice.id, ...shownIds.filter((id) => id !== same?.id)].slice(0, 3) };
  });
}

/** Tells of a failure; what is not a fault becomes `internal`. */
export function addNotice(level: Notice['level'], failure: unknown, atMs = Date.now()): void {
  push({ id: nextId++, level, fault: readFault(failure), say: null, act: null, atMs });
}

/** Says a plain sentence, with an act that the person may take (such as undo). */
export function sayNotice(say: string, act: Notice['act'] = null): void {
  push({ id: nextId++, level: 'info', fault: null, say, act, atMs: Date.now() });
}

/** Puts a notice away. */
export function hideNotice(id: number): void {
  useNotices.setState(({ shownIds }) => ({ shownIds: shownIds.filter((each) => each !== id) }));
}

/** The fault inside anything thrown or sent. */
export function readFault(failure: unknown): Fault {
  if (failure instanceof FaultError) return failure.fault;
  if (typeof failure === 'object' && failure !== null && 'code' in failure && 'scope' in failure) return failure as Fault;
  return makeFault('internal', 'window', failure instanceof Error ? failure.message : String(failure));
}
