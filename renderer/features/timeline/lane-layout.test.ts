import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BASE_HEIGHT_PX, LANE_IDS, laneAt, laneBox, layoutLanes } from './lane-layout.ts';

test('rows follow one another without holes and never pass the canvas', () => {
  fc.assert(fc.property(fc.integer({ min: 60, max: 900 }), (height) => {
    const layout = layoutLanes(height);
    assert.deepEqual(layout.lanes.map((lane) => lane.id), [...LANE_IDS]);
    let y = layout.axis.height;
    for (const lane of layout.lanes) {
      assert.equal(lane.y, y);
      y += lane.height;
    }
    assert.ok(y <= height);
  }));
});

test('extra height goes to pictures and sound first', () => {
  const base = layoutLanes(BASE_HEIGHT_PX);
  const tall = layoutLanes(BASE_HEIGHT_PX + 60);
  const gained = (id: (typeof LANE_IDS)[number]): number => laneBox(tall, id).height - laneBox(base, id).height;
  assert.ok(gained('picture') > gained('speech'));
  assert.ok(gained('sound') > gained('flags'));
  assert.equal(gained('gaps'), 0);
});

test('a point finds its row', () => {
  const layout = layoutLanes(BASE_HEIGHT_PX);
  for (const lane of layout.lanes) assert.equal(laneAt(layout, lane.y + lane.height / 2)?.id, lane.id);
  assert.equal(laneAt(layout, 3), null);
  assert.equal(laneAt(layout, BASE_HEIGHT_PX + 5), null);
});
