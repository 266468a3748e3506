/**
 * For a child's entry: ends this process when the channel to the engine closes, so that a killed engine leaves no child behind.
 * `finish` may put work in order first; it gets at most `graceMs`.
 */
export function exitOnDisconnect(finish: () => Promise<void> | void = () => undefined, graceMs = 5000): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), graceMs).unref();
    void Promise.resolve()
      .then(finish)
      .catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      })
      .finally(() => process.exit(0));
  };
  process.on('disconnect', end);
  process.on('SIGTERM', end);
  // Ctrl-C reaches the whole group; the engine decides when its children end.
  process.on('SIGINT', () => undefined);
  if (process.send !== undefined && !process.connected) end();
}
