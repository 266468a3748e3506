import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';
import { toFault } from '../../contract/index.ts';
import { loadRulePack } from '../screening/rule-pack.ts';
import { DEFAULT_MIN_SCORE, createScreener, type Screener } from '../screening/screener.ts';

const MAX_LINE_CHARS = 1_048_576;

const ScreenLine = z.object({
  id: z.union([z.string(), z.number()]),
  text: z.string(),
  channel: z.enum(['speech', 'ocr', 'chat', 'text']).default('text'),
});

/** What the `screen` command needs: its streams, the rule pack and the least score of a flag (0.5 when left out). */
export type ScreenOptions = { input: Readable; output: Writable; errorOutput: Writable; rulePackFile: string; threshold?: number };

/** Screens JSON lines from input to output, in order and in constant memory; resolves with the exit code. */
export async function runScreen({ input, output, errorOutput, rulePackFile, threshold = DEFAULT_MIN_SCORE }: ScreenOptions): Promise<number> {
  if (!(threshold >= 0 && threshold <= 1)) {
    errorOutput.write(`screen: --threshold must be a number from 0 to 1\n`);
    return 2;
  }
  let screener: Screener;
  try {
    screener = createScreener(loadRulePack(rulePackFile));
  } catch (thrown) {
    errorOutput.write(`screen: ${toFault(thrown, rulePackFile).message} (${rulePackFile})\n`);
    return 2;
  }
  // A reader that goes away (`| head`) is a normal end, not a fault.
  let closed = false;
  let wake = (): void => {};
  const close = (): void => {
    closed = true;
    wake();
  };
  output.on('error', close).on('close', close).on('drain', () => wake());
  try {
    for await (const line of splitLines(input)) {
      if (closed) break;
      if (line !== null && line.trim() === '') continue;
      if (!output.write(`${screenLine(screener, line, threshold)}\n`) && !closed) await new Promise<void>((resolve) => { wake = resolve; });
    }
  } catch (thrown) {
    errorOutput.write(`screen: input cannot be read: ${toFault(thrown, 'stdin').message}\n`);
    return 2;
  }
  return 0;
}

/** Screens one JSON line; null stands for a line that was too long. */
function screenLine(screener: Screener, line: string | null, threshold: number): string {
  const fail = (error: string): string => JSON.stringify({ id: null, error });
  if (line === null) return fail(`line longer than ${MAX_LINE_CHARS} characters`);
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return fail('not JSON');
  }
  const parsed = ScreenLine.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail(`${issue?.path.join('.') || 'line'}: ${issue?.message ?? 'invalid'}`);
  }
  const { id, text, channel } = parsed.data;
  const flags = screener.screen(text, channel, threshold).map((hit) => ({ ...hit, basis: hit.basis.map(({ law, article }) => ({ law, article })) }));
  return JSON.stringify({ id, flags });
}

/** Cuts a byte stream into lines without keeping more than one; a line over the limit comes as null. */
async function* splitLines(input: Readable): AsyncGenerator<string | null> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let tooLong = false;
  for await (const chunk of input) {
    const text = rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk as Buffer));
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      yield tooLong || at - from > MAX_LINE_CHARS ? null : text.slice(from, at);
      tooLong = false;
      from = at + 1;
    }
    rest = text.slice(from);
    if (rest.length > MAX_LINE_CHARS) {
      tooLong = true;
      rest = '';
    }
  }
  rest += decoder.end();
  if (tooLong) yield null;
  else if (rest !== '') yield rest.replace(/^\ufeff/, '');
}
