import { Checkbox, Input, Modal } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Fault, Recording } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { takeRecordings, useLibrary } from '../../state/library-store.ts';
import { readFault, sayNotice } from '../../state/notices-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatBytes, formatDateTime } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { useScheduledNotice } from './library-acts.ts';
import { protectionText, retentionText } from './library-text.ts';
import { judgeSelection } from './recording-list.ts';

const shownKept = 5;

function sumBytes(recordings: readonly Recording[]): string {
  return formatBytes(recordings.reduce((sum, each) => sum + each.bytes, 0));
}

/** Step 1 of a deletion: what goes, what stays and why; deleting before its time takes a tick and a reason. */
export function ScheduleDialog({ recordings, onClose }: { recordings: readonly Recording[]; onClose: () => void }): ReactElement {
  const t = useText(retentionText);
  const c = useText(commonText);
  const p = useText(protectionText);
  const days = useLibrary((s) => s.overview?.settings.trashDays ?? 0);
  const tell = useScheduledNotice();
  const [sure, setSure] = useState(false);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const { schedulable, early, protected: kept } = judgeSelection(recordings, Date.now());
  const ready = early.length === 0 || (sure && reason.trim() !== '');
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      tell(await engine.call('retention.schedule', { sessionIds: schedulable.map((each) => each.id), early: early.length > 0, reason: reason.trim() }));
      onClose();
    } catch (thrown) {
      setFault(readFault(thrown));
      setBusy(false);
    }
  };
  return (
    <Modal open title={t('scheduleTitle')} width={500} okText={t('scheduleTitle')} cancelText={c('cancel')} confirmLoading={busy} onOk={() => void run()} onCancel={onClose} okButtonProps={{ disabled: !ready, 'data-testid': 'schedule-run' }} data-testid="schedule-dialog">
      <p className="dialog-body">{t('scheduleBody', { n: schedulable.length, size: sumBytes(schedulable), days })}</p>
      {early.length === 0 ? null : <p className="dialog-line"><Checkbox checked={sure} onChange={(event) => setSure(event.target.checked)} data-testid="schedule-early">{t('scheduleEarly', { n: early.length })}</Checkbox></p>}
      <label className="dialog-field">{t('reason')}<Input value={reason} maxLength={2000} autoFocus onChange={(event) => setReason(event.target.value)} placeholder={t(early.length > 0 ? 'reasonNeeded' : 'reasonHint')} data-testid="schedule-reason" /></label>
      {kept.length === 0 ? null : (
        <div className="dialog-line"><p>{t('scheduleKept', { n: kept.length })}</p>
          <ul className="kept-list">{kept.slice(0, shownKept).map((each) => <li key={each.id}>{each.roomName} {formatDateTime(each.startMs)} <span className="faint">{each.protections.map((why) => p(why.kind, { detail: why.detail })).join('；')}</span></li>)}{kept.length > shownKept ? <li className="faint">…</li> : null}</ul>
        </div>
      )}
      {fault ? <FaultText fault={fault} /> : null}
    </Modal>
  );
}

/** Step 2 of a deletion: the files go for good once the words are typed. */
export function PurgeDialog({ recordings, onClose }: { recordings: readonly Recording[]; onClose: () => void }): ReactElement {
  const t = useText(retentionText);
  const c = useText(commonText);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const word = t('purgeWord');
  const ready = typed.trim().toLowerCase() === word;
  const run = async (): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    try {
      takeRecordings(await engine.call('retention.purge', { sessionIds: recordings.map((each) => each.id), confirmed: true }));
      sayNotice(t('purged', { n: recordings.length, size: sumBytes(recordings) }));
      onClose();
    } catch (thrown) {
      setFault(readFault(thrown));
      setBusy(false);
    }
  };
  return (
    <Modal open title={t('purgeTitle')} width={460} okText={t('purge')} cancelText={c('cancel')} confirmLoading={busy} onOk={() => void run()} onCancel={onClose} okButtonProps={{ disabled: !ready, danger: true, 'data-testid': 'purge-run' }} data-testid="purge-dialog">
      <p className="dialog-body">{t('purgeBody', { n: recordings.length, size: sumBytes(recordings) })}</p>
      <label className="dialog-field">{t('purgeType', { word })}<Input value={typed} autoFocus onChange={(event) => setTyped(event.target.value)} onPressEnter={() => void run()} data-testid="purge-word" /></label>
      {fault ? <FaultText fault={fault} /> : null}
    </Modal>
  );
}
