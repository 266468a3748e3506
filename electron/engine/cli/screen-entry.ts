import { rulePackFile } from '../entry/program-files.ts';
import type { Readable, Writable } from 'node:stream';
import { parseArguments, toNumber, type CommandIo } from './arguments.ts';
import { runScreen } from './screen-command.ts';

/** Help of `screen`. */
export const screenHelp = `screen [--threshold N]
stdin: one JSON object per line {"id","text","channel"}; stdout, same order, one per line: {"id","flags":[…]}.`;

/** Screens standard input with the bundled rule pack. */
export async function runScreenCommand(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArguments(argv, { threshold: { type: 'string' } });
  const threshold = toNumber(values.threshold, 'threshold', { min: 0, max: 1 });
  return runScreen({ input: io.input as Readable, output: io.output as Writable, errorOutput: io.error as Writable, rulePackFile, ...(threshold === null ? {} : { threshold }) });
}
