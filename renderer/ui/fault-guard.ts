import { addNotice } from '../state/notices-store.ts';

/** Runs something that may fail with a fault and shows the fault as a notice; resolves to null where it failed. */
export async function guardFault<T>(run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (thrown) {
    addNotice('error', thrown);
    return null;
  }
}
