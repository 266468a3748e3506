import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** A mistake in how a command was called: one line for the person, exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Parses a command's arguments strictly; throws UsageError with one clear line. */
export function parseArguments<T extends ParseArgsOptionsConfig>(argv: string[], options: T): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>> {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Reads a number option within bounds; throws UsageError. */
export function toNumber(text: string | undefined, name: string, bounds: { min: number; max: number }): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < bounds.min || value > bounds.max) throw new UsageError(`--${name} must be a number from ${bounds.min} to ${bounds.max}, not "${text}"`);
  return value;
}

/** Where a command reads and writes. */
export type CommandIo = { input: NodeJS.ReadableStream; output: NodeJS.WritableStream; error: NodeJS.WritableStream };

/** Writes one JSON value as a line. */
export function printJson(io: CommandIo, value: unknown): void {
  io.output.write(`${JSON.stringify(value)}\n`);
}
