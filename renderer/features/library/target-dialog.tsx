import { Input, Modal } from 'antd';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import type { Fault, Recording, TargetPreflight } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { takeTask, useLibrary } from '../../state/library-store.ts';
import { readFault } from '../../state/notices-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatBytes } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { copyText } from './library-text.ts';

const settleMs = 300;
const noSessions: readonly Recording[] = [];

/** Asks for a folder that recordings are copied to, and looks at it first: an export of chosen recordings, or the move of all. */
export function TargetDialog({ recordings, onClose }: { recordings: readonly Recording[] | null; onClose: () => void }): ReactElement {
  const t = useText(copyText);
  const c = useText(commonText);
  const overview = useLibrary((s) => s.overview);
  const [target, setTarget] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const isMove = recordings === null;
  const { preflight, asking } = usePreflight(target.trim(), recordings ?? noSessions);
  const bytes = isMove ? overview?.bytes ?? 0 : recordings.reduce((sum, each) => sum + each.bytes, 0);
  const run = async (): Promise<void> => {
    if (preflight === null || preflight.fault !== null) return;
    setBusy(true);
    try {
      takeTask(isMove ? await engine.call('library.move', { target: preflight.target }) : await engine.call('recordings.export', { target: preflight.target, sessionIds: recordings.map((each) => each.id) }));
      onClose();
    } catch (thrown) {
      setFault(readFault(thrown));
      setBusy(false);
    }
  };
  return (
    <Modal open title={t(isMove ? 'moveTitle' : 'exportTitle')} width={520} okText={t(isMove ? 'moveRun' : 'exportRun')} cancelText={c('cancel')} confirmLoading={busy} onOk={() => void run()} onCancel={onClose} okButtonProps={{ disabled: preflight === null || preflight.fault !== null, 'data-testid': 'target-run' }} data-testid="target-dialog">
      <p className="dialog-body">{isMove ? t('moveBody', { size: formatBytes(bytes) }) : t('exportBody', { n: recordings.length, size: formatBytes(bytes) })}</p>
      {isMove ? <div className="dialog-field">{t('now')}<span className="mono">{overview?.recordingsDir}</span></div> : null}
      <label className="dialog-field">{t('target')}<Input value={target} autoFocus spellCheck={false} className="mono" placeholder={t('targetHint')} onChange={(event) => { setTarget(event.target.value); setFault(null); }} onPressEnter={() => void run()} data-testid="target-path" /></label>
      <div className="target-preflight" data-testid="target-preflight" data-ok={preflight === null ? undefined : preflight.fault === null}>
        {asking ? <span className="faint">{t('checking')}</span> : preflight === null ? null : preflight.fault === null
          ? <>✓ {t('enough', { need: formatBytes(preflight.neededBytes), free: formatBytes(preflight.freeBytes) })}</>
          : <TargetFault preflight={preflight} />}
      </div>
      {fault ? <FaultText fault={fault} /> : null}
    </Modal>
  );
}

/** What speaks against a folder; the engine's own words say which rule it breaks. */
function TargetFault({ preflight }: { preflight: TargetPreflight }): ReactElement {
  const t = useText(copyText);
  const { fault } = preflight;
  if (fault?.code === 'disk-full') return <>✕ {t('enough', { need: formatBytes(preflight.neededBytes), free: formatBytes(preflight.freeBytes) })}</>;
  return fault === null ? <></> : <FaultText fault={fault} />;
}

/** Asks the engine about the folder once typing rests. */
function usePreflight(target: string, recordings: readonly Recording[]): { preflight: TargetPreflight | null; asking: boolean } {
  const [answer, setAnswer] = useState<{ target: string; preflight: TargetPreflight } | null>(null);
  useEffect(() => {
    if (target === '') return undefined;
    let stale = false;
    const timer = setTimeout(() => {
      engine.call('library.preflight', { target, sessionIds: recordings.map((each) => each.id) }).then(
        (preflight) => { if (!stale) setAnswer({ target, preflight }); },
        (thrown: unknown) => { if (!stale) setAnswer({ target, preflight: { target, freeBytes: 0, totalBytes: 0, neededBytes: 0, fault: readFault(thrown) } }); },
      );
    }, settleMs);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [target, recordings]);
  const current = answer !== null && answer.target === target ? answer.preflight : null;
  return { preflight: target === '' ? null : current, asking: target !== '' && current === null };
}
