import { DatePicker, Modal } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import type { Fault } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { closeExport, useExportDraft } from '../../state/export-store.ts';
import type { ExportDraft } from '../../state/export-store.ts';
import { useFlagList } from '../../state/flags-store.ts';
import { readFault, sayNotice } from '../../state/notices-store.ts';
import { mergePackages } from '../../state/packages-store.ts';
import { useRoom } from '../../state/rooms-store.ts';
import { goTo } from '../../state/route-store.ts';
import { categoryText, commonText } from '../../ui/common-text.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { SeverityMark } from '../../ui/severity-mark.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { evidenceText } from './evidence-text.ts';

/** Confirms a range, to the second, and starts its package; opened from anywhere by `openExport`. */
export function ExportDialog(): ReactElement | null {
  const draft = useExportDraft((s) => s.draft);
  return draft ? <ExportForm key={`${draft.roomId}/${draft.fromMs}/${draft.toMs}`} draft={draft} /> : null;
}

function ExportForm({ draft }: { draft: ExportDraft }): ReactElement {
  const t = useText(evidenceText);
  const c = useText(commonText);
  const categories = useText(categoryText);
  const room = useRoom(draft.roomId);
  const [range, setRange] = useState({ fromMs: draft.fromMs, toMs: draft.toMs });
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const bad = range.toMs <= range.fromMs;
  const flags = useFlagList(draft.roomId).filter((flag) => draft.flagIds.includes(flag.id) || (flag.state !== 'dismissed' && flag.startMs < range.toMs && flag.endMs > range.fromMs));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setFault(null), [range]);

  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      const made = await engine.call('evidence.export', { roomId: draft.roomId, ...range, flagIds: flags.filter((flag) => !left.has(flag.id)).map((flag) => flag.id) });
      mergePackages([made]);
      closeExport();
      sayNotice(t('started'), { label: t('look'), run: () => goTo({ place: 'evidence', packageId: made.id }) });
    } catch (thrown) {
      setFault(readFault(thrown));
      setBusy(false);
    }
  };
  const picker = (key: 'fromMs' | 'toMs'): ReactElement => (
    <DatePicker showTime allowClear={false} needConfirm={false} value={dayjs(range[key])} format="YYYY-MM-DD HH:mm:ss" onChange={(value) => { const ms = (Array.isArray(value) ? value[0] : value)?.valueOf(); if (ms !== undefined) setRange((old) => ({ ...old, [key]: ms })); }} />
  );
  return (
    <Modal open title={t('exportTitle')} width={520} onCancel={closeExport} onOk={() => void run()} okText={t('exportNow')} cancelText={c('cancel')} confirmLoading={busy} okButtonProps={{ disabled: bad, 'data-testid': 'export-run' }} data-testid="export-dialog">
      <dl className="facts-list">
        <div><dt>{t('room')}</dt><dd>{room?.name ?? draft.roomId}</dd></div>
        <div><dt>{t('from')}</dt><dd>{picker('fromMs')}</dd></div>
        <div><dt>{t('to')}</dt><dd>{picker('toMs')} <span className="hint">{bad ? t('rangeBad') : t('length', { length: formatDuration(range.toMs - range.fromMs) })}</span></dd></div>
        <div><dt>{t('withFlags')}</dt><dd>
          {flags.length === 0 ? <span className="hint">{t('noFlags')}</span> : (
            <ul className="export-flags">
              {flags.map((flag) => (
                <li key={flag.id}><label>
                  <input type="checkbox" checked={!left.has(flag.id)} onChange={(event) => { const next = new Set(left); if (event.target.checked) next.delete(flag.id); else next.add(flag.id); setLeft(next); }} />
                  <SeverityMark severity={flag.severity} size={11} /> <TimeText atMs={flag.startMs} /> {categories(flag.category)} <span className="faint">{flag.quote}</span>
                </label></li>
              ))}
            </ul>
          )}
        </dd></div>
      </dl>
      <p className="hint">{t('exportHint')}</p>
      {fault ? <FaultText fault={fault} /> : null}
    </Modal>
  );
}
