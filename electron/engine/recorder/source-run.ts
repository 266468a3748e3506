import type { Fault } from '../../contract/faults.ts';
import type { RoomId } from '../../contract/ids.ts';
import type { RoomState } from '../../contract/rooms.ts';
import type { AddressPolicy } from './address-policy.ts';
import type { SessionController } from './session-controller.ts';

/** What a source works with while it records one room. */
export type RunContext = {
  roomId: RoomId;
  session: SessionController;
  signal: AbortSignal;
  /** Which addresses may be visited for this room. */
  policy: AddressPolicy;
  /** Throws the gate's fault while nothing may be written. */
  passDiskGate: () => Promise<void>;
  /** Tells people the room's state. */
  setState: (state: RoomState, fault: Fault | null) => void;
  /** A file was stored or the source answered as it should: the count of failures begins anew. */
  succeeded: () => void;
  /** Rate of the last stored file. */
  setBitrate: (bitsPerSecond: number) => void;
  setClock: (offsetMs: number, source: string) => void;
};

/** A way of recording one kind of source: made once per room and address, kept over failures. */
export type SourceRun = {
  /** Records until the broadcast ends or the context's signal aborts; throws FaultError at a failure, after which it may be called again. */
  record: (context: RunContext) => Promise<'ended' | 'stopped'>;
  /** Drops what was looked up (rendition, redirect, resolved address), so that the next call looks it up afresh. */
  forget: () => void;
};
