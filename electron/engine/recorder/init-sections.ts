import { FaultError } from '../../contract/faults.ts';
import { readTracks, type Mp4Track } from '../container/mp4-boxes.ts';
import type { ListedSegment } from './playlist-parser.ts';
import { fetchSegment } from './segment-fetcher.ts';
import { toPath } from './segment-plan.ts';
import type { RunContext } from './source-run.ts';

/** The init sections of a run: each stored once for as long as its address means the same. */
export class InitSections {
  readonly #tracks = new Map<string, Mp4Track[] | null>();
  #epoch = 0;
  #faultKey: string | null = null;

  /** They are fetched again from here on, even from addresses that are known: their content may be another. */
  renew(): void {
    this.#epoch += 1;
  }

  /** The tracks that a stored init section describes; null where it is not known. */
  tracksOf(file: string | null): Mp4Track[] | null {
    return file === null ? null : this.#tracks.get(file) ?? null;
  }

  /** Stores the init section that a segment names; one that cannot be had does not cost the segment. Throws FaultError when the disk does not take it. */
  async store(init: NonNullable<ListedSegment['init']>, startMs: number, { session, signal, policy }: RunContext): Promise<string | null> {
    const key = `${toPath(init)} ${this.#epoch}`;
    try {
      let head: Buffer | undefined;
      const file = await session.storeInit(key, startMs, init.uri, async () => {
        const fetched = await fetchSegment({ uri: init.uri, range: init.range, dir: session.dir, stem: session.nextStem(), budgetMs: 6000, signal, policy });
        if ('code' in fetched) throw new FaultError(fetched);
        head = fetched.head;
        return { ...fetched, container: 'fmp4' };
      });
      if (head !== undefined) {
        this.#tracks.set(file, readTracks(head));
        if (init.key !== null) session.noteEvent('note', null, { what: 'init-encrypted', method: init.key.method, keyUri: init.key.uri, ivHex: init.key.ivHex });
      }
      this.#faultKey = null;
      return file;
    } catch (thrown) {
      if (!(thrown instanceof FaultError) || thrown.fault.code.startsWith('disk-') || signal.aborted) throw thrown;
      if (this.#faultKey !== key) session.noteEvent('note', thrown.fault, { what: 'init-unavailable', uri: init.uri });
      this.#faultKey = key;
      return null;
    }
  }
}
