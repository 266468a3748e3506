import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FaultError } from '../../contract/faults.ts';
import type { StoredMedia } from '../../contract/perception.ts';
import { RoomId, SessionId } from '../../contract/ids.ts';
import { joinBelow, toSessionDir, type LibraryLayout } from '../library/library-layout.ts';
import { fromViewName, toTranscodedName } from '../library/local-playlist.ts';
import { toStoredMedia } from '../library/stored-media.ts';
import { toViewPath } from '../library/view-segments.ts';
import { ViewShelf } from '../library/view-shelf.ts';
import type { StoredSegment } from '../store/recording-store.ts';
import type { Store } from '../store/store.ts';
import type { PerceptionHost } from './perception-host.ts';

/** Finds what players ask for: the stored file itself, or the form of it that a browser plays, made in a child the first time it is asked for. */
export class ViewService {
  readonly #store: Store;
  readonly #layout: LibraryLayout;
  readonly #perception: PerceptionHost;
  readonly #making = new Map<string, Promise<void>>();
  readonly #shelf: ViewShelf;

  constructor(store: Store, layout: LibraryLayout, perception: PerceptionHost) {
    this.#store = store;
    this.#layout = layout;
    this.#perception = perception;
    this.#shelf = new ViewShelf(layout.derived);
  }

  /** Path of the file behind a playlist's entry; null when there is none, or when it cannot be played. */
  async find(roomText: string, sessionText: string, name: string): Promise<string | null> {
    const roomId = RoomId.safeParse(roomText);
    const sessionId = SessionId.safeParse(sessionText);
    if (!roomId.success || !sessionId.success) return null;
    const { file, part } = fromViewName(name);
    const piece = toViewPath(file);
    const derived = join(this.#layout.derived, roomId.data, sessionId.data);
    if (piece !== null) return part === 'transcoded' ? this.#transcodePiece(derived, file, piece) : joinBelow(derived, piece);
    const segment = this.#store.recordings.findFile(sessionId.data, file);
    if (segment === null) return null;
    const dir = toSessionDir(this.#layout, roomId.data, sessionId.data);
    if (part === 'whole' && segment.encryption === null) return joinBelow(dir, file);
    return this.#view(segment, dir, part);
  }

  async #view(segment: StoredSegment, dir: string, part: 'whole' | 'media' | 'init' | 'transcoded'): Promise<string | null> {
    const transcode = part === 'transcoded';
    const outFile = join(this.#layout.derived, segment.roomId, segment.sessionId, 'view', transcode ? toTranscodedName(segment.file) : segment.container === 'flv' ? `${segment.file}.m4s` : segment.file);
    const outInit = join(this.#layout.derived, segment.roomId, segment.sessionId, 'view', `${segment.file}.mp4`);
    return this.#make(part === 'init' ? outInit : outFile, { ...toStoredMedia(dir, segment), outFile, outInit, transcode });
  }

  /** A piece of an imported file, transcoded. */
  async #transcodePiece(derived: string, name: string, piece: string): Promise<string | null> {
    const file = joinBelow(derived, piece);
    const outFile = join(derived, 'view', toTranscodedName(name));
    const initFile = file === null ? null : join(dirname(file), 'init.mp4');
    if (file === null) return null;
    return this.#make(outFile, { container: 'fmp4', file, initFile, encryption: null, outFile, outInit: '', transcode: true });
  }

  async #make(wanted: string, request: StoredMedia & { outFile: string; outInit: string; transcode: boolean }): Promise<string | null> {
    const { outFile, outInit } = request;
    if (existsSync(wanted)) {
      await this.#shelf.touch([wanted]);
      return wanted;
    }
    let making = this.#making.get(outFile);
    if (making === undefined) {
      making = this.#perception.makeView(request).finally(() => this.#making.delete(outFile));
      this.#making.set(outFile, making);
    }
    try {
      await making;
      await this.#shelf.touch([outInit, outFile]);
      return wanted;
    } catch (thrown) {
      if (thrown instanceof FaultError) return null;
      throw thrown;
    }
  }
}
