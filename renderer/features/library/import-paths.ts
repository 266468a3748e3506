/** Reads paths out of a text, one a line; quotes around a path, as a file manager copies them, are taken off, and repeats are dropped. */
export function parsePaths(text: string): string[] {
  return [...new Set(text.split(/\r?\n/).map((line) => line.trim().replace(/^(["'])(.*)\1$/, '$2')).filter((line) => line !== ''))];
}

/** Whether a path is whole: from the root, a drive or a share. */
export function isFullPath(path: string): boolean {
  return /^(\/|[A-Za-z]:[\\/]|\\\\[^\\])/.test(path);
}
