import { powerSaveBlocker } from 'electron';

/** Keeps the machine awake while at least one room records; the screen may still go dark. */
export function makePowerGuard(): (rooms: number) => void {
  let blockerId: number | null = null;
  return (rooms) => {
    if (rooms > 0 && blockerId === null) blockerId = powerSaveBlocker.start('prevent-app-suspension');
    else if (rooms === 0 && blockerId !== null) {
      powerSaveBlocker.stop(blockerId);
      blockerId = null;
    }
  };
}
