import { Table } from 'antd';
import type { ReactElement } from 'react';
import type { ChildStatus, LaneStatus } from '../../../electron/contract/index.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { childStateText, childText, settingsText, stageText } from './settings-text.ts';

/** The engine's children, how often they were restarted and why. */
export function ChildrenTable({ children }: { children: readonly ChildStatus[] }): ReactElement {
  const t = useText(settingsText);
  const names = useText(childText);
  const states = useText(childStateText);
  return (
    <Table<ChildStatus>
      size="small" rowKey="name" pagination={false} dataSource={[...children]} tableLayout="fixed"
      columns={[
        { title: t('process'), key: 'name', width: 90, render: (_, child) => names(child.name) },
        { title: t('state'), key: 'state', width: 84, render: (_, child) => <span className={child.state === 'backing-off' ? 'strong' : undefined}>{states(child.state)}</span> },
        { title: t('pid'), key: 'pid', width: 70, align: 'right', render: (_, child) => <span className="tabular">{child.pid ?? '—'}</span> },
        { title: t('restarts'), key: 'restarts', width: 56, align: 'right', render: (_, child) => <span className="tabular">{child.restarts}</span> },
        { title: t('lastReason'), key: 'fault', render: (_, child) => (child.lastFault ? <FaultText fault={child.lastFault} brief /> : <span className="faint">{t('none')}</span>) },
      ]}
    />
  );
}

/** How far each stage of analysis is behind. */
export function LanesTable({ lanes }: { lanes: readonly LaneStatus[] }): ReactElement {
  const t = useText(settingsText);
  const names = useText(stageText);
  return (
    <Table<LaneStatus>
      size="small" rowKey="lane" pagination={false} dataSource={[...lanes]} tableLayout="fixed"
      columns={[
        { title: t('lane'), key: 'lane', render: (_, lane) => names(lane.lane) },
        { title: t('waiting'), key: 'waiting', align: 'right', render: (_, lane) => <span className="tabular">{lane.waiting}</span> },
        { title: t('failed'), key: 'failed', align: 'right', render: (_, lane) => <span className={lane.failed > 0 ? 'tabular strong' : 'tabular'}>{lane.failed}</span> },
        { title: t('lag'), key: 'lag', align: 'right', render: (_, lane) => <span className="tabular">{formatDuration(lane.lagMs)}</span> },
      ]}
    />
  );
}
