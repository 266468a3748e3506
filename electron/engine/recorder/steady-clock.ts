/** A wall clock that does not jump: the system's time when it was set, carried on by the monotonic clock. */
export class SteadyClock {
  #wallMs = Date.now();
  #monotonicMs = performance.now();

  /** Now, in milliseconds since the epoch, without any step of the system's clock since the last `anchor`. */
  nowMs(): number {
    return this.#wallMs + performance.now() - this.#monotonicMs;
  }

  /** System clock minus this clock: how far the system's clock has been stepped since the last `anchor`. */
  get stepMs(): number {
    return Date.now() - this.nowMs();
  }

  /** Takes the system's clock as it is now. */
  anchor(): void {
    this.#wallMs = Date.now();
    this.#monotonicMs = performance.now();
  }
}
