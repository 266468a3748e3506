// The one door: every npm script comes here, on whatever Node >= 20 the machine has, with or without node_modules.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  process.stderr.write(`Zhibojian needs Node.js 20 or newer to start (found ${process.versions.node}). 需要 Node.js 20 或更高版本。\n`);
  process.exit(2);
}
const { runCommand } = await import('./lib/commands.mjs');
process.exitCode = await runCommand(process.argv[2] ?? '', process.argv.slice(3));
