import type { ReactElement } from 'react';
import type { Room } from '../../electron/contract/index.ts';
import { roomStateText } from './common-text.ts';
import { useFaultText } from './fault-text.tsx';
import { formatDateTime } from './format-time.ts';
import { useText } from './i18n.ts';
import { ElapsedText } from './time-text.tsx';

/** A room's state as a sign and a word, with how long it has been so; the reason is in the title. */
export function StateBadge({ room, elapsed = true }: { room: Pick<Room, 'state' | 'stateSinceMs' | 'stateFault'>; elapsed?: boolean }): ReactElement {
  const t = useText(roomStateText);
  const fault = useFaultText(room.stateFault);
  return (
    <span className={`state-badge state-${room.state}`} data-testid="room-state" data-state={room.state} title={[formatDateTime(room.stateSinceMs), fault?.what].filter(Boolean).join(' · ')}>
      <span className="state-sign" aria-hidden="true" />
      <span>{t(room.state)}</span>
      {elapsed && room.state !== 'stopped' ? <ElapsedText sinceMs={room.stateSinceMs} /> : null}
    </span>
  );
}
