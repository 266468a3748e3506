import { globSync } from 'node:fs';

/** Files below the root that match any of the patterns, sorted, with forward slashes. */
export function findFiles(root, patterns) {
  return globSync(patterns, { cwd: root, exclude: (name) => String(name).includes('node_modules') })
    .map((file) => file.replaceAll('\\', '/')).sort();
}
