import { statfs } from 'node:fs/promises';
import { arch, release } from 'node:os';
import { dirname } from 'node:path';
import type { EventRecord, RecordingSource } from '../../contract/recording.ts';
import { appVersion } from '../supervise/app-version.ts';
import type { ClockWatch } from './clock-watch.ts';

/** Under which conditions a recording begins: system, program, free bytes of its disk and how the clock stood. Kept with the session, since nothing can tell it later. */
export async function readPreflight(dir: string, clock: ClockWatch, sourceKind: RecordingSource['sourceKind']): Promise<EventRecord['detail']> {
  const disk = await statfs(dirname(dir));
  const { measured } = clock;
  return {
    sourceKind, program: appVersion, node: process.versions.node, system: `${process.platform} ${release()} ${arch()}`,
    freeBytes: disk.bavail * disk.bsize, clockOffsetMs: measured === null ? null : Math.round(measured.offsetMs), clockUncertaintyMs: measured === null ? null : Math.round(measured.uncertaintyMs), clockSource: measured?.source ?? null,
  };
}
