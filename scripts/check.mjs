// `npm run check [-- types lint imports docs unit]`: what must hold before a commit.
import { checkNames, runChecks } from './lib/check-steps.mjs';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !checkNames.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`unknown check ${unknown.join(', ')}; there are ${checkNames.join(', ')}\n`);
  process.exit(2);
}
const counts = await runChecks(names.length > 0 ? names : checkNames);
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
