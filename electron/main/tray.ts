import { Menu, Tray, nativeImage } from 'electron';
import type { ShellText } from './shell-text.ts';

/** The tray icon, whose menu says how many rooms are still being recorded. */
export type RecordingTray = { setRecording: (rooms: number) => void; destroy: () => void };

/** Puts the icon into the tray; null where the desktop has none (the second-instance path then shows the window). */
export function openTray(iconFile: string, text: ShellText, acts: { show: () => void; quit: () => void }): RecordingTray | null {
  let tray: Tray;
  try {
    tray = new Tray(nativeImage.createFromPath(iconFile));
  } catch {
    return null;
  }
  const setRecording = (rooms: number): void => {
    const state = rooms > 0 ? text.recording(rooms) : text.idle;
    tray.setToolTip(`${text.name} · ${state}`);
    tray.setContextMenu(Menu.buildFromTemplate([
      { label: state, enabled: false },
      { type: 'separator' },
      { label: text.show, click: acts.show },
      { label: text.quit, click: acts.quit },
    ]));
  };
  tray.on('click', acts.show);
  setRecording(0);
  return { setRecording, destroy: () => tray.destroy() };
}
