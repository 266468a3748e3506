import { z } from 'zod';
import { WallMs } from './time.ts';

/** Sound of one stretch: peak per bucket in 0…255, and where speech was heard. */
export const WaveformPart = z.object({
  startMs: WallMs,
  durationMs: z.number(),
  /** Base64 of one byte per bucket; buckets divide the stretch evenly. */
  peaks: z.string(),
  /** Speech as [startMs, endMs] pairs on the wall clock. */
  speech: z.array(z.tuple([z.number(), z.number()])),
});
export type WaveformPart = z.infer<typeof WaveformPart>;

/** A still kept from the picture; path is fetched under the window's base URL. */
export const Still = z.object({ atMs: WallMs, path: z.string(), thumbPath: z.string(), width: z.number().int(), height: z.number().int() });
export type Still = z.infer<typeof Still>;
