import { runVerify } from './verify-command.ts';
import type { CommandIo } from './arguments.ts';

/** Help of `verify`. */
export const verifyHelp = `verify FILE.zip|FOLDER [--trust CERT_OR_KEY]… [--json]
Checks an evidence package offline; exit 0 only if every part holds.`;

/** Verifies a package. */
export async function runVerifyCommand(argv: string[], io: CommandIo): Promise<number> {
  return runVerify(argv, io);
}
