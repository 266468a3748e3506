import { mkdirSync } from 'node:fs';
import { RecorderCommand, type RecorderReport } from '../../contract/recording.ts';
import { makeFault, type Fault } from '../../contract/faults.ts';
import type { RoomId } from '../../contract/ids.ts';
import { ClockWatch } from './clock-watch.ts';
import { setMinFreeBytes } from './disk-fault.ts';
import { RoomRecording } from './room-recording.ts';
import { testAddress } from './room-tester.ts';

// The recorder's process: network → disk and nothing else. It ends with the engine: what it had not finished is fetched again by the next one.
const recordings = new Map<RoomId, RoomRecording>();
let outerGate: Fault | null = null;
const roomGates = new Map<RoomId, Fault>();
const testTimeoutMs = 30_000;
const clock = new ClockWatch({
  onMeasured: (measured, isNews) => {
    const { offsetMs, uncertaintyMs, source } = measured;
    report({ type: 'clock', offsetMs, source, uncertaintyMs });
    if (isNews) for (const recording of recordings.values()) recording.noteClockMeasured(measured);
  },
  onStep: (stepMs) => {
    for (const recording of recordings.values()) recording.noteClockStep(stepMs);
    report({ type: 'clock-step', stepMs });
  },
});

function report(message: RecorderReport): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined); // the engine may be gone: `disconnect` follows
}

function start(command: Extract<RecorderCommand, { type: 'start' }>): void {
  recordings.get(command.roomId)?.stop();
  try {
    if (outerGate === null) mkdirSync(command.dir, { recursive: true }); // behind a closed gate the disk may be the wrong one
  } catch (thrown) {
    report({ type: 'state', roomId: command.roomId, state: 'disk-gate', fault: makeFault('disk-error', command.dir, String(thrown), { retryable: true }), sessionId: null, bitrateBps: null });
  }
  const recording = new RoomRecording({ roomId: command.roomId, source: command.source, dir: command.dir, resume: command.resume, untilEnd: command.untilEnd, report, clock, outerGate: () => outerGate ?? roomGates.get(command.roomId) ?? null });
  recordings.set(command.roomId, recording);
  void recording.done.then(() => {
    if (recordings.get(command.roomId) === recording) recordings.delete(command.roomId);
  });
}

function setGate(roomId: RoomId | null, fault: Fault | null): void {
  if (roomId === null) outerGate = fault;
  else if (fault === null) roomGates.delete(roomId);
  else roomGates.set(roomId, fault);
}

function stop(roomId: RoomId): void {
  const recording = recordings.get(roomId);
  if (recording === undefined) report({ type: 'stopped', roomId, ended: false });
  else recording.stop();
}

async function shutDown(): Promise<void> {
  clock.stop();
  const open = [...recordings.values()];
  for (const recording of open) recording.stop();
  await Promise.all(open.map((recording) => recording.done));
  process.exit(0);
}

process.on('message', (raw) => {
  const command = RecorderCommand.parse(raw);
  if (command.type === 'start') start(command);
  else if (command.type === 'stop') stop(command.roomId);
  else if (command.type === 'gate') setGate(command.roomId, command.fault);
  else if (command.type === 'disk-limits') setMinFreeBytes(command.minFreeBytes);
  else if (command.type === 'clock-servers') clock.setServers(command.servers);
  else if (command.type === 'test') {
    void testAddress(command.source, command.dir, AbortSignal.timeout(testTimeoutMs)).then((result) => report({ type: 'tested', testId: command.testId, ...result }));
  } else void shutDown();
});
process.on('disconnect', () => void shutDown());
// A terminal's Ctrl-C reaches the whole group; the engine decides when the recorder stops.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void shutDown());
report({ type: 'ready' });
