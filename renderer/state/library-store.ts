import { create } from 'zustand';
import type { AlteredFile, Fault, Hold, LibraryOverview, LibraryTask, Recording, RetentionPlan, SessionId, TaskId } from '../../electron/contract/index.ts';
import { engine } from './engine.ts';
import { readFault } from './notices-store.ts';

/** What the library screen stands on; null = not yet heard. `complete` once every page of the recordings is in. */
export type LibraryState = {
  recordings: readonly Recording[]; complete: boolean;
  overview: LibraryOverview | null; plan: RetentionPlan | null;
  /** Holds in force and released, newest first. */
  holds: readonly Hold[];
  altered: readonly AlteredFile[];
  /** Long work, newest first. */
  tasks: readonly LibraryTask[];
  /** Ended tasks that the person has put away. */
  hiddenTaskIds: ReadonlySet<TaskId>;
  /** Why the lists could not be read; null once they could. */
  fault: Fault | null;
};

const pageSize = 500;
const growthPageSize = 100;
const settleMs = 250;
const growthEveryMs = 5000;

/** The library as last heard; kept fresh while `watchLibrary` runs. */
export const useLibrary = create<LibraryState>()(() => ({ recordings: [], complete: false, overview: null, plan: null, holds: [], altered: [], tasks: [], hiddenTaskIds: new Set(), fault: null }));

/** Puts changed recordings into a list, newest first; unknown ones are added. */
export function mergeRecordings(known: readonly Recording[], changed: readonly Recording[]): Recording[] {
  const byId = new Map(known.map((each) => [each.id, each]));
  for (const each of changed) byId.set(each.id, each);
  return [...byId.values()].sort((a, b) => b.startMs - a.startMs || (a.id < b.id ? 1 : -1));
}

/** Takes in what an act on recordings answered, before its event comes. */
export function takeRecordings(changed: readonly Recording[]): void {
  useLibrary.setState(({ recordings }) => ({ recordings: mergeRecordings(recordings, changed) }));
}

/** Takes in a task, new or changed. */
export function takeTask(task: LibraryTask): void {
  useLibrary.setState(({ tasks }) => ({ tasks: [task, ...tasks.filter((each) => each.id !== task.id)].sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1)) }));
}

/** Puts an ended task away. */
export function hideTask(id: TaskId): void {
  useLibrary.setState(({ hiddenTaskIds }) => ({ hiddenTaskIds: new Set([...hiddenTaskIds, id]) }));
}

/** Recordings by id, in the order asked; those not known are left out. */
export function pickRecordings(recordings: readonly Recording[], ids: readonly SessionId[]): Recording[] {
  const byId = new Map(recordings.map((each) => [each.id, each]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

async function loadRecordings(isStale: () => boolean): Promise<void> {
  const all = new Map<SessionId, Recording>();
  for (let offset = 0; ; offset += pageSize) {
    const page = await engine.call('recordings.list', { limit: pageSize, offset });
    if (isStale()) return;
    for (const each of page) all.set(each.id, each);
    // The first page is worth showing at once; later refreshes replace the list in one piece.
    if (!useLibrary.getState().complete) useLibrary.setState({ recordings: mergeRecordings([], [...all.values()]) });
    if (page.length < pageSize) break;
  }
  useLibrary.setState({ recordings: mergeRecordings([], [...all.values()]), complete: true });
}

/** Loads the library's lists and keeps them fresh by events; returns a function that ends it. */
export function watchLibrary(): () => void {
  let loading = false;
  let again = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let growthTimer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const load = async (): Promise<void> => {
    try {
      const [overview, holds, altered, tasks, plan] = await Promise.all([
        engine.call('library.get', {}), engine.call('hold.list', { released: true }), engine.call('verify.altered', {}), engine.call('tasks.list', {}), engine.call('retention.plan', {}), loadRecordings(() => ended),
      ]);
      if (!ended) useLibrary.setState({ overview, holds: [...holds].sort((a, b) => b.createdAtMs - a.createdAtMs), altered, tasks, plan, fault: null });
    } catch (thrown) {
      if (!ended) useLibrary.setState({ fault: readFault(thrown) });
    }
  };
  // Many changes in a row are one reading, and a large library is read again only after a rest as long as the reading took.
  const loadSoon = (delayMs = settleMs): void => {
    if (ended || timer !== undefined) return;
    if (loading) {
      again = true;
      return;
    }
    timer = setTimeout(() => {
      timer = undefined;
      void loadOnce();
    }, delayMs);
  };
  const loadOnce = async (): Promise<void> => {
    loading = true;
    again = false;
    const startedMs = performance.now();
    await load();
    loading = false;
    if (again) loadSoon(Math.max(settleMs, performance.now() - startedMs));
  };
  // Running sessions grow with every segment: the newest are read again now and then, not the whole list.
  const growSoon = (): void => {
    growthTimer ??= setTimeout(() => {
      growthTimer = undefined;
      engine.call('recordings.list', { limit: growthPageSize }).then((page) => { if (!ended) takeRecordings(page); }, (thrown: unknown) => { if (!ended) useLibrary.setState({ fault: readFault(thrown) }); });
    }, growthEveryMs);
  };
  const stops = [
    engine.onWelcome(() => loadSoon()),
    engine.onEvent((event) => {
      switch (event.event) {
        case 'recordingsChanged': case 'holdChanged': return loadSoon();
        case 'libraryChanged': return useLibrary.setState({ overview: event.data });
        case 'libraryTaskChanged':
          takeTask(event.data);
          if (event.data.endedAtMs !== null) loadSoon();
          return;
        case 'segmentCommitted': case 'gapCommitted': return growSoon();
        default: return;
      }
    }),
  ];
  void loadOnce();
  return () => {
    ended = true;
    clearTimeout(timer);
    clearTimeout(growthTimer);
    for (const stop of stops) stop();
  };
}

/** Reads everything again, as after a failure. */
export async function reloadLibrary(): Promise<void> {
  try {
    const [overview, plan] = await Promise.all([engine.call('library.get', {}), engine.call('retention.plan', {}), loadRecordings(() => false)]);
    useLibrary.setState({ overview, plan, fault: null });
  } catch (thrown) {
    useLibrary.setState({ fault: readFault(thrown) });
  }
}
