import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomId } from '../../electron/contract/index.ts';
import { formatRoute, parseRoute } from './route-store.ts';
import type { Route } from './route-store.ts';

test('every place survives its address, and nonsense is the wall', () => {
  const routes: Route[] = [
    { place: 'wall' }, { place: 'rooms' }, { place: 'settings' }, { place: 'evidence', packageId: null }, { place: 'evidence', packageId: 'p1' },
    { place: 'room', roomId: RoomId.parse('demo-bags'), atMs: null }, { place: 'room', roomId: RoomId.parse('demo-bags'), atMs: 1_795_473_106_627 },
  ];
  for (const route of routes) assert.deepEqual(parseRoute(formatRoute(route)), route);
  for (const hash of ['', '#/', '#/nowhere', '#/room/../etc', '#/room/']) assert.deepEqual(parseRoute(hash), { place: 'wall' });
});
