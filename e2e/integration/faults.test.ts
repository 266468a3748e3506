import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { repository, startEngine } from '../engine-process.ts';
import { startTestOrigin } from '../origin/test-origin.ts';
import { RpcClient } from './rpc-client.ts';

test('a dead room, a web page and a segment of garbage each say what is wrong; the room beside them is read and flagged', { timeout: 120_000 }, async () => {
  const origin = await startTestOrigin({ mediaDir: path.join(repository, 'resources/demo') });
  const engine = await startEngine([]);
  try {
    const [dead, page, garbage, sound] = ['demo-fruit', 'demo-jewel', 'demo-bags', 'demo-tea'].map((id) => origin.room(id));
    assert.ok(dead && page && garbage && sound);
    await origin.setFault(dead.id, 'dead');
    await origin.setFault(page.id, 'playlist-html');
    await origin.setFault(garbage.id, 'segment-garbage');
    const client = await RpcClient.connect(engine.url);
    const add = async (room: { name: string; url: string }) => (await client.call('rooms.add', { name: room.name, url: room.url })).id;
    const flagged = client.waitFor('flagsCommitted', ({ flags }) => flags.some((flag) => flag.quote.includes('根治糖尿病')));
    const undecodable = client.waitFor('notice', ({ fault }) => fault.code === 'segment-undecodable');
    const stateOf = (code: string) => client.waitFor('roomChanged', (room) => room.state === 'offline' && room.stateFault?.code === code);
    const states = Promise.all([stateOf('connect-failed'), stateOf('playlist-html')]);
    const garbageId = await add(garbage);
    const ids = [await add(dead), await add(page), garbageId, await add(sound)];
    const [deadState, pageState] = await states;
    assert.deepEqual([deadState.name, pageState.name], [dead.name, page.name]);
    const notice = await undecodable;
    assert.match(notice.fault.message, new RegExp(garbage.name));
    const { flags } = await flagged;
    assert.deepEqual([...new Set(flags.map((flag) => flag.roomId))], [ids[3]]);
    assert.ok(flags.every((flag) => flag.basis.length > 0 && flag.explanation !== '' && flag.rulePackHash !== ''));

    // The test of an address names the step that fails.
    const tests = await Promise.all([dead, page, garbage, sound].map((room) => client.call('rooms.test', { url: room.url })));
    const failing = tests.map((result) => result.steps.find((step) => !step.ok)?.name ?? null);
    assert.deepEqual(failing, ['connect', 'playlist', 'decode', null]);
    assert.equal(tests[3]?.ok, true);

    // Once it behaves again the room goes on by itself.
    const live = client.waitFor('roomChanged', (room) => room.id === ids[0] && room.state === 'live', 60_000);
    await origin.setFault(dead.id, null);
    await live;
    client.close();
  } finally {
    await engine.stop();
    await origin.close();
  }
});
