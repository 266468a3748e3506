import { DatePicker, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Fault, Hold, Recording, RoomId } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { readFault, sayNotice } from '../../state/notices-store.ts';
import { useRooms } from '../../state/rooms-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { useText } from '../../ui/i18n.ts';
import { holdText, libraryText } from './library-text.ts';

/** A reason, and what it is for: the shape that all dialogs on holds share. */
function ReasonDialog({ title, body, label, runText, testId, extra, extraReady = true, run, onClose }: {
  title: string; body: string; label: string; runText: string; testId: string; extra?: ReactElement; extraReady?: boolean;
  run: (reason: string) => Promise<void>; onClose: () => void;
}): ReactElement {
  const t = useText(holdText);
  const c = useText(commonText);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const ready = reason.trim() !== '' && extraReady;
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await run(reason.trim());
      onClose();
    } catch (thrown) {
      setFault(readFault(thrown));
      setBusy(false);
    }
  };
  return (
    <Modal open title={title} width={460} okText={runText} cancelText={c('cancel')} confirmLoading={busy} onOk={() => void go()} onCancel={onClose} okButtonProps={{ disabled: !ready, 'data-testid': `${testId}-run` }} data-testid={`${testId}-dialog`}>
      <p className="dialog-body">{body}</p>
      {extra}
      <label className="dialog-field">{label}<Input.TextArea value={reason} rows={2} maxLength={2000} autoFocus onChange={(event) => setReason(event.target.value)} placeholder={t('reasonNeeded')} data-testid={`${testId}-reason`} /></label>
      {fault ? <FaultText fault={fault} /> : null}
    </Modal>
  );
}

/** Holds whole recordings with one reason. */
export function HoldDialog({ recordings, onClose }: { recordings: readonly Recording[]; onClose: () => void }): ReactElement {
  const t = useText(holdText);
  const run = async (reason: string): Promise<void> => {
    let done = 0;
    for (const each of recordings) {
      try {
        await engine.call('hold.add', { roomId: each.roomId, sessionId: each.id, reason });
        done += 1;
      } catch (thrown) {
        if (done > 0) sayNotice(t('partly', { n: done }));
        throw thrown;
      }
    }
    sayNotice(t('added', { n: done }));
  };
  return <ReasonDialog title={t('addTitle')} body={t('addBody', { n: recordings.length })} label={t('reason')} runText={t('run')} testId="hold" run={run} onClose={onClose} />;
}

/** Holds whatever a room recorded between two moments. */
export function HoldRangeDialog({ onClose }: { onClose: () => void }): ReactElement {
  const t = useText(holdText);
  const l = useText(libraryText);
  const rooms = useRooms((s) => s.rooms);
  const [roomId, setRoomId] = useState<RoomId | null>(null);
  const [range, setRange] = useState<{ fromMs: number; toMs: number } | null>(null);
  const run = async (reason: string): Promise<void> => {
    if (roomId === null || range === null) return;
    await engine.call('hold.add', { roomId, ...range, reason });
    sayNotice(t('addedRange'));
  };
  return (
    <ReasonDialog
      title={t('add')} body={t('rangeBody')} label={t('reason')} runText={t('run')} testId="hold-range" run={run} onClose={onClose} extraReady={roomId !== null && range !== null && range.toMs > range.fromMs}
      extra={(
        <>
          <label className="dialog-field">{l('room')}<Select<RoomId> showSearch={{ optionFilterProp: 'label' }} value={roomId} onChange={setRoomId} options={rooms.map((room) => ({ value: room.id, label: room.name }))} data-testid="hold-range-room" /></label>
          <div className="dialog-field">{t('range')}<DatePicker.RangePicker showTime needConfirm={false} format="YYYY-MM-DD HH:mm:ss" onChange={(value) => { const [from, to] = [value?.[0], value?.[1]]; setRange(from && to ? { fromMs: from.valueOf(), toMs: to.valueOf() } : null); }} /></div>
        </>
      )}
    />
  );
}

/** Lets go of a hold, with the reason. */
export function ReleaseDialog({ hold, onClose }: { hold: Hold; onClose: () => void }): ReactElement {
  const t = useText(holdText);
  const run = async (reason: string): Promise<void> => {
    await engine.call('hold.release', { id: hold.id, reason });
    sayNotice(t('releasedNow'));
  };
  return <ReasonDialog title={t('releaseTitle')} body={t('releaseBody')} label={t('releaseReason')} runText={t('releaseRun')} testId="release" run={run} onClose={onClose} />;
}
