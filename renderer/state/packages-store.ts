import { create } from 'zustand';
import type { EvidencePackage } from '../../electron/contract/index.ts';

/** Evidence packages, newest first. */
export const usePackages = create<{ packages: readonly EvidencePackage[] }>()(() => ({ packages: [] }));

/** Puts packages in, new or changed. */
export function mergePackages(changed: readonly EvidencePackage[]): void {
  usePackages.setState(({ packages }) => {
    const byId = new Map(packages.map((each) => [each.id, each]));
    for (const each of changed) byId.set(each.id, each);
    return { packages: [...byId.values()].sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1)) };
  });
}
