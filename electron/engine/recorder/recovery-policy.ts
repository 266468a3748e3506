import type { Fault, FaultCode } from '../../contract/faults.ts';
import type { RoomState } from '../../contract/rooms.ts';

/** What to do after a failure: wait this long, show this state, look the address up afresh or not. */
export type Recovery = { delayMs: number; state: RoomState; resolveAgain: boolean };

type Rule = { baseMs: number; capMs: number; state: RoomState; resolveAgain: boolean };

/** The line is down or shaky: come back fast, since every second is lost footage. */
const network: Rule = { baseMs: 500, capMs: 15_000, state: 'offline', resolveAgain: true };
/** The server answers, but not with a broadcast: it is over, not begun, or moved. */
const source: Rule = { baseMs: 1500, capMs: 30_000, state: 'offline', resolveAgain: true };
/** Something outside must change first: an address, a program, a policy. */
const outside: Rule = { baseMs: 30_000, capMs: 300_000, state: 'offline', resolveAgain: true };
/** Nothing may be written: look often, so that recording resumes by itself within seconds. */
const disk: Rule = { baseMs: 1000, capMs: 3000, state: 'disk-gate', resolveAgain: false };
/** Trouble of one file, not of the room: the source is alive. */
const file: Rule = { baseMs: 250, capMs: 5000, state: 'stalled', resolveAgain: false };

const table: Record<FaultCode, Rule> = {
  'bad-request': outside, 'not-found': source, unauthorized: outside, conflict: source, cancelled: file, internal: source,
  'url-invalid': { ...outside, capMs: 60_000 },
  'dns-failed': network, 'connect-failed': network, 'tls-failed': { ...network, capMs: 30_000 }, 'timed-out': network, 'http-status': source, 'redirect-refused': source,
  'address-expired': { baseMs: 1000, capMs: 15_000, state: 'address-expired', resolveAgain: true },
  'playlist-invalid': source, 'playlist-html': source, 'playlist-too-large': source, 'playlist-empty': source,
  'playlist-ended': { baseMs: 3000, capMs: 15_000, state: 'offline', resolveAgain: true },
  'source-unsupported': outside,
  'segment-truncated': file, 'segment-too-large': { ...file, resolveAgain: true }, 'segment-lost': file, 'segment-undecodable': file, 'encoder-restarted': file, 'recorder-restarted': file,
  'address-private': outside,
  'too-busy': { baseMs: 5000, capMs: 60_000, state: 'offline', resolveAgain: false },
  'key-unavailable': file, 'stream-invalid': source,
  'stream-ended': { baseMs: 500, capMs: 15_000, state: 'offline', resolveAgain: true },
  'source-stalled': { baseMs: 500, capMs: 10_000, state: 'stalled', resolveAgain: true },
  'codec-unsupported': outside, 'resolver-missing': outside, 'resolver-failed': { baseMs: 5000, capMs: 60_000, state: 'offline', resolveAgain: true },
  'disk-full': disk, 'disk-read-only': disk, 'disk-gone': disk, 'disk-error': disk, 'disk-slow': disk, 'quota-reached': disk,
  'database-unreadable': disk, 'child-crashed': source, 'clock-stepped': { ...file, state: 'clock-wrong' },
  held: source, 'import-unreadable': source, 'already-imported': source, 'library-busy': disk,
  'model-missing': outside, 'model-invalid': outside,
  'range-empty': source, 'package-unreadable': source, 'package-hostile': source, 'package-altered': source, 'library-altered': source,
};

const maxRetryAfterMs = 120_000;
/** A broadcast that was on so lately is most likely still on: every second away from it is lost footage, and the host's own gate keeps rooms from storming it. */
const freshMs = 60_000;
const freshCapMs = 2000;

/**
 * One table of fault × history → action. Pure. The first failure waits `baseMs`, each further one in a row twice as long up to `capMs`; retries go on for ever,
 * with ±25 % jitter so that rooms of one host do not return together. Where the server itself named a time (Retry-After, in the fault's cause) it is honoured up to two minutes.
 * Where footage came within the last minute (`sinceFootageMs`) and the trouble is the line's or the source's, the wait stays below two seconds. `random` is in [0, 1).
 */
export function planRecovery(fault: Fault, failuresInARow: number, random: number, sinceFootageMs = Number.POSITIVE_INFINITY): Recovery {
  const rule = table[fault.code];
  const isFresh = sinceFootageMs < freshMs && rule.baseMs <= freshCapMs;
  const grownMs = Math.min(isFresh ? Math.min(freshCapMs, rule.capMs) : rule.capMs, rule.baseMs * 2 ** Math.min(10, Math.max(0, failuresInARow - 1)));
  const askedMs = fault.code === 'too-busy' && /^\d{1,6}$/.test(fault.cause ?? '') ? Math.min(maxRetryAfterMs, Number(fault.cause) * 1000) : 0;
  const jitteredMs = Math.round(grownMs * (0.75 + 0.5 * random));
  return { delayMs: Math.max(jitteredMs, askedMs === 0 ? 0 : Math.round(askedMs * (1 + 0.25 * random))), state: rule.state, resolveAgain: rule.resolveAgain };
}
