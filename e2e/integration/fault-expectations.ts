import type { FaultCode } from '../../electron/contract/faults.ts';
import type { RoomState } from '../../electron/contract/rooms.ts';
import type { HlsFaultName } from '../origin/hls-faults.ts';

/** What must hold of a room that met a fault. */
export type Expectation = {
  /** Reasons that a gap may have; none = nothing may be missing. */
  gaps: readonly FaultCode[];
  /** States with their reason of which one must be shown while the fault lasts; none = the room must stay live. */
  shows: readonly `${RoomState} ${FaultCode}`[];
  /** Seconds after the fault's end within which a segment must be stored again. */
  recoversWithinS: number;
  /** Sessions that the room must have; 1 unless the broadcast ends. */
  sessions?: number;
  /** The source itself lists segments out of order: stored as listed. */
  isReordered?: boolean;
  /** Requests that may arrive while the fault lasts: no storms. */
  maxRequests?: number;
};

const undisturbed: Expectation = { gaps: [], shows: [], recoversWithinS: 6 };
const outage = (code: FaultCode, more: Partial<Expectation> = {}): Expectation => ({ gaps: [code], shows: [`offline ${code}`], recoversWithinS: 16, maxRequests: 40, ...more });
const badSegments = (code: FaultCode, more: Partial<Expectation> = {}): Expectation => ({ gaps: [code], shows: [`stalled ${code}`], recoversWithinS: 16, ...more });

/** Fault × what must survive. A reason says what happened; `survives` follows from it: whatever the origin served whole is stored once, in every row. */
export const expectations: Record<HlsFaultName, Expectation> = {
  none: undisturbed,
  'connection-refused': outage('connect-failed'),
  'reset-before-answer': outage('connect-failed'),
  'reset-mid-body': badSegments('segment-truncated'),
  'reset-mid-body-chunked': badSegments('segment-truncated'),
  'truncated-with-length': badSegments('segment-truncated'),
  'truncated-without-length': badSegments('segment-truncated'),
  'truncated-fmp4-without-length': badSegments('segment-truncated'),
  'wrong-content-length': badSegments('segment-truncated'),
  'status-403': { gaps: ['address-expired', 'http-status'], shows: ['address-expired address-expired'], recoversWithinS: 16, maxRequests: 40 },
  'status-404': outage('http-status'),
  'status-410': { gaps: ['address-expired', 'http-status'], shows: ['address-expired address-expired'], recoversWithinS: 16, maxRequests: 40 },
  'status-429-retry-after': { gaps: ['too-busy'], shows: ['offline too-busy'], recoversWithinS: 25, maxRequests: 8 },
  'status-500': outage('http-status', { recoversWithinS: 20 }),
  'status-503': outage('http-status', { recoversWithinS: 20 }),
  'segment-404': badSegments('http-status'),
  'segment-404-once': undisturbed,
  'stall-before-headers': badSegments('timed-out', { recoversWithinS: 20 }),
  'stall-mid-body': badSegments('timed-out', { recoversWithinS: 20 }),
  'playlist-stall': outage('timed-out', { recoversWithinS: 20 }),
  'slow-drip': { gaps: ['timed-out', 'segment-lost'], shows: [], recoversWithinS: 20 },
  'reordered-segments': { ...undisturbed, isReordered: true, recoversWithinS: 8 },
  'repeated-segments': undisturbed,
  'playlist-stale': { gaps: ['source-stalled'], shows: ['stalled source-stalled'], recoversWithinS: 6 },
  'playlist-backwards': undisturbed,
  'sequence-reset': { ...undisturbed, gaps: ['encoder-restarted'] },
  'map-change': undisturbed,
  'resolution-change': undisturbed,
  discontinuity: undisturbed,
  'ext-x-gap': badSegments('segment-lost', { recoversWithinS: 6 }),
  'redirect-loop': outage('redirect-refused', { recoversWithinS: 20, maxRequests: 60 }),
  'redirect-chain': undisturbed,
  'playlist-endless': outage('playlist-too-large', { recoversWithinS: 20 }),
  'segment-endless': { gaps: ['segment-too-large', 'segment-truncated', 'timed-out', 'segment-lost'], shows: [], recoversWithinS: 16 },
  'headers-oversized': outage('connect-failed', { recoversWithinS: 16 }),
  'headers-many': outage('connect-failed', { recoversWithinS: 16 }),
  'tls-self-signed': outage('tls-failed'),
  'tls-expired': outage('tls-failed'),
  'tls-wrong-host': outage('tls-failed'),
  'dns-failure': outage('dns-failed'),
  'segment-tokens': undisturbed,
  'address-expires': undisturbed,
  'key-rotation': undisturbed,
  'key-server-down': undisturbed,
  'byte-ranges': undisturbed,
  'playlist-gzip': undisturbed,
  'playlist-brotli': undisturbed,
  'playlist-bom-crlf-tags': undisturbed,
  'playlist-low-latency': undisturbed,
  'variant-dies': { gaps: ['http-status'], shows: [], recoversWithinS: 10 },
  'playlist-html': outage('playlist-html', { recoversWithinS: 20 }),
  'playlist-empty': outage('playlist-empty', { recoversWithinS: 20 }),
  'broadcast-ends': { gaps: [], shows: ['offline playlist-ended'], recoversWithinS: 20, sessions: 2 },
};
