import { runChaos } from './chaos-soak.ts';
import { runFaults } from './faults-soak.ts';
import { runFuzz } from './fuzz-soak.ts';
import { runRealServers } from './real-servers-soak.ts';
import type { Soak } from './soak-result.ts';

// `npm run soak -- NAME [options]`: the long proofs, each on the real program; prints what it measured and ends with 1 when something did not hold.
const soaks: readonly Soak[] = [
  { name: 'chaos', about: '[--kills 200] [--rooms 6] [--seed N]: kill -9 of recorder, engine and perception in turn at random moments', run: runChaos },
  { name: 'faults', about: '[--seconds 60]: the whole fault matrix with a longer fault', run: runFaults },
  { name: 'fuzz', about: '[--cases 1000000] [--seed N] [NAME…]: mutated real playlists, container headers, subtitles and chat through every parser', run: runFuzz },
  { name: 'real-servers', about: '[--minutes 10] [--media DIR]: nginx-rtmp HLS and node-media-server HTTP-FLV fed by ffmpeg; every stream below DIR by a plain web server', run: runRealServers },
];

const [name, ...args] = process.argv.slice(2);
const soak = soaks.find((item) => item.name === name);
if (soak === undefined) {
  process.stderr.write(`soak NAME\n${soaks.map((item) => `  ${item.name.padEnd(14)} ${item.about}`).join('\n')}\n`);
  process.exit(2);
}
const { held, lines } = await soak.run(args);
process.stdout.write(`${lines.join('\n')}\n${held ? 'held' : 'DID NOT HOLD'}\n`);
process.exit(held ? 0 : 1);
