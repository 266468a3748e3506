import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OrderedPipeline } from './ordered-pipeline.ts';

test('whatever takes how long, everything is finished once and in order, and never more than the limit runs', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 }), fc.integer({ min: 1, max: 6 }), async (delays, parallel) => {
    let running = 0;
    const finished: number[] = [];
    const pipeline = new OrderedPipeline<number, number>(parallel, {
      begin: async (item) => {
        running += 1;
        assert.ok(running <= parallel);
        for (let turns = delays[item] as number; turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
        return item * 2;
      },
      finish: async (item, result) => {
        running -= 1;
        assert.equal(result, item * 2);
        finished.push(item);
      },
      giveUp: async () => assert.fail('nothing is to be given up'),
    }, () => assert.fail('nothing fails'));
    const half = delays.length >> 1;
    pipeline.push(delays.slice(0, half).map((_, i) => i));
    pipeline.push(delays.slice(half).map((_, i) => half + i));
    await pipeline.idle();
    assert.deepEqual(finished, delays.map((_, i) => i));
    assert.equal(pipeline.depth, 0);
  }));
});

test('a failure is kept, what was begun behind it is given up', async () => {
  const givenUp: number[] = [];
  let failed = 0;
  const pipeline = new OrderedPipeline<number, number>(3, {
    begin: async (item) => item,
    finish: async (item) => {
      if (item === 1) throw new Error('the disk is full');
    },
    giveUp: async (result) => void givenUp.push(result),
  }, () => (failed += 1));
  pipeline.push([0, 1, 2, 3, 4, 5]);
  await pipeline.idle();
  assert.throws(() => pipeline.check(), /disk is full/);
  await pipeline.close();
  assert.deepEqual(givenUp, [2, 3]);
  assert.equal(failed, 1);
});
