import { mkdirSync } from 'node:fs';
import { toFault, type Fault } from '../../contract/faults.ts';
import type { LibraryLayout } from '../library/library-layout.ts';
import { setAsideDatabase } from '../store/database.ts';
import { openStore, type Store } from '../store/store.ts';

/** Opens the store; an unreadable database is set aside and rebuilt from the recordings, which are the truth. */
export function openLibraryStore(layout: LibraryLayout): { store: Store; lost: Fault | null } {
  mkdirSync(layout.root, { recursive: true });
  try {
    return { store: openStore(layout.database), lost: null };
  } catch (thrown) {
    const fault = toFault(thrown, layout.database);
    if (fault.code !== 'database-unreadable') throw thrown;
    const aside = setAsideDatabase(layout.database, Date.now());
    return { store: openStore(layout.database), lost: { ...fault, message: `${fault.message}。原文件保留为 ${aside}，已按磁盘上的录制文件重建索引；此前的复核意见在旧文件里` } };
  }
}
