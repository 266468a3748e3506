import { create } from 'zustand';
import { RoomId } from '../../electron/contract/index.ts';

/** Views of the library, in their order. */
export const libraryViews = ['recordings', 'retention', 'holds', 'altered'] as const;
/** A view of the library. */
export type LibraryView = (typeof libraryViews)[number];

/** The place that the window shows; `room` may name a moment on the wall clock, null meaning live. */
export type Route =
  | { place: 'wall' }
  | { place: 'room'; roomId: RoomId; atMs: number | null }
  | { place: 'rooms' }
  | { place: 'evidence'; packageId: string | null }
  | { place: 'library'; view: LibraryView }
  | { place: 'settings' };

/** Reads a place from the address's hash; what cannot be read is the wall. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [place, id] = path.split('/');
  const params = new URLSearchParams(query);
  if (place === 'room') {
    const roomId = RoomId.safeParse(id);
    const at = Number(params.get('at') ?? Number.NaN);
    if (roomId.success) return { place, roomId: roomId.data, atMs: Number.isFinite(at) && at > 0 ? at : null };
  }
  if (place === 'evidence') return { place, packageId: id ? decodeURIComponent(id) : null };
  if (place === 'library') return { place, view: libraryViews.find((each) => each === id) ?? 'recordings' };
  if (place === 'rooms' || place === 'settings') return { place };
  return { place: 'wall' };
}

/** Writes a place as the address's hash. */
export function formatRoute(route: Route): string {
  if (route.place === 'room') return `#/room/${route.roomId}${route.atMs === null ? '' : `?at=${Math.round(route.atMs)}`}`;
  if (route.place === 'evidence' && route.packageId) return `#/evidence/${encodeURIComponent(route.packageId)}`;
  if (route.place === 'library' && route.view !== 'recordings') return `#/library/${route.view}`;
  return `#/${route.place}`;
}

/** Where the window is; `visit` grows with every navigation, so that going to the same moment again is seen. */
export const useRoute = create<{ route: Route; visit: number }>()(() => ({ route: parseRoute(typeof location === 'undefined' ? '' : location.hash), visit: 0 }));

/** Goes to a place, leaving an entry in the history. */
export function goTo(route: Route): void {
  const hash = formatRoute(route);
  if (location.hash === hash) useRoute.setState(({ visit }) => ({ route, visit: visit + 1 }));
  else location.hash = hash;
}

/** Follows the address bar; returns a function that ends it. */
export function watchRoute(): () => void {
  const update = (): void => useRoute.setState(({ visit }) => ({ route: parseRoute(location.hash), visit: visit + 1 }));
  window.addEventListener('hashchange', update);
  return () => window.removeEventListener('hashchange', update);
}
