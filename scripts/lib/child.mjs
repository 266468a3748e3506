import { spawn } from 'node:child_process';
import os from 'node:os';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs a child on our own stdio, forwards signals, resolves to its exit code (128 + number when a signal ended it). */
export function runChild(file, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'inherit', ...options });
    const handlers = new Map(forwarded.map((signal) => [signal, () => {
      // A terminal sends Ctrl-C to the whole group: sent twice, a recorder would take it for "now, not cleanly".
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    }]));
    for (const [signal, handler] of handlers) process.on(signal, handler);
    const finish = (code) => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
      resolve(code);
    };
    child.once('error', (error) => {
      process.stderr.write(`${file}: ${error.message}\n`);
      finish(127);
    });
    child.once('exit', (code, signal) => finish(code ?? 128 + (os.constants.signals[signal] ?? 0)));
  });
}
