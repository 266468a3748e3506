import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** The engine's first line on stdout. */
export const EngineHello = z.object({ url: z.url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|localhost|\[::1\])$/ }) });
export type EngineHello = z.infer<typeof EngineHello>;

/** How to start the engine. */
export type EngineCommand = { file: string; args: string[]; env: Record<string, string | undefined>; cwd: string };

/** The engine ended because it was asked to, or of its own accord with code 0. */
export type EngineExit = { reason: 'asked' | 'finished' };

/** The engine ended although nobody asked: `hello-missing` = it never said its address, `start-failed` = it could not be run. */
export type EngineCrash = { reason: 'code' | 'signal' | 'hello-missing' | 'start-failed'; detail: string; restarts: number; retryInMs: number };

/** What the supervisor tells its owner; exit and crash are two events. */
export type EngineEvents = {
  onReady: (url: string) => void;
  onExit: (exit: EngineExit) => void;
  onCrash: (crash: EngineCrash) => void;
  onLog: (line: string) => void;
};

/** A running supervision. */
export type EngineSupervisor = {
  /** Asks the engine to finish cleanly; kills it after `graceMs`. Resolves once it is gone. */
  stop: (graceMs?: number) => Promise<void>;
  /** Process id of the engine now, null between two runs. */
  pid: () => number | null;
};

/** Delays between restarts; a run longer than `steadyMs` starts the count again. */
export type RestartPolicy = { firstDelayMs: number; maxDelayMs: number; steadyMs: number; helloTimeoutMs: number };

const defaultPolicy: RestartPolicy = { firstDelayMs: 500, maxDelayMs: 30_000, steadyMs: 60_000, helloTimeoutMs: 60_000 };

/** Delay before restart number `restarts` (from 1): doubles up to the cap. */
export function planRestartDelay(restarts: number, policy: RestartPolicy = defaultPolicy): number {
  return Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(restarts - 1, 20));
}

/** Keeps the engine running as a child of its own; what crashes is started again with backoff, what exits is not. */
export function superviseEngine(command: EngineCommand, events: EngineEvents, policy: RestartPolicy = defaultPolicy): EngineSupervisor {
  let child: ChildProcess | null = null;
  let restarts = 0;
  let stopping = false;
  let retry: NodeJS.Timeout | null = null;
  let onGone: (() => void) | null = null;

  const start = (): void => {
    retry = null;
    const startedAtMs = performance.now();
    let saidHello = false;
    let failure: string | null = null;
    let settled = false;
    // The channel says nothing: it lets the engine finish cleanly should the shell die.
    const run = spawn(command.file, command.args, { cwd: command.cwd, env: command.env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], windowsHide: true });
    child = run;
    const helloTimer = setTimeout(() => run.kill('SIGKILL'), policy.helloTimeoutMs);
    if (run.stdout === null || run.stderr === null) throw new Error('the engine has no output');
    createInterface({ input: run.stdout }).on('line', (line) => {
      if (saidHello) return events.onLog(line);
      const hello = EngineHello.safeParse(parseJson(line));
      if (!hello.success) return events.onLog(line);
      saidHello = true;
      clearTimeout(helloTimer);
      events.onReady(hello.data.url);
    });
    createInterface({ input: run.stderr }).on('line', events.onLog);

    const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (settled) return;
      settled = true;
      clearTimeout(helloTimer);
      child = null;
      if (stopping) events.onExit({ reason: 'asked' });
      else if (failure === null && code === 0 && saidHello) events.onExit({ reason: 'finished' });
      else {
        if (performance.now() - startedAtMs >= policy.steadyMs) restarts = 0;
        restarts += 1;
        const retryInMs = planRestartDelay(restarts, policy);
        const reason = failure !== null ? 'start-failed' : !saidHello ? 'hello-missing' : signal !== null ? 'signal' : 'code';
        retry = setTimeout(start, retryInMs);
        events.onCrash({ reason, detail: failure ?? signal ?? `code ${code}`, restarts, retryInMs });
      }
      onGone?.();
    };
    run.once('error', (error) => {
      failure = error.message;
      // A child that was never there sends no exit.
      if (run.pid === undefined) settle(null, null);
    });
    run.once('exit', settle);
  };

  start();
  return {
    pid: () => child?.pid ?? null,
    stop: async (graceMs = 15_000) => {
      stopping = true;
      if (retry !== null) clearTimeout(retry);
      const running = child;
      if (running === null) return;
      const gone = new Promise<void>((resolve) => { onGone = resolve; });
      running.kill('SIGTERM');
      const killer = setTimeout(() => running.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(killer);
    },
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
