/** A picture being loaded or loaded; null once it could not be had. */
type Entry = { image: HTMLImageElement; ready: boolean; failed: boolean };

const MAX_ENTRIES = 600;
const MAX_LOADING = 6;

/** Loads thumbnails when they are first drawn, a few at a time, the newest wish first, and keeps a bounded number. */
export class ThumbCache {
  readonly #entries = new Map<string, Entry>();
  readonly #urlOf: (path: string) => string;
  readonly #onReady: () => void;
  #wanted: string[] = [];
  #loading = 0;

  constructor(urlOf: (path: string) => string, onReady: () => void) {
    this.#urlOf = urlOf;
    this.#onReady = onReady;
  }

  /** Gives a picture that is ready to draw, or null and asks for it. */
  get(path: string): HTMLImageElement | null {
    const entry = this.#entries.get(path);
    if (entry !== undefined) {
      this.#entries.delete(path);
      this.#entries.set(path, entry);
      return entry.ready ? entry.image : null;
    }
    if (!this.#wanted.includes(path)) this.#wanted.push(path);
    return null;
  }

  /** Starts loading what the last picture wanted and forgets older wishes; called once after each picture. */
  settle(): void {
    while (this.#loading < MAX_LOADING) {
      const path = this.#wanted.pop();
      if (path === undefined) break;
      this.#load(path);
    }
    if (this.#wanted.length > 200) this.#wanted = this.#wanted.slice(-200);
  }

  #load(path: string): void {
    const image = new Image();
    const entry: Entry = { image, ready: false, failed: false };
    this.#entries.set(path, entry);
    this.#loading++;
    image.decoding = 'async';
    image.src = this.#urlOf(path);
    image.decode().then(() => { entry.ready = true; }, () => { entry.failed = true; }).finally(() => {
      this.#loading--;
      this.#evict();
      this.#onReady();
    });
  }

  #evict(): void {
    for (const [path, entry] of this.#entries) {
      if (this.#entries.size <= MAX_ENTRIES) return;
      if (entry.ready || entry.failed) this.#entries.delete(path);
    }
  }
}
