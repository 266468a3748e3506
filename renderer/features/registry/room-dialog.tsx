import { Button, Checkbox, Form, Input, Modal, Select } from 'antd';
import { useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { Fault, Room, RoomTest, SourceKind } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { readFault } from '../../state/notices-store.ts';
import { upsertRoom } from '../../state/rooms-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { useText } from '../../ui/i18n.ts';
import { registryText, sourceKindText } from './registry-text.ts';
import { RoomTestResult } from './room-test-result.tsx';

type Values = { name: string; url: string; sourceKind?: SourceKind; allowPrivate?: boolean; chatUrl?: string | null; platform?: string; host?: string; note?: string };
type Testing = { state: 'idle' } | { state: 'running' } | { state: 'done'; result: RoomTest } | { state: 'failed'; fault: Fault };

const sourceKinds: readonly SourceKind[] = ['auto', 'hls', 'flv', 'rtmp', 'page'];

/** Whether an address is plainly one of a private network; the engine decides, this only ticks the box for the person who typed it. */
function isPrivateLooking(url: string): boolean {
  const host = URL.canParse(url.trim()) ? new URL(url.trim()).hostname : '';
  return host === 'localhost' || host.endsWith('.localhost') || /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[(::1|f[cd]|fe80))/i.test(host);
}

/** Adds a room, or changes one; the address can be tested before it is kept. */
export function RoomDialog({ room, onClose }: { room: Room | null; onClose: () => void }): ReactElement {
  const t = useText(registryText);
  const c = useText(commonText);
  const kinds = useText(sourceKindText);
  const [form] = Form.useForm<Values>();
  const [testing, setTesting] = useState<Testing>({ state: 'idle' });
  const [saving, setSaving] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const run = useRef(0);

  const test = async (): Promise<void> => {
    const { url } = await form.validateFields(['url']).catch(() => ({ url: '' }));
    if (!url) return;
    const mine = ++run.current;
    setTesting({ state: 'running' });
    const next = await engine.call('rooms.test', { url: String(url).trim(), sourceKind: form.getFieldValue('sourceKind') as SourceKind, allowPrivate: form.getFieldValue('allowPrivate') === true }).then<Testing, Testing>((result) => ({ state: 'done', result }), (thrown: unknown) => ({ state: 'failed', fault: readFault(thrown) }));
    if (run.current === mine) setTesting(next);
  };
  const save = async (): Promise<void> => {
    const values = await form.validateFields().catch(() => null);
    if (!values) return;
    const input = { name: values.name, url: values.url, sourceKind: values.sourceKind ?? 'auto', allowPrivate: values.allowPrivate === true, chatUrl: values.chatUrl?.trim() || null, platform: values.platform ?? '', host: values.host ?? '', note: values.note ?? '' };
    setSaving(true);
    setFault(null);
    try {
      upsertRoom(room ? await engine.call('rooms.update', { ...input, id: room.id }) : await engine.call('rooms.add', { ...input, start: true }));
      onClose();
    } catch (thrown) {
      setFault(readFault(thrown));
    } finally {
      setSaving(false);
    }
  };

  return (
    <Modal open title={t(room ? 'editTitle' : 'addTitle')} width={560} onCancel={onClose} onOk={() => void save()} confirmLoading={saving} okText={room ? c('save') : t('addAnyway')} cancelText={c('cancel')} okButtonProps={{ disabled: false, 'data-testid': 'room-save' }} data-testid="room-dialog">
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={room === null ? { name: '', url: '', sourceKind: 'auto', allowPrivate: false } : { ...room, allowPrivate: room.allowPrivate ?? isPrivateLooking(room.url) }}>
        <Form.Item label={t('url')} extra={room ? t('urlChanged') : t('urlHint')} required>
          <div className="url-line">
            <Form.Item name="url" noStyle rules={[{ required: true, whitespace: true, message: t('urlNeeded') }]}>
              <Input autoFocus={!room} placeholder="https://…/index.m3u8" spellCheck={false} data-testid="room-url" onChange={(event) => { run.current += 1; setTesting({ state: 'idle' }); form.setFieldValue('allowPrivate', isPrivateLooking(event.target.value)); }} />
            </Form.Item>
            <Button onClick={() => void test()} loading={testing.state === 'running'} data-testid="room-test">{t(testing.state === 'running' ? 'testing' : testing.state === 'idle' ? 'test' : 'testAgain')}</Button>
          </div>
        </Form.Item>
        <div className="form-pair">
          <Form.Item name="sourceKind" label={t('sourceKind')}><Select data-testid="room-kind" options={sourceKinds.map((kind) => ({ value: kind, label: kinds(kind) }))} onChange={() => setTesting({ state: 'idle' })} /></Form.Item>
          <Form.Item name="allowPrivate" valuePropName="checked" label={t('network')} extra={t('privateHint')}><Checkbox data-testid="room-private">{t('allowPrivate')}</Checkbox></Form.Item>
        </div>
        <TestResult testing={testing} />
        <Form.Item name="name" label={t('name')} rules={[{ required: true, whitespace: true, message: t('nameNeeded') }]}><Input maxLength={80} data-testid="room-name" /></Form.Item>
        <div className="form-pair">
          <Form.Item name="platform" label={t('platform')}><Input maxLength={40} /></Form.Item>
          <Form.Item name="host" label={t('host')}><Input maxLength={80} /></Form.Item>
        </div>
        <Form.Item name="chatUrl" label={t('chatUrl')} extra={t('chatHint')}><Input spellCheck={false} /></Form.Item>
        <Form.Item name="note" label={t('note')}><Input.TextArea rows={2} maxLength={2000} /></Form.Item>
      </Form>
      {fault ? <FaultText fault={fault} /> : null}
    </Modal>
  );
}

function TestResult({ testing }: { testing: Testing }): ReactElement | null {
  if (testing.state === 'failed') return <FaultText fault={testing.fault} />;
  return testing.state === 'done' ? <RoomTestResult test={testing.result} /> : null;
}
