import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultError, makeFault, methods, Session } from '../../../electron/contract/index.ts';
import type { Method } from '../../../electron/contract/index.ts';
import { TimelineData } from '../timeline/timeline-data.ts';
import { BLOCK_MS } from './block-plan.ts';
import { RangeLoader } from './range-loader.ts';
import type { CallEngine, LoadState } from './range-loader.ts';

const T0 = 2_800_000 * BLOCK_MS;
const SESSION = Session.parse({ id: 's1', roomId: 'room', startMs: T0, endMs: null, segments: 1, bytes: 1, mediaMs: 1 });

/** An engine's answers out of one list of texts, one each 10 s; `down` makes every call fail. */
function makeEngine(): { call: CallEngine; asked: string[]; down: boolean } {
  const engine = {
    asked: [] as string[], down: false,
    call: (async (method: Method, params: unknown) => {
      if (engine.down) throw new FaultError(makeFault('connect-failed', 'engine', 'down'));
      const { fromMs, toMs } = params as { fromMs: number; toMs: number };
      engine.asked.push(`${method} ${(fromMs - T0) / BLOCK_MS}`);
      if (method !== 'observations.list') return [];
      const texts = [];
      for (let at = Math.ceil(fromMs / 10_000) * 10_000; at < toMs; at += 10_000) texts.push(makeText(at));
      return methods[method].result.parse(texts);
    }) as CallEngine,
  };
  return engine;
}

function makeText(at: number) {
  return { id: Math.floor(at / 10_000), roomId: 'room', sessionId: 's1', lane: 'ocr', startMs: at, endMs: at + 5000, text: '字', confidence: 1, engine: 'test' };
}

/** Starts a loader and waits until it has nothing more to do. */
function startLoader(engine: { call: CallEngine }, endMs: number) {
  const data = new TimelineData();
  let settle: ((state: LoadState) => void) | null = null;
  const loader = new RangeLoader(engine.call, data, SESSION, endMs, (state) => {
    if (!state.loading) settle?.(state);
  });
  const run = (act: () => void): Promise<LoadState> => new Promise((resolve) => {
    settle = resolve;
    act();
  });
  return { data, loader, run };
}

test('only blocks in view are read, once each, and not beyond the session', async () => {
  const engine = makeEngine();
  const { data, loader, run } = startLoader(engine, T0 + 3 * BLOCK_MS);
  await run(() => loader.see(T0 - BLOCK_MS, T0 + BLOCK_MS / 2));
  assert.deepEqual([...new Set(engine.asked.map((line) => line.split(' ')[1]))], ['0']);
  const before = engine.asked.length;
  loader.see(T0, T0 + BLOCK_MS / 2);
  assert.equal(engine.asked.length, before);
  assert.equal(data.lanes.ocr.items.length, Math.ceil(BLOCK_MS / 10_000));
});

test('a failed block is told and read again on retry', async () => {
  const engine = makeEngine();
  const { data, loader, run } = startLoader(engine, T0 + BLOCK_MS);
  engine.down = true;
  assert.equal((await run(() => loader.see(T0, T0 + 1000))).fault?.code, 'connect-failed');
  engine.down = false;
  assert.equal((await run(() => loader.see(T0, T0 + 1000))).fault, null);
  assert.ok(data.lanes.ocr.items.length > 0);
});

test('announced texts are appended to held blocks without doubling, and a new block is read when the session grows into it', async () => {
  const engine = makeEngine();
  const { data, loader, run } = startLoader(engine, T0 + BLOCK_MS - 1);
  await run(() => loader.see(T0, T0 + BLOCK_MS * 1.2));
  const count = data.lanes.ocr.items.length;
  const event = { roomId: SESSION.roomId, sessionId: SESSION.id, waveform: null, stills: [], levelDb: null };
  const observations = methods['observations.list'].result.parse([makeText(data.lanes.ocr.items[0]!.startMs), { ...makeText(T0 + 5000), id: 1 }]);
  loader.append({ ...event, observations });
  assert.equal(data.lanes.ocr.items.length, count + 1);
  loader.append({ ...event, observations: methods['observations.list'].result.parse([makeText(T0 + BLOCK_MS * 40)]) });
  assert.equal(data.lanes.ocr.items.length, count + 1);
  await run(() => loader.extend(T0 + BLOCK_MS + 1));
  assert.ok(engine.asked.includes('observations.list 1'));
});
