import { DatePicker, Input, Modal, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Fault, RoomId } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { takeTask } from '../../state/library-store.ts';
import { readFault } from '../../state/notices-store.ts';
import { useRooms } from '../../state/rooms-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { useText } from '../../ui/i18n.ts';
import { isFullPath, parsePaths } from './import-paths.ts';
import { copyText } from './library-text.ts';
import { readDroppedPaths } from './dropped-paths.ts';

type Goal = 'by-name' | 'existing' | 'new';

/** Brings files and folders in: which, into which room, and when they began where that is known better than the files do. */
export function ImportDialog({ onClose }: { onClose: () => void }): ReactElement {
  const t = useText(copyText);
  const c = useText(commonText);
  const rooms = useRooms((s) => s.rooms);
  const [text, setText] = useState('');
  const [goal, setGoal] = useState<Goal>('by-name');
  const [roomId, setRoomId] = useState<RoomId | null>(null);
  const [roomName, setRoomName] = useState('');
  const [startAt, setStartAt] = useState<Dayjs | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const paths = parsePaths(text);
  const partial = paths.find((path) => !isFullPath(path));
  const ready = paths.length > 0 && partial === undefined && (goal !== 'existing' || roomId !== null) && (goal !== 'new' || roomName.trim() !== '');
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      takeTask(await engine.call('import.start', { paths, roomId: goal === 'existing' ? roomId : null, roomName: goal === 'new' ? roomName.trim() : '', startAtMs: startAt?.valueOf() ?? null }));
      onClose();
    } catch (thrown) {
      setFault(readFault(thrown));
      setBusy(false);
    }
  };
  return (
    <Modal open title={t('importTitle')} width={560} okText={t('importRun')} cancelText={c('cancel')} confirmLoading={busy} onOk={() => void run()} onCancel={onClose} okButtonProps={{ disabled: !ready, 'data-testid': 'import-run' }} data-testid="import-dialog">
      <label className="dialog-field">{t('paths')}<Input.TextArea value={text} rows={4} autoFocus spellCheck={false} className="mono" onChange={(event) => setText(event.target.value)} data-testid="import-paths" /></label>
      <p className="hint">{partial === undefined ? t('pathsHint') : <span className="strong" data-testid="import-partial">{t('notAbsolute', { path: partial })}</span>}</p>
      <PathDrop onPaths={(dropped) => setText((old) => parsePaths([old, ...dropped].join('\n')).join('\n'))} />
      <div className="dialog-field">{t('toRoom')}
        <Radio.Group value={goal} onChange={(event) => setGoal(event.target.value as Goal)} options={[{ value: 'by-name', label: t('byName') }, { value: 'existing', label: t('existing') }, { value: 'new', label: t('newRoom') }]} data-testid="import-goal" />
        {goal === 'existing' ? <Select<RoomId> showSearch={{ optionFilterProp: 'label' }} value={roomId} onChange={setRoomId} placeholder={t('roomNeeded')} options={rooms.map((room) => ({ value: room.id, label: room.name }))} data-testid="import-room" /> : null}
        {goal === 'new' ? <Input value={roomName} maxLength={80} placeholder={t('roomName')} onChange={(event) => setRoomName(event.target.value)} data-testid="import-room-name" /> : null}
      </div>
      <div className="dialog-field">{t('startAt')}<span><DatePicker showTime needConfirm={false} value={startAt} format="YYYY-MM-DD HH:mm:ss" onChange={(value) => setStartAt(dayjs.isDayjs(value) ? value : null)} /> <span className="hint">{t('startHint')}</span></span></div>
      {fault ? <FaultText fault={fault} /> : null}
    </Modal>
  );
}

/** A place to drop files and folders; only the desktop shell can say where they lie. */
function PathDrop({ onPaths }: { onPaths: (paths: string[]) => void }): ReactElement {
  const t = useText(copyText);
  const [over, setOver] = useState(false);
  const [nameless, setNameless] = useState(false);
  return (
    <div
      className={`verify-drop path-drop${over ? ' over' : ''}`} data-testid="import-drop"
      onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const paths = readDroppedPaths(event.dataTransfer.files);
        setNameless(paths.length < event.dataTransfer.files.length);
        if (paths.length > 0) onPaths(paths);
      }}
    >
      {over ? t('dropNow') : nameless ? <span className="strong" data-testid="import-no-path">{t('dropNoPath')}</span> : t('drop')}
    </div>
  );
}
