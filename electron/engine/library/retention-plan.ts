import type { EvidencePackage } from '../../contract/evidence.ts';
import type { Flag } from '../../contract/flags.ts';
import type { Hold, Protection } from '../../contract/library.ts';
import type { Session } from '../../contract/rooms.ts';

const dayMs = 86_400_000;
/** How long a session stays protected after footage of it was exported: time for the receiver to ask for more. */
const exportedProtectionMs = 30 * dayMs;

/** What is known of a session when its fate is decided. */
export type SessionFacts = {
  session: Session; isRunning: boolean; holds: readonly Hold[];
  flags: readonly Pick<Flag, 'state'>[];
  packages: readonly Pick<EvidencePackage, 'id' | 'roomId' | 'fromMs' | 'toMs' | 'state' | 'createdAtMs'>[];
};

/** When a session ended on the wall clock: as noted, or by what is stored of it. */
export function toEndMs(session: Session): number {
  return session.endMs ?? session.startMs + session.mediaMs;
}

/** When retention lets a session go; what was imported counts from its import, for it was somebody's reason to bring it in. */
export function toExpiry(session: Session, retentionDays: number, importedMs = -Infinity): number {
  return Math.max(toEndMs(session), importedMs) + retentionDays * dayMs;
}

/** Everything that keeps a session from deletion, strongest first; empty when nothing does. */
export function listProtections(facts: SessionFacts, nowMs: number): Protection[] {
  const { session } = facts;
  const protections: Protection[] = facts.holds.map((hold) => ({ kind: 'hold', detail: hold.reason }));
  if (facts.isRunning) protections.push({ kind: 'running', detail: '' });
  const findings = facts.flags.filter((flag) => flag.state === 'confirmed').length;
  const open = facts.flags.filter((flag) => flag.state === 'open').length;
  if (findings > 0) protections.push({ kind: 'finding', detail: String(findings) });
  if (open > 0) protections.push({ kind: 'open-flag', detail: String(open) });
  for (const item of facts.packages) {
    const touches = item.roomId === session.roomId && item.fromMs < toEndMs(session) && item.toMs > session.startMs;
    if (touches && item.state === 'done' && nowMs - item.createdAtMs < exportedProtectionMs) protections.push({ kind: 'exported', detail: item.id });
  }
  return protections;
}
