import type { Fault } from '../../contract/faults.ts';
import type { PerceptionReply, PerceptionRequest } from '../../contract/perception.ts';

/** What a perception child runs: one lane, answering one request at a time. */
export type PerceptionLane = {
  /** Why the lane cannot work (its model is missing); null when it can. */
  fault: Fault | null;
  /** Versions and hashes of what it runs, for the evidence. */
  versions: Record<string, string>;
  /** Answers a request; null when it is not this lane's. Throws FaultError for what is expected to fail. */
  answer: (request: PerceptionRequest) => Promise<PerceptionReply | null>;
};
