import { readFile } from 'node:fs/promises';
import { verifyPackage } from '../evidence/package-verifier.ts';
import { parseArguments, printJson, UsageError, type CommandIo } from './arguments.ts';

/** Help of `verify`. */
export const verifyHelp = `verify FILE.zip|FOLDER [--trust CERT_OR_KEY]… [--json]
Checks an evidence package offline. --trust: a PEM public key or certificate that must have signed it.
Exit 0 only if every part holds, 1 if one does not, 2 where there is nothing to check.`;

const QUIET_MS = 2000;

/** Verifies one package and prints each check; returns the exit code. */
export async function runVerify(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArguments(argv, { trust: { type: 'string', multiple: true }, json: { type: 'boolean' } });
  const [path] = positionals;
  if (path === undefined || positionals.length !== 1) throw new UsageError('name exactly one package: verify FILE.zip|FOLDER');
  const trust = await Promise.all((values.trust ?? []).map((file) => readFile(file, 'utf8').catch(() => {
    throw new UsageError(`--trust ${file} cannot be read`);
  })));
  const progress = createProgress(io);
  const report = await verifyPackage(path, { trust, onProgress: progress.show });
  progress.clear();
  if (values.json === true) printJson(io, report);
  else {
    for (const check of report.checks) io.output.write(`${check.ok ? '✓' : '✗'} ${check.name}: ${check.detail}\n`);
    io.output.write(report.ok ? '核验通过 / the package holds\n' : '核验未通过 / the package does NOT hold\n');
  }
  return report.ok ? 0 : 1;
}

function createProgress(io: CommandIo): { show: (fraction: number) => void; clear: () => void } {
  const isTerminal = 'isTTY' in io.error && io.error.isTTY === true;
  const startedAt = performance.now();
  let shown = -1;
  return {
    show: (fraction) => {
      const percent = Math.floor(fraction * 100);
      if (!isTerminal || percent === shown || performance.now() - startedAt < QUIET_MS) return;
      shown = percent;
      io.error.write(`\r${'█'.repeat(Math.floor(percent / 4)).padEnd(25, '░')} ${percent} %`);
    },
    clear: () => {
      if (shown >= 0) io.error.write('\r\u001b[K');
    },
  };
}
