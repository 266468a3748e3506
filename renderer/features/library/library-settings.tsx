import { Button, Checkbox, InputNumber, Popover, Select, Switch } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Fault, LibraryOverview } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { useLibrary } from '../../state/library-store.ts';
import { readFault, sayNotice } from '../../state/notices-store.ts';
import { useRooms } from '../../state/rooms-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatBytes } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { libraryText, settingsText } from './library-text.ts';

const standardDays = 90;
const gigabyte = 1e9;

/** The button that opens the library's settings. */
export function LibrarySettingsButton(): ReactElement {
  const t = useText(libraryText);
  const overview = useLibrary((s) => s.overview);
  const [open, setOpen] = useState(false);
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomRight" destroyOnHidden title={t('settings')} content={overview === null ? null : <SettingsForm overview={overview} onClose={() => setOpen(false)} />}>
      <Button disabled={overview === null} data-testid="library-settings">{t('settings')}</Button>
    </Popover>
  );
}

/** Retention, room on disk, quotas and the background check; what is saved holds at once. */
function SettingsForm({ overview, onClose }: { overview: LibraryOverview; onClose: () => void }): ReactElement {
  const t = useText(settingsText);
  const c = useText(commonText);
  const [draft, setDraft] = useState(overview.settings);
  const [shorter, setShorter] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const set = (change: Partial<typeof draft>): void => setDraft((old) => ({ ...old, ...change }));
  const isShort = draft.retentionDays < standardDays && draft.retentionDays !== overview.settings.retentionDays;
  const isOverridden = overview.minFreeBytes !== overview.settings.minFreeMb * 1_048_576;
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      useLibrary.setState({ overview: await engine.call('library.configure', { ...draft, confirmShorter: shorter }), plan: await engine.call('retention.plan', {}) });
      sayNotice(t('saved'));
      onClose();
    } catch (thrown) {
      setFault(readFault(thrown));
      setBusy(false);
    }
  };
  return (
    <form className="library-settings" data-testid="library-settings-form" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <label>{t('retentionDays')}<InputNumber size="small" min={1} max={36_500} precision={0} value={draft.retentionDays} onChange={(value) => set({ retentionDays: value ?? standardDays })} suffix={t('days')} data-testid="retention-days" /></label>
      {isShort ? <p className="settings-note"><Checkbox checked={shorter} onChange={(event) => setShorter(event.target.checked)} data-testid="confirm-shorter">{t('confirmShorter')}</Checkbox></p> : <p className="settings-note hint">{t('standard')}</p>}
      <label>{t('trashDays')}<InputNumber size="small" min={1} max={365} precision={0} value={draft.trashDays} onChange={(value) => set({ trashDays: value ?? 7 })} suffix={t('days')} /></label>
      <label>{t('automatic')}<Switch size="small" checked={draft.automaticRetention} onChange={(automaticRetention) => set({ automaticRetention })} /></label>
      <hr />
      <label>{t('minFree')}<InputNumber size="small" min={0} max={10_000_000} precision={0} value={draft.minFreeMb} onChange={(value) => set({ minFreeMb: value ?? 512 })} suffix="MiB" data-testid="min-free" /></label>
      {isOverridden ? <p className="settings-note hint">{t('overridden', { size: formatBytes(overview.minFreeBytes) })}</p> : null}
      <label>{t('quota')}<InputNumber size="small" min={0.001} value={draft.quotaBytes === null ? null : draft.quotaBytes / gigabyte} placeholder={t('noLimit')} onChange={(value) => set({ quotaBytes: value === null ? null : Math.round(value * gigabyte) })} suffix="GB" data-testid="quota" /></label>
      <RoomQuotas quotas={draft.roomQuotaBytes} onChange={(roomQuotaBytes) => set({ roomQuotaBytes })} />
      <hr />
      <label>{t('rehash')}<Switch size="small" checked={draft.rehash} onChange={(rehash) => set({ rehash })} /></label>
      <label>{t('rehashDays')}<InputNumber size="small" min={1} max={3650} precision={0} disabled={!draft.rehash} value={draft.rehashEveryDays} onChange={(value) => set({ rehashEveryDays: value ?? 30 })} suffix={t('days')} /></label>
      <label>{t('rehashRate')}<InputNumber size="small" min={0.1} max={10_000} disabled={!draft.rehash} value={draft.rehashMbPerSecond} onChange={(value) => set({ rehashMbPerSecond: value ?? 8 })} suffix="MiB/s" /></label>
      <label>{t('slowDisk')}<InputNumber size="small" min={50} max={60_000} precision={0} value={draft.slowDiskMs} onChange={(value) => set({ slowDiskMs: value ?? 2000 })} suffix={t('ms')} /></label>
      {fault ? <FaultText fault={fault} /> : null}
      <div className="settings-acts"><Button size="small" onClick={onClose}>{c('cancel')}</Button><Button size="small" type="primary" htmlType="submit" loading={busy} disabled={isShort && !shorter} data-testid="library-settings-save">{c('save')}</Button></div>
    </form>
  );
}

function RoomQuotas({ quotas, onChange }: { quotas: Record<string, number>; onChange: (quotas: Record<string, number>) => void }): ReactElement {
  const t = useText(settingsText);
  const c = useText(commonText);
  const rooms = useRooms((s) => s.rooms);
  const used = useLibrary((s) => s.overview?.bytesByRoom);
  const without = (roomId: string): Record<string, number> => Object.fromEntries(Object.entries(quotas).filter(([id]) => id !== roomId));
  return (
    <div className="room-quotas">
      <span>{t('roomQuota')}</span>
      <div>
        {Object.entries(quotas).map(([roomId, bytes]) => (
          <div key={roomId} className="room-quota" data-testid="room-quota">
            <span title={formatBytes(used?.[roomId] ?? 0)}>{rooms.find((room) => room.id === roomId)?.name ?? roomId}</span>
            <InputNumber size="small" min={0.001} value={bytes / gigabyte} onChange={(value) => onChange({ ...quotas, [roomId]: Math.round((value ?? 1) * gigabyte) })} suffix="GB" />
            <Button size="small" type="text" onClick={() => onChange(without(roomId))}>{c('remove')}</Button>
          </div>
        ))}
        <Select size="small" value={null} placeholder={t('addRoom')} data-testid="add-room-quota" showSearch={{ optionFilterProp: 'label' }} onChange={(roomId: string | null) => { if (roomId !== null) onChange({ ...quotas, [roomId]: 100 * gigabyte }); }} options={rooms.filter((room) => !(room.id in quotas)).map((room) => ({ value: String(room.id), label: room.name }))} />
      </div>
    </div>
  );
}
