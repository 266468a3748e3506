import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const FileName = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/);

/** One rendition of a room's loop: files lie in a folder named after it, segments in order of play. */
export const LoopVariant = z.object({
  name: FileName,
  width: z.number().int(),
  height: z.number().int(),
  /** Peak bits per second, as EXT-X-STREAM-INF wants it. */
  bandwidth: z.number().int(),
  codecs: z.string(),
  init: FileName.nullable(),
  segments: z.array(FileName).min(1),
});
export type LoopVariant = z.infer<typeof LoopVariant>;

/** A room's `room.json`: who it is and the renditions of its loop, all of the same length. */
export const LoopManifest = z
  .object({
    id: FileName,
    name: z.string(),
    platform: z.string(),
    host: z.string(),
    container: z.enum(['ts', 'fmp4']),
    segmentMs: z.number().int().positive(),
    variants: z.array(LoopVariant).min(1),
  })
  .refine((m) => m.variants.every((v) => v.segments.length === m.variants[0]?.segments.length), 'variants differ in length');
export type LoopManifest = z.infer<typeof LoopManifest>;

/** A viewer's message, in milliseconds from the loop's start. */
export const LoopMessage = z.object({ offsetMs: z.number().int().nonnegative(), user: z.string(), text: z.string() });
export type LoopMessage = z.infer<typeof LoopMessage>;

/** A room's loop as read from disk; `files` holds every byte, keyed `variant/file`. */
export type LoopMedia = { manifest: LoopManifest; messages: LoopMessage[]; files: Map<string, Buffer> };

/** Reads every room below mediaDir (a folder with a `room.json` each), in order of their names; throws when a manifest does not hold. */
export async function loadLoops(mediaDir: string): Promise<LoopMedia[]> {
  const entries = await readdir(mediaDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  return Promise.all(names.map((name) => loadLoop(join(mediaDir, name))));
}

async function loadLoop(dir: string): Promise<LoopMedia> {
  const manifest = LoopManifest.parse(JSON.parse(await readFile(join(dir, 'room.json'), 'utf8')));
  const lines = (await readFile(join(dir, 'chat.jsonl'), 'utf8')).split('\n').filter(Boolean);
  const messages = lines.map((line) => LoopMessage.parse(JSON.parse(line))).sort((a, b) => a.offsetMs - b.offsetMs);
  const files = new Map<string, Buffer>();
  for (const variant of manifest.variants) {
    for (const file of [...variant.segments, ...(variant.init ? [variant.init] : [])]) {
      files.set(`${variant.name}/${file}`, await readFile(join(dir, variant.name, file)));
    }
  }
  return { manifest, messages, files };
}

/** Length of one loop in media milliseconds. */
export function loopMs(manifest: LoopManifest): number {
  return manifest.segmentMs * loopSegments(manifest);
}

/** Segments in one loop. */
export function loopSegments(manifest: LoopManifest): number {
  return manifest.variants[0]?.segments.length ?? 0;
}
