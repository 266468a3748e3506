import { Input } from 'antd';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import type { Room } from '../../electron/contract/index.ts';
import { formatRoute, useRoute } from '../state/route-store.ts';
import { useFlags } from '../state/flags-store.ts';
import { useRooms } from '../state/rooms-store.ts';
import { commonText } from '../ui/common-text.ts';
import { useText } from '../ui/i18n.ts';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { severityOrder } from '../ui/theme.ts';
import { appText } from './app-text.ts';

/** The rooms on the left: filter, state, and the gravest open lead with the count. */
export function RoomsRail(): ReactElement {
  const t = useText(appText);
  const rooms = useRooms((s) => s.rooms);
  const [filter, setFilter] = useState('');
  const shown = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return rooms.filter((room) => wanted === '' || [room.name, room.platform, room.host].some((each) => each.toLowerCase().includes(wanted)));
  }, [rooms, filter]);
  return (
    <aside className="rail rooms-rail">
      <div className="rail-head"><Input size="small" allowClear placeholder={t('filter')} value={filter} onChange={(event) => setFilter(event.target.value)} aria-label={t('filter')} /></div>
      <div className="rail-list">
        {shown.map((room) => <RailRow key={room.id} room={room} />)}
        {shown.length === 0 ? <p className="rail-empty">{t(rooms.length === 0 ? 'noRooms' : 'noMatch')}</p> : null}
      </div>
    </aside>
  );
}

function RailRow({ room }: { room: Room }): ReactElement {
  const c = useText(commonText);
  const current = useRoute((s) => s.route.place === 'room' && s.route.roomId === room.id);
  const open = useFlags((s) => {
    let count = 0;
    let gravest = severityOrder.length;
    for (const flag of s.byId.values()) {
      if (flag.roomId !== room.id || flag.state !== 'open') continue;
      count += 1;
      gravest = Math.min(gravest, severityOrder.indexOf(flag.severity));
    }
    return count === 0 ? '' : `${count}/${gravest}`;
  });
  const [count, gravest] = open.split('/').map(Number);
  const severity = severityOrder[gravest ?? -1];
  return (
    <a className="rail-row" href={formatRoute({ place: 'room', roomId: room.id, atMs: null })} aria-current={current ? 'page' : undefined} data-testid="rail-room">
      <span className="rail-name">{room.name}{room.demo ? <span className="tag">{c('demo')}</span> : null}</span>
      {severity ? <span className="rail-flags"><SeverityMark severity={severity} size={10} /><span className="tabular">{count}</span></span> : <span />}
      <StateBadge room={room} />
    </a>
  );
}
