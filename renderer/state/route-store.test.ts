import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomId } from '../../electron/contract/index.ts';
import { formatRoute, parseRoute } from './route-store.ts';
import type { Route } from './route-store.ts';

test('every place survives its address, and nonsense is the wall', () => {
  const routes: Route[] = [
    { place: 'wall' }, { place: 'rooms' }, { place: 'settings' }, { place: 'evidence', packageId: null }, { place: 'evidence', packageId: 'p1' },
    { place: 'library', view: 'recordings' }, { place: 'library', view: 'retention' }, { place: 'library', view: 'holds' }, { place: 'library', view: 'altered' },
    { place: 'room', roomId: RoomId.parse('demo-bags'), atMs: null }, { place: 'room', roomId: RoomId.parse('demo-bags'), atMs: 1_795_473_106_627 },
  ];
  for (const route of routes) assert.deepEqual(parseRoute(formatRoute(route)), route);
  assert.deepEqual(parseRoute('#/library/nonsense'), { place: 'library', view: 'recordings' });
  for (const hash of ['', '#/', '#/nowhere', '#/room/../etc', '#/room/']) assert.deepEqual(parseRoute(hash), { place: 'wall' });
});
