import { FaultError, makeFault } from '../../contract/faults.ts';
import type { RecordingSource } from '../../contract/recording.ts';
import { HlsRun } from './hls-run.ts';
import type { RunContext, SourceRun } from './source-run.ts';

/** Makes the run for an address: by the kind a person chose, else by its scheme and by what the server sends. Throws FaultError. */
export async function openSource(source: RecordingSource, context: RunContext): Promise<SourceRun> {
  await Promise.resolve();
  if (source.sourceKind === 'auto' || source.sourceKind === 'hls') return new HlsRun(source.url);
  throw new FaultError(makeFault('source-unsupported', context.roomId, `还不支持这种来源：${source.sourceKind}`));
}
