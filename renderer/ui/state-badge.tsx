import type { ReactElement } from 'react';
import type { Room, RoomState } from '../../electron/contract/index.ts';
import { roomStateText } from './common-text.ts';
import { useFaultText } from './fault-text.tsx';
import { formatClock, formatDateTime } from './format-time.ts';
import { defineText, useText } from './i18n.ts';
import type { Dictionary } from './i18n.ts';
import { ElapsedText } from './time-text.tsx';

/** Why a state stands where the engine gave no fault with it. */
const stateReasonText: Dictionary<RoomState> = defineText(
  { stopped: '未要求录制', connecting: '正在连接直播源', live: '画面持续到达，可以解码', stalled: '直播源停顿，没有送来新的画面', offline: '尚未开播，或已下播', 'address-expired': '拉流地址已过期', 'disk-gate': '磁盘暂不能写入', 'clock-wrong': '本机时间与标准时间不符' },
  { stopped: 'Nobody asked to record it', connecting: 'Connecting to the source', live: 'Picture arrives and can be decoded', stalled: 'The source sends nothing new', offline: 'Not on air yet, or over', 'address-expired': 'The stream address has expired', 'disk-gate': 'The disk cannot be written now', 'clock-wrong': 'This machine’s clock is off' },
);

const sinceText = defineText({ since: '自 {time} 起' }, { since: 'since {time}' });

type StateFacts = Pick<Room, 'state' | 'stateSinceMs' | 'stateFault'>;

/** Why a room is in its state, in one sentence of the person's language. */
export function useStateReason(room: Pick<Room, 'state' | 'stateFault'>): string {
  const t = useText(stateReasonText);
  const fault = useFaultText(room.stateFault);
  return fault?.what ?? t(room.state);
}

/** A room's state with since when, for how long and why, in a line. */
export function StateLine({ room }: { room: StateFacts }): ReactElement {
  const t = useText(sinceText);
  const reason = useStateReason(room);
  return (
    <span className="state-line">
      <StateBadge room={room} />
      {room.state === 'stopped' ? null : <span className="state-since tabular" data-testid="state-since">{t('since', { time: formatClock(room.stateSinceMs) })}</span>}
      <span className="state-reason" data-testid="state-reason" title={[reason, room.stateFault?.message].filter(Boolean).join(' · ')}>{reason}</span>
    </span>
  );
}

/** A room's state as a sign and a word, with how long it has been so; the reason is in the title. */
export function StateBadge({ room, elapsed = true }: { room: StateFacts; elapsed?: boolean }): ReactElement {
  const t = useText(roomStateText);
  const reason = useStateReason(room);
  return (
    <span className={`state-badge state-${room.state}`} data-testid="room-state" data-state={room.state} title={`${formatDateTime(room.stateSinceMs)} · ${reason}`}>
      <span className="state-sign" aria-hidden="true" />
      <span>{t(room.state)}</span>
      {elapsed && room.state !== 'stopped' ? <ElapsedText sinceMs={room.stateSinceMs} /> : null}
    </span>
  );
}
