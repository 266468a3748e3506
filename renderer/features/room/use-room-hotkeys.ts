import { useHotkeys } from '../../ui/hotkey-registry.ts';
import { useText } from '../../ui/i18n.ts';
import { roomText } from './room-text.ts';

/** What the keys of the room screen do. */
export type RoomActs = {
  readonly active: boolean;
  readonly seekBy: (ms: number) => void;
  readonly panBy: (px: number) => void;
  readonly zoomBy: (factor: number) => void;
  readonly fit: () => void;
  readonly mark: (end: 'in' | 'out') => void;
  readonly stepFlag: (direction: 1 | -1) => void;
  readonly goLive: () => void;
  readonly toggle: () => void;
  readonly stepFrames: (frames: number) => void;
  readonly stepSpeed: (direction: 1 | -1) => void;
  readonly openEvidence: () => void;
  readonly confirm: () => void;
  readonly dismiss: () => void;
  readonly undo: () => void;
  readonly clear: () => void;
  readonly search: () => void;
};

const STEP_MS = 5000;
const PAN_PX = 160;
const ZOOM = 1.6;

/** Registers the keys of player, timeline and review. */
export function useRoomHotkeys(acts: RoomActs): void {
  const t = useText(roomText);
  useHotkeys(t('keys'), [
    { keys: ['ArrowLeft', 'ArrowRight'], label: t('keySeek'), run: (event) => {
      const sign = event.key === 'ArrowLeft' ? -1 : 1;
      if (event.shiftKey) acts.panBy(sign * PAN_PX);
      else acts.seekBy(sign * STEP_MS);
    } },
    { keys: ['+', '=', '-', '_'], label: t('keyZoom'), run: (event) => acts.zoomBy(event.key === '+' || event.key === '=' ? ZOOM : 1 / ZOOM) },
    { keys: ['0'], label: t('keyFit'), run: acts.fit },
    { keys: ['i', 'o'], label: t('keyMark'), run: (event) => acts.mark(event.key.toLowerCase() === 'i' ? 'in' : 'out') },
    { keys: ['n', 'p'], label: t('keyFlag'), run: (event) => acts.stepFlag(event.key.toLowerCase() === 'n' ? 1 : -1) },
    { keys: ['l'], label: t('goLive'), run: acts.goLive },
    { keys: [' '], label: t('keyPlay'), run: acts.toggle },
    { keys: [',', '.'], label: t('keyFrame'), run: (event) => acts.stepFrames(event.key === ',' ? -1 : 1) },
    { keys: ['[', ']'], label: t('keySpeed'), run: (event) => acts.stepSpeed(event.key === '[' ? -1 : 1) },
    { keys: ['e'], label: t('keyEvidence'), run: acts.openEvidence },
    { keys: ['Enter'], label: t('keyConfirm'), run: acts.confirm },
    { keys: ['x'], label: t('keyDismiss'), run: acts.dismiss },
    { keys: ['u'], label: t('keyUndo'), run: acts.undo },
    { keys: ['/'], label: t('keySearch'), run: acts.search },
    { keys: ['Escape'], label: t('keyClear'), run: acts.clear },
  ], 10, acts.active);
}
