/** What a pipeline does with its items: `begin` runs in parallel, `finish` one at a time in the order of `push`, `giveUp` for what was begun and never finished. */
export type PipelineSteps<Item, Result> = { begin: (item: Item) => Promise<Result>; finish: (item: Item, result: Result) => Promise<void>; giveUp: (result: Result) => Promise<void> };

/** Work that is begun side by side and finished in order; one that is slow holds up the finishing of those behind it, not their beginning. */
export class OrderedPipeline<Item, Result> {
  readonly #parallel: number;
  readonly #steps: PipelineSteps<Item, Result>;
  readonly #onFailure: () => void;
  #waiting: Item[] = [];
  #begun: { item: Item; result: Promise<Result> }[] = [];
  #running: Promise<void> | null = null;
  #isClosed = false;
  #failure: { thrown: unknown } | null = null;

  constructor(parallel: number, steps: PipelineSteps<Item, Result>, onFailure: () => void) {
    this.#parallel = parallel;
    this.#steps = steps;
    this.#onFailure = onFailure;
  }

  /** Items that are not finished. */
  get depth(): number {
    return this.#waiting.length + this.#begun.length;
  }

  /** Throws what `finish` threw, if it did. */
  check(): void {
    if (this.#failure !== null) throw this.#failure.thrown;
  }

  push(items: readonly Item[]): void {
    if (this.#isClosed) return;
    this.#waiting.push(...items);
    this.#begin();
    if (this.#running === null && this.#begun.length > 0) this.#running = this.#run();
  }

  /** Resolves once everything is finished, or something failed. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  /** Begins nothing more, lets what is being finished end, and gives the rest up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting = [];
    await this.idle();
    for (const { result } of this.#begun.splice(0)) await this.#steps.giveUp(await result);
  }

  #begin(): void {
    while (!this.#isClosed && this.#begun.length < this.#parallel && this.#waiting.length > 0) {
      const item = this.#waiting.shift() as Item;
      this.#begun.push({ item, result: this.#steps.begin(item) });
    }
  }

  async #run(): Promise<void> {
    try {
      for (let next = this.#begun[0]; next !== undefined && !this.#isClosed; next = this.#begun[0]) {
        const result = await next.result;
        if (this.#isClosed) break;
        this.#begun.shift();
        await this.#steps.finish(next.item, result);
        this.#begin();
      }
    } catch (thrown) {
      this.#failure = { thrown };
      this.#isClosed = true;
      this.#onFailure();
    } finally {
      this.#running = null;
    }
  }
}
