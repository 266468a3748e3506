import { parseArgs } from 'node:util';
import { makeFault, toFault } from '../../contract/faults.ts';
import { PerceptionRequest } from '../../contract/perception.ts';
import type { PerceptionReply } from '../../contract/perception.ts';
import { exitOnDisconnect } from '../supervise/child-exit.ts';
import type { PerceptionLane } from './perception-lane.ts';

async function openLane(name: string, modelsDir: string, userModelsDir: string | null): Promise<PerceptionLane> {
  // Imported here so that each child loads only the native code that it runs.
  if (name === 'decode') return (await import('./decode-lane.ts')).openDecodeLane(modelsDir);
  if (name === 'ocr') return (await import('./ocr-lane.ts')).openOcrLane();
  if (name === 'speech') return (await import('./speech-lane.ts')).openSpeechLane(modelsDir, userModelsDir);
  throw new Error(`no such lane: ${name}`);
}

function reply(message: PerceptionReply): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined); // the engine may be gone: `disconnect` follows
}

async function answer(lane: PerceptionLane, message: unknown): Promise<PerceptionReply> {
  const parsed = PerceptionRequest.safeParse(message);
  if (!parsed.success) {
    const id = typeof message === 'object' && message !== null && 'id' in message && typeof message.id === 'number' ? message.id : -1;
    return { type: 'failed', id, fault: makeFault('bad-request', 'perception', parsed.error.message) };
  }
  const { id } = parsed.data;
  try {
    if (lane.fault !== null) return { type: 'failed', id, fault: lane.fault };
    return (await lane.answer(parsed.data)) ?? { type: 'failed', id, fault: makeFault('bad-request', 'perception', `this lane does not answer ${parsed.data.type}`) };
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name !== 'FaultError') process.stderr.write(`${thrown.stack ?? thrown.message}\n`);
    return { type: 'failed', id, fault: toFault(thrown, parsed.data.type) };
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { models: { type: 'string' }, 'user-models': { type: 'string' } } });
exitOnDisconnect(undefined, 500);
const lane = await openLane(positionals[0] ?? '', values.models ?? 'models', values['user-models'] ?? null);
// One after the other: decoders and caches belong to one request at a time.
let queue: Promise<void> = Promise.resolve();
process.on('message', (message: unknown) => {
  queue = queue.then(async () => reply(await answer(lane, message)));
});
reply({ type: 'ready', fault: lane.fault, versions: lane.versions });
