import { readdir, readFile } from 'node:fs/promises';

/** Kernel ticks in a second, as /proc counts them on every Linux that Node runs on (USER_HZ). */
const ticksPerSecond = 100;

type ProcessStat = { pid: number; parent: number; ticks: number };

/** Reads pid, parent and ticks (own and of ended, waited-for children) out of /proc/PID/stat; null when the text is none. */
export function parseStat(text: string): ProcessStat | null {
  // The command's name stands in parentheses and may itself hold parentheses and spaces.
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const pid = Number.parseInt(text, 10);
  const parent = Number(fields[1]);
  const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
  return close < 0 || ![pid, parent, ticks].every(Number.isFinite) ? null : { pid, parent, ticks };
}

/** CPU seconds (user and system) that processes and all their descendants have used so far. */
export async function readTreeCpuSeconds(rootPids: readonly number[]): Promise<number> {
  return (await readTree(rootPids)).reduce((sum, stat) => sum + stat.ticks, 0) / ticksPerSecond;
}

/** Resident memory of processes and all their descendants in MiB; pages they share are counted once for each. */
export async function readTreeMemoryMiB(rootPids: readonly number[]): Promise<number> {
  const sizes = await Promise.all((await readTree(rootPids)).map(async ({ pid }) => /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1]));
  return sizes.reduce((sum, kib) => sum + Number(kib ?? 0) / 1024, 0);
}

async function readTree(rootPids: readonly number[]): Promise<ProcessStat[]> {
  const stats: ProcessStat[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = parseStat(await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => ''));
    if (stat) stats.push(stat);
  }
  const tree = new Set(rootPids);
  for (let before = -1; before !== tree.size; ) {
    before = tree.size;
    for (const stat of stats) if (tree.has(stat.parent)) tree.add(stat.pid);
  }
  return stats.filter((stat) => tree.has(stat.pid));
}
