import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Takes a lock file that holds our process id, waiting while its holder lives; `onWait` is told once. Returns the release. */
export async function takeLock(file, onWait) {
  mkdirSync(path.dirname(file), { recursive: true });
  for (let round = 0, empty = 0; ; round += 1) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      const release = () => {
        if (holderOf(file) === process.pid) rmSync(file, { force: true });
      };
      process.once('exit', release);
      return release;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = holderOf(file);
    // An empty file is a holder between creating and writing; after a second it is one that died there.
    empty = holder === 0 ? empty + 1 : 0;
    if ((holder !== null && holder !== 0 && (Number.isNaN(holder) || !isAlive(holder))) || empty > 5) {
      rmSync(file, { force: true });
      continue;
    }
    if (round === 0) onWait(holder);
    await wait(200);
  }
}
