import type { Fault, FaultCode } from '../../contract/faults.ts';
import type { RoomState } from '../../contract/rooms.ts';

/** What to do after a failure: wait this long, show this state, look the address up afresh or not. */
export type Recovery = { delayMs: number; state: RoomState; resolveAgain: boolean };

type Rule = { baseMs: number; capMs: number; state: RoomState; resolveAgain: boolean };

const network: Rule = { baseMs: 500, capMs: 15_000, state: 'offline', resolveAgain: true };
const source: Rule = { baseMs: 1500, capMs: 30_000, state: 'offline', resolveAgain: true };
const disk: Rule = { baseMs: 1000, capMs: 3000, state: 'disk-gate', resolveAgain: false };
const table: Partial<Record<FaultCode, Rule>> = {
  'url-invalid': { baseMs: 30_000, capMs: 60_000, state: 'offline', resolveAgain: true },
  'address-expired': { baseMs: 1000, capMs: 15_000, state: 'address-expired', resolveAgain: true },
  'http-status': source,
  'playlist-html': source,
  'playlist-invalid': source,
  'playlist-empty': source,
  'playlist-too-large': source,
  'too-busy': { baseMs: 5000, capMs: 60_000, state: 'offline', resolveAgain: false },
  'address-private': { baseMs: 30_000, capMs: 300_000, state: 'offline', resolveAgain: true },
  'source-unsupported': { baseMs: 30_000, capMs: 300_000, state: 'offline', resolveAgain: true },
  'resolver-missing': { baseMs: 30_000, capMs: 300_000, state: 'offline', resolveAgain: true },
  'resolver-failed': { baseMs: 5000, capMs: 60_000, state: 'offline', resolveAgain: true },
  'stream-invalid': source,
  'playlist-ended': { baseMs: 3000, capMs: 15_000, state: 'offline', resolveAgain: true },
  'redirect-refused': source,
  'disk-full': disk,
  'disk-read-only': disk,
  'disk-gone': disk,
  'disk-error': disk,
  'disk-slow': disk,
  'quota-reached': disk,
};

/**
 * One table of fault × history → action. Retries go on for ever, with a cap and ±25 % jitter so that rooms of one host do not return together.
 * `random` is in [0, 1).
 */
export function planRecovery(fault: Fault, failuresInARow: number, random: number): Recovery {
  const rule = table[fault.code] ?? network;
  const delayMs = Math.min(rule.capMs, rule.baseMs * 2 ** Math.min(10, Math.max(0, failuresInARow - 1)));
  return { delayMs: Math.round(delayMs * (0.75 + 0.5 * random)), state: rule.state, resolveAgain: rule.resolveAgain };
}
