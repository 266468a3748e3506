import { app, dialog } from 'electron';
import type { ShellText } from './shell-text.ts';

/** What the guard needs to know and do. */
export type QuitGuardHost = { recordingRooms: () => number; text: ShellText; stopEngine: () => Promise<void> };

/** Asks before quitting while rooms record, and lets the app go only after the engine has finished cleanly. Returns whether quitting has been agreed to. */
export function guardQuit(host: QuitGuardHost): { isQuitting: () => boolean } {
  let state: 'running' | 'asking' | 'stopping' | 'stopped' = 'running';

  const finish = async (): Promise<void> => {
    const rooms = host.recordingRooms();
    if (rooms > 0) {
      state = 'asking';
      const answer = await dialog.showMessageBox({
        type: 'question', buttons: [host.text.keepRecording, host.text.stopAndQuit], defaultId: 0, cancelId: 0, noLink: true,
        message: host.text.quitAsk(rooms), detail: host.text.quitDetail,
      });
      if (answer.response !== 1) {
        state = 'running';
        return;
      }
    }
    state = 'stopping';
    await host.stopEngine();
    state = 'stopped';
    app.quit();
  };

  app.on('before-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state !== 'running') return;
    finish().catch((error: unknown) => {
      process.stderr.write(`quit: ${String(error)}\n`);
      app.exit(1);
    });
  });
  return { isQuitting: () => state === 'stopping' || state === 'stopped' };
}
