import { z } from 'zod';

/** Every expected failure has one of these codes; the sentence a person reads is looked up from the code in their language. */
export const FaultCode = z.enum([
  'bad-request', 'not-found', 'unauthorized', 'conflict', 'cancelled', 'internal',
  // the network and what it served
  'url-invalid', 'dns-failed', 'connect-failed', 'tls-failed', 'timed-out', 'http-status', 'redirect-refused', 'address-expired',
  'playlist-invalid', 'playlist-html', 'playlist-too-large', 'playlist-empty', 'playlist-ended', 'source-unsupported',
  'segment-truncated', 'segment-too-large', 'segment-lost', 'segment-undecodable', 'encoder-restarted', 'recorder-restarted',
  'address-private', 'too-busy', 'key-unavailable', 'stream-invalid', 'stream-ended', 'source-stalled', 'codec-unsupported', 'resolver-missing', 'resolver-failed',
  // the machine
  'disk-full', 'disk-read-only', 'disk-gone', 'disk-error', 'disk-slow', 'quota-reached', 'database-unreadable', 'child-crashed', 'clock-stepped',
  // the library
  'held', 'import-unreadable', 'already-imported', 'library-busy',
  // models
  'model-missing', 'model-invalid',
  // evidence
  'range-empty', 'package-unreadable', 'package-hostile', 'package-altered', 'library-altered',
]);
export type FaultCode = z.infer<typeof FaultCode>;

/** An expected failure as a value: code for machines, message for logs, scope = what it happened to. */
export const Fault = z.object({
  code: FaultCode,
  scope: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  cause: z.string().optional(),
});
export type Fault = z.infer<typeof Fault>;

/** Thrown where an expected failure must cross a call that returns something else; carries the fault unchanged. */
export class FaultError extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(`${fault.code}: ${fault.message}`);
    this.name = 'FaultError';
    this.fault = fault;
  }
}

/** Builds a fault; retryable defaults to false. */
export function makeFault(code: FaultCode, scope: string, message: string, extra: { retryable?: boolean; cause?: unknown } = {}): Fault {
  const fault: Fault = { code, scope, message, retryable: extra.retryable ?? false };
  if (extra.cause !== undefined) fault.cause = extra.cause instanceof Error ? extra.cause.message : String(extra.cause);
  return fault;
}

/** Turns anything thrown into a fault; what is not a FaultError becomes `internal`. */
export function toFault(thrown: unknown, scope: string): Fault {
  if (thrown instanceof FaultError) return thrown.fault;
  return makeFault('internal', scope, thrown instanceof Error ? thrown.message : String(thrown));
}

/** Closes a union: a compile error where a case was forgotten, a throw where a value lied about its type. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
