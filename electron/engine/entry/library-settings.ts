import { FaultError, makeFault } from '../../contract/faults.ts';
import { LibrarySettings, type LibrarySettingsChange } from '../../contract/library.ts';
import type { Store } from '../store/store.ts';

const settingKey = 'library';
const standardRetentionDays = 90;

/** The library's settings as they stand; what was never set has its default. */
export function readLibrarySettings(store: Store): LibrarySettings {
  const text = store.rooms.getSetting(settingKey);
  const parsed = LibrarySettings.safeParse(text === null ? {} : JSON.parse(text));
  return parsed.success ? parsed.data : LibrarySettings.parse({});
}

/** Changes settings and keeps who did; keeping less than the standard's 90 days takes an explicit yes. */
export function changeLibrarySettings(store: Store, change: LibrarySettingsChange, user: string): LibrarySettings {
  const { confirmShorter, ...wanted } = change;
  const before = readLibrarySettings(store);
  const days = wanted.retentionDays;
  if (days !== undefined && days < standardRetentionDays && days !== before.retentionDays && !confirmShorter) {
    throw new FaultError(makeFault('bad-request', 'retentionDays', `标准要求回放至少保存 ${standardRetentionDays} 天；要改为 ${days} 天须另行确认`));
  }
  const next = LibrarySettings.parse({ ...before, ...wanted });
  store.transact(() => {
    store.rooms.setSetting(settingKey, JSON.stringify(next));
    store.packages.addCustody({ atMs: Date.now(), user, act: 'library-configured', roomId: null, detail: wanted });
  });
  return next;
}
