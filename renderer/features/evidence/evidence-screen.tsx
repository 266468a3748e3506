import { Button, Progress, Table } from 'antd';
import type { TableColumnsType } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { paths } from '../../../electron/contract/index.ts';
import type { EvidencePackage, VerifyReport } from '../../../electron/contract/index.ts';
import { useConnection } from '../../state/connection-store.ts';
import { engine, engineUrl } from '../../state/engine.ts';
import { mergePackages, usePackages } from '../../state/packages-store.ts';
import { goTo } from '../../state/route-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { guardFault } from '../../ui/fault-guard.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatBytes, formatClock, formatDuration } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { evidenceText, packageStateText } from './evidence-text.ts';
import { VerifyChecklist } from './verify-checklist.tsx';
import { VerifyDrop } from './verify-drop.tsx';

/** 证据: packages with progress and result; a package opens as its checklist; a dropped file is verified. */
export function EvidenceScreen({ packageId }: { packageId: string | null }): ReactElement {
  const t = useText(evidenceText);
  const packages = usePackages((s) => s.packages);
  const loaded = useConnection((s) => s.loaded);
  const opened = packageId === null ? [] : [packageId];
  const [verifying, setVerifying] = useState<ReadonlySet<string>>(new Set());
  const verify = async (each: EvidencePackage): Promise<void> => {
    setVerifying((old) => new Set(old).add(each.id));
    const report = await guardFault(() => engine.call('evidence.verify', { id: each.id }));
    const newest = usePackages.getState().packages.find((p) => p.id === each.id) ?? each;
    if (report) mergePackages([{ ...newest, verify: report }]);
    setVerifying((old) => new Set([...old].filter((id) => id !== each.id)));
    goTo({ place: 'evidence', packageId: each.id });
  };

  const columns: TableColumnsType<EvidencePackage> = [
    { title: t('created'), key: 'created', width: 164, render: (_, p) => <TimeText atMs={p.createdAtMs} full /> },
    { title: t('room'), key: 'room', ellipsis: true, render: (_, p) => p.roomName },
    { title: t('range'), key: 'range', width: 200, render: (_, p) => <span className="tabular">{formatClock(p.fromMs)}–{formatClock(p.toMs)} <span className="faint">{formatDuration(p.toMs - p.fromMs)}</span></span> },
    { title: t('flags'), key: 'flags', width: 56, align: 'right', render: (_, p) => <span className="tabular">{p.flagIds.length}</span> },
    { title: t('size'), key: 'size', width: 80, align: 'right', render: (_, p) => <span className="tabular">{p.bytes === null ? '—' : formatBytes(p.bytes)}</span> },
    { title: t('state'), key: 'state', width: 210, render: (_, p) => <PackageState each={p} /> },
    { title: t('verify'), key: 'verify', width: 96, render: (_, p) => <VerifyVerdict report={p.verify} /> },
    { title: '', key: 'acts', width: 136, align: 'right', render: (_, p) => p.state === 'done' ? (
      <span className="cell-acts" onClick={(event) => event.stopPropagation()}>
        <Button size="small" type="text" loading={verifying.has(p.id)} onClick={() => void verify(p)} data-testid="package-verify">{t('verifyNow')}</Button>
        <Button size="small" type="text" href={engineUrl(paths.packageFile(p.id))} download={`${p.id}.zip`} data-testid="package-download">{t('download')}</Button>
      </span>
    ) : null },
  ];
  return (
    <div className="page">
      <div className="page-head"><h1>{t('title')} <span className="tabular faint">{packages.length}</span></h1></div>
      <VerifyDrop />
      {packages.length === 0 && loaded ? <EmptyState title={t('emptyTitle')} hint={t('emptyHint')} /> : (
        <Table<EvidencePackage>
          size="small" rowKey="id" columns={columns} dataSource={[...packages]} tableLayout="fixed" pagination={packages.length > 100 ? { pageSize: 100 } : false}
          onRow={(p) => ({ 'data-testid': 'package-row', 'data-package': p.id, 'data-state': p.state, onClick: () => goTo({ place: 'evidence', packageId: packageId === p.id ? null : p.id }) }) as object}
          rowClassName="clickable"
          expandable={{ expandedRowKeys: opened, showExpandColumn: false, expandedRowRender: (p) => <PackageDetail each={p} /> }}
        />
      )}
    </div>
  );
}

function PackageState({ each }: { each: EvidencePackage }): ReactElement {
  const states = useText(packageStateText);
  const c = useText(commonText);
  if (each.state !== 'queued' && each.state !== 'building') return <span>{states(each.state)}{each.fault ? <span className="cell-note"><FaultText fault={each.fault} brief /></span> : null}</span>;
  return (
    <span className="package-progress" onClick={(event) => event.stopPropagation()}>
      <Progress percent={Math.round(each.progress * 100)} size="small" showInfo={false} />
      <span className="tabular">{Math.round(each.progress * 100)}%</span>
      <Button size="small" type="text" onClick={() => void guardFault(() => engine.call('evidence.cancel', { id: each.id })).then((p) => p && mergePackages([p]))} data-testid="package-cancel">{c('cancel')}</Button>
    </span>
  );
}

function VerifyVerdict({ report }: { report: VerifyReport | null }): ReactElement {
  const t = useText(evidenceText);
  if (!report) return <span className="faint">{t('notVerified')}</span>;
  return <span className={report.ok ? undefined : 'strong'} data-testid="verify-result" data-ok={report.ok}>{report.ok ? `✓ ${t('verified')}` : `✕ ${t('altered', { n: report.checks.filter((check) => !check.ok).length })}`}</span>;
}

function PackageDetail({ each }: { each: EvidencePackage }): ReactElement {
  const t = useText(evidenceText);
  return (
    <div className="package-detail">
      {each.fault ? <FaultText fault={each.fault} /> : null}
      <dl className="facts-list">
        <div><dt>{t('by')}</dt><dd>{each.createdBy || '—'}</dd></div>
        <div><dt>{t('range')}</dt><dd><TimeText atMs={each.fromMs} full /> – <TimeText atMs={each.toMs} full /> <Button size="small" type="link" onClick={() => goTo({ place: 'room', roomId: each.roomId, atMs: each.fromMs })}>{t('openRoom')}</Button></dd></div>
        {each.sha256 ? <div><dt>{t('hash')}</dt><dd className="mono">{each.sha256}</dd></div> : null}
        {each.state === 'building' && each.step ? <div><dt>{t('state')}</dt><dd>{each.step}</dd></div> : null}
      </dl>
      {each.verify ? <VerifyChecklist report={each.verify} /> : null}
    </div>
  );
}
