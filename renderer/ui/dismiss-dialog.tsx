import { Modal, Radio } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { DismissReason } from '../../electron/contract/index.ts';
import { commonText, dismissReasonText } from './common-text.ts';
import { defineText, useText } from './i18n.ts';

const text = defineText({ title: '排除线索：选择理由', hint: '按 1–5 直接选定' }, { title: 'Dismiss the lead: choose a reason', hint: 'Press 1–5 to choose at once' });

/** Asks why a lead is dismissed; a digit key chooses at once. */
export function DismissDialog({ open, onChoose, onCancel }: { open: boolean; onChoose: (reason: DismissReason) => void; onCancel: () => void }): ReactElement {
  const t = useText(text);
  const c = useText(commonText);
  const reasons = useText(dismissReasonText);
  const [reason, setReason] = useState<DismissReason>('lawful');
  const choose = useRef(onChoose);
  useEffect(() => {
    choose.current = onChoose;
  });
  useEffect(() => {
    if (!open) return undefined;
    const hear = (event: KeyboardEvent): void => {
      const chosen = DismissReason.options[Number(event.key) - 1];
      if (!chosen) return;
      event.preventDefault();
      choose.current(chosen);
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, [open]);
  return (
    <Modal open={open} title={t('title')} width={360} okText={c('dismiss')} cancelText={c('cancel')} onOk={() => onChoose(reason)} onCancel={onCancel} destroyOnHidden data-testid="dismiss-dialog">
      <Radio.Group value={reason} onChange={(event) => setReason(DismissReason.parse(event.target.value))} className="dismiss-reasons">
        {DismissReason.options.map((each, i) => <Radio key={each} value={each}><kbd>{i + 1}</kbd> {reasons(each)}</Radio>)}
      </Radio.Group>
      <p className="hint">{t('hint')}</p>
    </Modal>
  );
}
