import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { z } from 'zod';
import { makeFault } from '../../contract/faults.ts';
import type { ChildStatus } from '../../contract/status.ts';
import { ChildSupervisor } from './child-supervisor.ts';
import { planBackoffMs } from './restart-policy.ts';

const dir = mkdtempSync(join(tmpdir(), 'supervise-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const exitModule = fileURLToPath(new URL('./child-exit.ts', import.meta.url));
const entryFile = join(dir, 'child.ts');
writeFileSync(entryFile, `
import { exitOnDisconnect } from ${JSON.stringify(exitModule)};
import { spawn } from 'node:child_process';
exitOnDisconnect();
process.send!({ type: 'hello', pid: process.pid, flavour: process.env['FLAVOUR'] ?? '' });
process.on('message', (m: { do: string }) => {
  if (m.do === 'crash') { process.stderr.write('the last words\\n'); process.exit(7); }
  if (m.do === 'hang') { process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {}); for (;;); }
  if (m.do === 'leave a grandchild') spawn(process.execPath, ['-e', 'setTimeout(() => {}, 1500)'], { stdio: ['ignore', 'ignore', 'inherit'], detached: true }).unref();
  if (m.do === 'babble') process.send!({ type: 'nonsense' });
  process.send!({ type: 'echo', text: m.do });
});
`);

const Report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), pid: z.number(), flavour: z.string() }),
  z.object({ type: z.literal('echo'), text: z.string() }),
]);
type Report = z.infer<typeof Report>;

function watch() {
  const reports: Report[] = [];
  const statuses: ChildStatus[] = [];
  const waiters: (() => void)[] = [];
  const wake = (): void => waiters.splice(0).forEach((w) => w());
  const supervisor = new ChildSupervisor<{ do: string }, Report>({
    name: 'demo', entryFile, args: [], reportSchema: Report, env: { FLAVOUR: 'plum' }, minBackoffMs: 20, maxBackoffMs: 60,
    onReport: (r) => { reports.push(r); wake(); },
    onStatus: (s) => { statuses.push(s); wake(); },
  });
  const until = async (ok: () => boolean): Promise<void> => {
    while (!ok()) await new Promise<void>((resolve) => waiters.push(resolve));
  };
  return { supervisor, reports, statuses, until };
}

function isAlive(pid: number): boolean {
  try { process.kill(pid, 0); return true; } catch { return false; }
}

test('a child that crashes is restarted and the reason is kept', { timeout: 30_000 }, async () => {
  const { supervisor, reports, statuses, until } = watch();
  assert.equal(supervisor.send({ do: 'x' }), false, 'nothing to send to before the start');
  supervisor.start();
  assert.equal(supervisor.status.state, 'starting');
  await until(() => supervisor.status.state === 'running');
  const firstPid = supervisor.status.pid;
  assert.deepEqual(reports, [{ type: 'hello', pid: firstPid, flavour: 'plum' }]);
  assert.equal(supervisor.send({ do: 'crash' }), true);
  await until(() => supervisor.status.state === 'backing-off');
  assert.equal(supervisor.send({ do: 'x' }), false);
  assert.equal(supervisor.status.lastFault?.code, 'child-crashed');
  assert.match(supervisor.status.lastFault?.message ?? '', /exit code 7: the last words/);
  await until(() => supervisor.status.state === 'running');
  assert.notEqual(supervisor.status.pid, firstPid);
  assert.equal(supervisor.status.restarts, 1);
  supervisor.send({ do: 'babble' });
  await until(() => reports.some((r) => r.type === 'echo'));
  assert.deepEqual(reports.slice(-1), [{ type: 'echo', text: 'babble' }], 'what does not parse is not let through');
  await supervisor.stop(5000);
  assert.equal(supervisor.status.state, 'stopped');
  assert.deepEqual([...new Set(statuses.map((s) => s.state))], ['starting', 'running', 'backing-off', 'stopped']);
});

test('a hanging child is killed after the grace time, and kill() restarts with the given reason', { timeout: 30_000 }, async () => {
  const { supervisor, until } = watch();
  supervisor.start();
  await until(() => supervisor.status.state === 'running');
  supervisor.kill(makeFault('timed-out', 'demo', 'no answer'));
  await until(() => supervisor.status.restarts === 1 && supervisor.status.state === 'running');
  assert.equal(supervisor.status.lastFault?.code, 'timed-out');
  const pid = supervisor.status.pid ?? 0;
  supervisor.send({ do: 'hang' });
  await supervisor.stop(300);
  assert.equal(isAlive(pid), false);
});

test('stop resolves once the child is gone and said to be so, and may be called again', { timeout: 30_000 }, async () => {
  const { supervisor, reports, statuses, until } = watch();
  supervisor.start();
  await until(() => reports.length > 0);
  supervisor.send({ do: 'leave a grandchild' }); // it holds the pipe of the last words open
  await until(() => reports.length > 1);
  await supervisor.stop(5000);
  assert.equal(statuses.at(-1)?.state, 'stopped');
  await supervisor.stop(5000);
});

test('an entry that cannot be started is reported, not thrown', { timeout: 30_000 }, async () => {
  const faults: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const supervisor = new ChildSupervisor<{ do: string }, Report>({
    name: 'demo', entryFile: join(dir, 'absent.ts'), args: [], reportSchema: Report, minBackoffMs: 20, maxBackoffMs: 40,
    onReport: () => undefined,
    onStatus: (s) => { if (s.lastFault !== null) faults.push(s.lastFault.code); if (s.restarts === 2) resolve(); },
  });
  supervisor.start();
  await promise;
  await supervisor.stop(1000);
  assert.ok(faults.length >= 2 && faults.every((c) => c === 'child-crashed'));
});

test('a child ends when its engine is killed', { timeout: 30_000 }, async () => {
  const parentFile = join(dir, 'parent.ts');
  writeFileSync(parentFile, `
import { fork } from 'node:child_process';
const child = fork(${JSON.stringify(entryFile)}, [], { execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
child.on('message', () => process.send!(child.pid));
`);
  const parent = fork(parentFile, [], { execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [childPid] = (await once(parent, 'message')) as [number];
  assert.equal(isAlive(childPid), true);
  const pipe = parent.stdout;
  assert.ok(pipe);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  for (let tries = 0; isAlive(childPid) && tries < 200; tries += 1) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.equal(isAlive(childPid), false);
});

test('backoff grows, is capped and never more than a quarter early', () => {
  fc.assert(fc.property(fc.nat(60), fc.double({ min: 0, max: 1, noNaN: true }), (crashes, chance) => {
    const ms = planBackoffMs(crashes, 500, 15_000, chance);
    assert.ok(ms <= 15_000 && ms >= Math.min(15_000, 500 * 2 ** Math.min(crashes, 30)) * 0.75 - 1);
  }));
});
