import { join } from 'node:path';
import type { StoredMedia } from '../../contract/perception.ts';
import type { Segment } from '../../contract/rooms.ts';

/** A stored segment as a perception child opens it; paths are below the session's folder `dir`. */
export function toStoredMedia(dir: string, segment: Pick<Segment, 'container' | 'file' | 'initFile' | 'encryption'>): StoredMedia {
  return { container: segment.container, file: join(dir, segment.file), initFile: segment.initFile === null ? null : join(dir, segment.initFile), encryption: segment.encryption };
}
