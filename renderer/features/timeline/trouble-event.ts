import type { SessionEvent, SessionEventKind } from '../../../electron/contract/index.ts';

/** Kinds that are worth a look whatever their reason. */
const TROUBLE: ReadonlySet<SessionEventKind> = new Set(['clock-step', 'timestamp-jump', 'sequence-reset', 'reconnected', 'data-replayed', 'split']);

/** Whether an event tells of something out of the ordinary: one with a reason, or of a kind that never is routine. */
export function isTroubleEvent(event: Pick<SessionEvent, 'kind' | 'reason'>): boolean {
  return event.reason !== null || TROUBLE.has(event.kind);
}
