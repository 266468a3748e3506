import { Button, Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { Fault, makeFault, paths, VerifyReport } from '../../../electron/contract/index.ts';
import { engineUrl } from '../../state/engine.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { useText } from '../../ui/i18n.ts';
import { evidenceText } from './evidence-text.ts';
import { VerifyChecklist } from './verify-checklist.tsx';

type Outcome = { name: string; report: VerifyReport | null; fault: Fault | null };

async function uploadForVerify(file: File, signal: AbortSignal): Promise<Outcome> {
  try {
    const response = await fetch(engineUrl(paths.verifyUpload), { method: 'POST', body: file, signal, headers: { 'content-type': 'application/zip' } });
    const body: unknown = await response.json();
    const report = VerifyReport.safeParse(body);
    if (report.success) return { name: file.name, report: report.data, fault: null };
    const fault = Fault.safeParse(typeof body === 'object' && body !== null && 'fault' in body ? body.fault : body);
    return { name: file.name, report: null, fault: fault.success ? fault.data : makeFault('package-unreadable', file.name, `HTTP ${response.status}`) };
  } catch (thrown) {
    return { name: file.name, report: null, fault: makeFault(signal.aborted ? 'cancelled' : 'package-unreadable', file.name, thrown instanceof Error ? thrown.message : String(thrown)) };
  }
}

/** A place to drop somebody's package; the engine verifies it and the checklist appears below. */
export function VerifyDrop(): ReactElement {
  const t = useText(evidenceText);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const take = async (file: File | null | undefined): Promise<void> => {
    if (!file) return;
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    setBusy(true);
    setOutcome(null);
    const next = await uploadForVerify(file, mine.signal);
    if (abort.current !== mine) return;
    setBusy(false);
    setOutcome(next);
  };
  useEffect(() => {
    // A file dropped beside the box must not make the browser leave the page.
    const keep = (event: DragEvent): void => event.preventDefault();
    window.addEventListener('dragover', keep);
    window.addEventListener('drop', keep);
    return () => {
      window.removeEventListener('dragover', keep);
      window.removeEventListener('drop', keep);
    };
  }, []);
  const bad = outcome?.report?.checks.filter((check) => !check.ok).length ?? 0;
  return (
    <section>
      <div
        className={`verify-drop${over ? ' over' : ''}`} data-testid="verify-drop"
        onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); void take(event.dataTransfer.files[0]); }}
      >
        {busy ? <><Spin size="small" /> {t('verifying')}</> : over ? t('dropNow') : <>{t('drop')} <Button size="small" onClick={() => input.current?.click()}>{t('choose')}</Button></>}
        <input ref={input} type="file" accept=".zip,application/zip" hidden data-testid="verify-file" onChange={(event) => { void take(event.target.files?.[0]); event.target.value = ''; }} />
      </div>
      {outcome ? (
        <div className="verify-outcome" data-testid="verify-result" data-ok={outcome.report?.ok ?? false}>
          <p className="test-verdict">{outcome.report ? (outcome.report.ok ? `✓ ${t('uploadOk', { name: outcome.name, n: outcome.report.checks.length })}` : `✕ ${t('uploadBad', { name: outcome.name, bad })}`) : outcome.name} <Button size="small" type="text" onClick={() => setOutcome(null)}>{t('close')}</Button></p>
          {outcome.fault ? <FaultText fault={outcome.fault} /> : null}
          {outcome.report ? <VerifyChecklist report={outcome.report} /> : null}
        </div>
      ) : null}
    </section>
  );
}
