import { Tooltip } from 'antd';
import type { ReactElement } from 'react';
import { useConnection } from '../state/connection-store.ts';
import { formatRoute, useRoute } from '../state/route-store.ts';
import type { Route } from '../state/route-store.ts';
import { useStatus } from '../state/status-store.ts';
import { formatBytes, formatOffset } from '../ui/format-time.ts';
import { useText } from '../ui/i18n.ts';
import { appText } from './app-text.ts';

/** The places of this version, in the order of the bar; a room belongs to the wall. */
export const places: readonly { key: 'wall' | 'rooms' | 'evidence' | 'library' | 'settings'; route: Route }[] = [
  { key: 'wall', route: { place: 'wall' } },
  { key: 'rooms', route: { place: 'rooms' } },
  { key: 'evidence', route: { place: 'evidence', packageId: null } },
  { key: 'library', route: { place: 'library', view: 'recordings' } },
  { key: 'settings', route: { place: 'settings' } },
];

/** The one bar: places on the left, the facts that must never be wrong on the right. */
export function TopBar(): ReactElement {
  const t = useText(appText);
  const place = useRoute((s) => s.route.place);
  return (
    <header className="top-bar">
      <span className="brand">{t('brand')}</span>
      <nav>
        {places.map(({ key, route }) => (
          <a key={key} href={formatRoute(route)} data-testid={`place-${key}`} aria-current={place === key || (place === 'room' && key === 'wall') ? 'page' : undefined}>{t(key)}</a>
        ))}
      </nav>
      <StatusFacts />
    </header>
  );
}

function StatusFacts(): ReactElement {
  const t = useText(appText);
  const status = useStatus((s) => s.status);
  const phase = useConnection((s) => s.phase);
  return (
    <div className="facts" role="status" data-testid="status-facts">
      {status ? (
        <>
          <span className="fact"><span className={status.recordingRooms > 0 ? 'rec-sign on' : 'rec-sign'} aria-hidden="true" />{t('recording', { n: status.recordingRooms })}</span>
          <ClockFact offsetMs={status.clock.offsetMs} ok={status.clock.ok} source={status.clock.source} />
          {status.disk.gate === 'open'
            ? <Tooltip title={status.disk.path}><span className="fact">{t('disk', { free: formatBytes(status.disk.freeBytes) })}</span></Tooltip>
            : <Tooltip title={status.disk.path}><span className="fact wrong" data-testid="disk-gate">{t(`gate.${status.disk.gate}`)} · {formatBytes(status.disk.freeBytes)}</span></Tooltip>}
        </>
      ) : null}
      <Tooltip title={phase === 'lost' ? t('linkLostHint') : undefined}>
        <span className={phase === 'lost' ? 'fact wrong' : 'fact'} data-testid="link-state" data-phase={phase}>{t(`link.${phase}`)}</span>
      </Tooltip>
    </div>
  );
}

function ClockFact({ offsetMs, ok, source }: { offsetMs: number | null; ok: boolean; source: string }): ReactElement {
  const t = useText(appText);
  const said = offsetMs === null ? t('clockUnknown') : t(ok ? 'clock' : 'clockWrong', { offset: formatOffset(offsetMs) });
  return <Tooltip title={source}><span className={ok || offsetMs === null ? 'fact' : 'fact wrong'} data-testid="clock-fact">{said}</span></Tooltip>;
}
