import { Table } from 'antd';
import type { ReactElement } from 'react';
import type { ModelStatus, Status } from '../../../electron/contract/index.ts';
import { formatRoute } from '../../state/route-store.ts';
import { formatBytes } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { settingsText, taskText } from './settings-text.ts';

/** Disk, log, rule pack and versions as a list of facts. */
export function StatusFactsList({ status }: { status: Status }): ReactElement {
  const t = useText(settingsText);
  const { disk, log, rulePack } = status;
  return (
    <dl className="facts-list">
      <div><dt>{t('disk')}</dt><dd><span className={disk.gate === 'open' ? undefined : 'strong'}>{t(`gate.${disk.gate}`)}</span> · <span className="tabular">{t('diskFree', { free: formatBytes(disk.freeBytes), total: formatBytes(disk.totalBytes) })}</span> <span className="faint mono">{disk.path}</span></dd></div>
      <div><dt>{t('diskLimits')}</dt><dd><a href={formatRoute({ place: 'library', view: 'recordings' })} data-testid="disk-limits">{t('diskLimitsGo')}</a></dd></div>
      <div><dt>{t('log')}</dt><dd><span className="tabular">{t('leaves', { n: log.leaves })}</span> <span className="faint mono">{log.head}</span></dd></div>
      <div><dt>{t('rules')}</dt><dd><span className="tabular">{t('terms', { version: rulePack.version, n: rulePack.terms })}</span> <span className="faint mono">{rulePack.hash}</span></dd></div>
      <div><dt>{t('engineVersion')}</dt><dd className="tabular">{status.version}</dd></div>
      <div><dt>{t('shell')}</dt><dd>{status.shell || '—'}</dd></div>
      <div><dt>{t('started')}</dt><dd><TimeText atMs={status.startedAtMs} full /></dd></div>
    </dl>
  );
}

/** Model packs: what for, whether installed, and how to install what is missing. */
export function ModelsTable({ models }: { models: readonly ModelStatus[] }): ReactElement {
  const t = useText(settingsText);
  const tasks = useText(taskText);
  return (
    <Table<ModelStatus>
      size="small" rowKey="id" pagination={false} dataSource={[...models]} tableLayout="fixed" onRow={(m) => ({ 'data-testid': 'model-row', 'data-installed': m.installed }) as object}
      columns={[
        { title: t('task'), key: 'task', width: 90, render: (_, m) => tasks(m.task) },
        { title: t('model'), key: 'name', render: (_, m) => <span className="cell-name">{m.name}{m.note ? <span className="cell-note">{m.note}</span> : null}</span> },
        { title: t('state'), key: 'installed', width: 90, render: (_, m) => <span className={m.installed ? undefined : 'strong'}>{t(m.installed ? 'installed' : 'missing')}</span> },
        { title: t('size'), key: 'bytes', width: 80, align: 'right', render: (_, m) => <span className="tabular">{m.bytes > 0 ? formatBytes(m.bytes) : '—'}</span> },
        { title: t('licence'), key: 'licence', width: 110, ellipsis: true, render: (_, m) => m.licence },
        { title: t('hash'), key: 'sha256', width: 120, ellipsis: true, render: (_, m) => <span className="mono faint" title={m.sha256}>{m.sha256.slice(0, 12) || '—'}</span> },
      ]}
    />
  );
}
