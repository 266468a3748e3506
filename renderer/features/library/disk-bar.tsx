import { Button, Checkbox, Modal } from 'antd';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { makeFault } from '../../../electron/contract/index.ts';
import type { LibraryOverview, Status } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { useLibrary } from '../../state/library-store.ts';
import { sayNotice } from '../../state/notices-store.ts';
import { useRooms } from '../../state/rooms-store.ts';
import { useStatus } from '../../state/status-store.ts';
import { guardFault } from '../../ui/fault-guard.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatBytes } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { estimateDaysLeft, measureGrowth, planDiskShares } from './disk-plan.ts';
import type { DiskShares } from './disk-plan.ts';
import { libraryText } from './library-text.ts';

/** How the recording disk is filled, whether it takes writes and since when, and how long it will last. */
export function DiskBar(): ReactElement | null {
  const t = useText(libraryText);
  const overview = useLibrary((s) => s.overview);
  const disk = useStatus((s) => s.status?.disk ?? null);
  if (overview === null || disk === null) return null;
  const shares = planDiskShares(disk, overview);
  return (
    <section className="library-disk" data-testid="disk-bar" data-gate={disk.gate}>
      <DiskParts shares={shares} />
      <dl className="disk-legend">
        <div><dt><span className="disk-key recordings" />{t('disk.recordings')}</dt><dd className="tabular" data-testid="disk-recordings">{formatBytes(shares.recordingsBytes)}</dd></div>
        <div><dt><span className="disk-key other" />{t('disk.other')}</dt><dd className="tabular">{formatBytes(shares.otherBytes)}</dd></div>
        <div><dt><span className="disk-key free" />{t('disk.free')}</dt><dd className="tabular">{formatBytes(shares.freeBytes)}</dd></div>
        <div><dt><span className="disk-key min" />{t('disk.min')}</dt><dd className="tabular">{formatBytes(shares.minFreeBytes)}</dd></div>
        {overview.settings.quotaBytes === null ? null : <div><dt>{t('disk.quota')}</dt><dd className="tabular">{formatBytes(overview.settings.quotaBytes)}</dd></div>}
        <DaysLeft shares={shares} overview={overview} />
      </dl>
      <div className="disk-facts">
        <span><span className="faint">{t('disk.path')}</span> <span className="mono">{overview.recordingsDir}</span></span>
        <GateFact disk={disk} overview={overview} />
      </div>
      {overview.oldRecordingsDir === null ? null : <OldCopy dir={overview.oldRecordingsDir} />}
    </section>
  );
}

function DiskParts({ shares }: { shares: DiskShares }): ReactElement {
  const t = useText(libraryText);
  const percent = (bytes: number): string => `${shares.totalBytes > 0 ? Math.min(100, (bytes / shares.totalBytes) * 100) : 0}%`;
  return (
    <div className="disk-parts" role="img" aria-label={`${t('disk.recordings')} ${formatBytes(shares.recordingsBytes)}, ${t('disk.other')} ${formatBytes(shares.otherBytes)}, ${t('disk.free')} ${formatBytes(shares.freeBytes)}`}>
      <span className="disk-part recordings" style={{ width: percent(shares.recordingsBytes) }} />
      <span className="disk-part other" style={{ width: percent(shares.otherBytes) }} />
      <span className="disk-min" style={{ right: percent(shares.minFreeBytes) }} title={`${t('disk.min')} ${formatBytes(shares.minFreeBytes)}`} />
    </div>
  );
}

function DaysLeft({ shares, overview }: { shares: DiskShares; overview: LibraryOverview }): ReactElement {
  const t = useText(libraryText);
  const recordings = useLibrary((s) => s.recordings);
  const rooms = useRooms((s) => s.rooms);
  const growth = useMemo(() => measureGrowth(recordings, rooms, Date.now()), [recordings, rooms]);
  if (growth === null) return <div className="disk-days faint">{t('disk.daysUnknown')}</div>;
  const days = estimateDaysLeft(shares, overview.settings.quotaBytes, overview.bytes, growth.bytesPerDay);
  return <div className="disk-days" data-testid="disk-days">{t('disk.days', { n: days >= 10 ? Math.floor(days) : days.toFixed(1) })} <span className="faint">{t(growth.from === 'live' ? 'disk.daysLive' : 'disk.daysHistory')}</span></div>;
}

const gateFaults = { full: 'disk-full', 'read-only': 'disk-read-only', gone: 'disk-gone', slow: 'disk-slow' } as const;

function GateFact({ disk, overview }: { disk: Status['disk']; overview: LibraryOverview }): ReactElement {
  const t = useText(libraryText);
  if (disk.gate !== 'open') {
    return <span className="disk-gate" data-testid="library-gate"><span className="strong">{t(disk.gate === 'slow' ? 'disk.slowGate' : 'disk.closed')}</span> <Since atMs={disk.sinceMs} /> <FaultText brief fault={makeFault(gateFaults[disk.gate], disk.path, '')} /></span>;
  }
  if (overview.quotaFault !== null) return <span className="disk-gate" data-testid="library-gate"><span className="strong">{t('disk.quotaGate')}</span> <FaultText brief fault={overview.quotaFault} /></span>;
  return <span className="disk-gate" data-testid="library-gate"><span className="faint">{t('disk.gate')}</span> {t('disk.gateOpen')} <Since atMs={disk.sinceMs} />{overview.writeLatencyMs === null ? null : <span className="faint tabular">{t('disk.latency', { ms: Math.round(overview.writeLatencyMs) })}</span>}</span>;
}

function Since({ atMs }: { atMs: number }): ReactElement | null {
  const t = useText(libraryText);
  const [before, after] = t('disk.since').split('{time}');
  return atMs > 0 ? <span className="faint">{before}<TimeText atMs={atMs} full />{after}</span> : null;
}

function OldCopy({ dir }: { dir: string }): ReactElement {
  const t = useText(libraryText);
  const [open, setOpen] = useState(false);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const remove = async (): Promise<void> => {
    setBusy(true);
    const overview = await guardFault(() => engine.call('library.removeOld', { confirmed: true }));
    setBusy(false);
    if (overview === null) return;
    useLibrary.setState({ overview });
    setOpen(false);
    sayNotice(t('removedOld'));
  };
  return (
    <p className="disk-old" data-testid="old-copy">
      {t('oldCopy', { dir })} <Button size="small" onClick={() => { setSure(false); setOpen(true); }} data-testid="remove-old">{t('removeOld')}</Button>
      <Modal open={open} title={t('removeOldTitle')} width={460} okText={t('removeOld')} cancelText={t('keep')} okButtonProps={{ disabled: !sure, danger: true, 'data-testid': 'remove-old-run' }} confirmLoading={busy} onOk={() => void remove()} onCancel={() => setOpen(false)}>
        <p className="dialog-body">{t('removeOldBody', { dir })}</p>
        <Checkbox checked={sure} onChange={(event) => setSure(event.target.checked)} data-testid="remove-old-sure">{t('removeOldSure')}</Checkbox>
      </Modal>
    </p>
  );
}
