import { Button, Table } from 'antd';
import type { TableColumnsType } from 'antd';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { Recording } from '../../../electron/contract/index.ts';
import { useLibrary } from '../../state/library-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { formatBytes, formatDuration } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { TimeText } from '../../ui/time-text.tsx';
import type { LibraryActs } from './library-acts.ts';
import { libraryText, protectionText, retentionText } from './library-text.ts';
import { forecastExpiry } from './recording-list.ts';
import { formatDay } from './recording-marks.tsx';
import { openRecording } from './recordings-table.tsx';

const rowsPerPage = 20;
const horizons = [7, 30, 90];

/** What retention would let go and how much that frees, what waits out its grace, and what stays because something protects it. */
export function RetentionView({ acts }: { acts: LibraryActs }): ReactElement {
  const t = useText(retentionText);
  const c = useText(commonText);
  const plan = useLibrary((s) => s.plan);
  const automatic = useLibrary((s) => s.overview?.settings.automaticRetention ?? false);
  if (plan === null) return <p className="hint">{c('loading')}</p>;
  const now = Date.now();
  return (
    <div className="retention-view" data-testid="retention-view">
      <p className="retention-summary">{t('summary', { days: plan.retentionDays, date: formatDay(plan.beforeMs) })}<span className="strong">{plan.expiring.length === 0 ? t('noneExpiring') : t('toFree', { n: plan.expiring.length, size: formatBytes(plan.expiringBytes) })}</span>{' '}<span className="faint">{t(automatic ? 'automatic' : 'manual')}</span></p>
      <Forecast nowMs={plan.computedAtMs} />
      {plan.expiring.length === 0 ? null : (
        <section data-testid="plan-expiring">
          <PlanHead title={t('expiring')} count={plan.expiring.length} bytes={plan.expiringBytes}><Button size="small" onClick={() => acts.schedule(plan.expiring.map((each) => each.id))} data-testid="schedule-all">{t('scheduleAll')}</Button></PlanHead>
          <PlanTable recordings={plan.expiring} extra={[{ title: t('expired'), key: 'expired', width: 120, render: (_, each) => <span className="tabular">{formatDay(each.expiresAtMs ?? 0)}</span> }]} />
        </section>
      )}
      <section data-testid="plan-scheduled">
        <PlanHead title={t('scheduled')} count={plan.scheduled.length} bytes={plan.scheduledBytes}>{plan.purgeable.length === 0 ? null : <Button size="small" danger onClick={() => acts.purge(plan.purgeable)} data-testid="purge-all">{t('purgeAll', { n: plan.purgeable.length })}</Button>}</PlanHead>
        {plan.scheduled.length === 0 ? <p className="hint">{t('noScheduled')}</p> : (
          <PlanTable recordings={plan.scheduled} extra={[
            { title: t('purgeAfter'), key: 'purgeAfter', width: 170, render: (_, each) => ((each.purgeAfterMs ?? Infinity) <= now ? <span className="strong">{t('graceOver')}</span> : <span className="tabular">{t('graceLeft', { date: formatDay(each.purgeAfterMs ?? 0) })}</span>) },
            { title: t('scheduledBy'), key: 'by', width: 100, ellipsis: true, render: (_, each) => each.scheduledBy || '—' },
            { title: '', key: 'acts', width: 150, align: 'right', render: (_, each) => (
              <span className="cell-acts" onClick={(event) => event.stopPropagation()}>
                <Button size="small" type="text" onClick={() => acts.unschedule([each.id])} data-testid="plan-undo">{t('undo')}</Button>
                <Button size="small" type="text" disabled={!plan.purgeable.includes(each.id)} title={plan.purgeable.includes(each.id) ? undefined : t('cannotYet')} onClick={() => acts.purge([each.id])} data-testid="plan-purge">{t('purge')}</Button>
              </span>
            ) },
          ]} />
        )}
      </section>
      <section data-testid="plan-protected">
        <PlanHead title={t('protected')} count={plan.protected.length} bytes={plan.protectedBytes} />
        {plan.protected.length === 0 ? <p className="hint">{t('noProtected')}</p> : <PlanTable recordings={plan.protected} extra={[{ title: t('why'), key: 'why', width: '32%', render: (_, each) => <Why recording={each} /> }]} />}
      </section>
    </div>
  );
}

function Forecast({ nowMs }: { nowMs: number }): ReactElement {
  const t = useText(retentionText);
  const c = useText(commonText);
  const recordings = useLibrary((s) => s.recordings);
  const forecast = useMemo(() => forecastExpiry(recordings, nowMs, horizons), [recordings, nowMs]);
  return (
    <dl className="retention-forecast" data-testid="plan-forecast">
      {forecast.map((each) => (
        <div key={each.days}>
          <dt>{t('within', { n: each.days })}</dt>
          <dd className="tabular">{each.sessions === 0 ? <span className="faint">{c('none')}</span> : t('withinFrees', { n: each.sessions, size: formatBytes(each.bytes) })}{each.protected > 0 ? <span className="faint">{t('withinProtected', { n: each.protected })}</span> : null}</dd>
        </div>
      ))}
    </dl>
  );
}

function PlanHead({ title, count, bytes, children }: { title: string; count: number; bytes: number; children?: ReactElement | null }): ReactElement {
  return <div className="plan-head"><h2>{title} <span className="tabular faint">{count}{count > 0 ? ` · ${formatBytes(bytes)}` : ''}</span></h2>{children}</div>;
}

function Why({ recording }: { recording: Recording }): ReactElement {
  const p = useText(protectionText);
  return <span>{recording.protections.map((each) => p(each.kind, { detail: each.detail })).join('；')}</span>;
}

function PlanTable({ recordings, extra }: { recordings: readonly Recording[]; extra: TableColumnsType<Recording> }): ReactElement {
  const t = useText(libraryText);
  const columns: TableColumnsType<Recording> = [
    { title: t('room'), key: 'room', ellipsis: true, render: (_, each) => each.roomName },
    { title: t('start'), key: 'start', width: 160, render: (_, each) => <TimeText atMs={each.startMs} full /> },
    { title: t('length'), key: 'length', width: 80, align: 'right', render: (_, each) => <span className="tabular">{formatDuration(each.mediaMs)}</span> },
    { title: t('size'), key: 'size', width: 84, align: 'right', render: (_, each) => <span className="tabular">{formatBytes(each.bytes)}</span> },
    ...extra,
  ];
  return (
    <Table<Recording>
      size="small" rowKey="id" columns={columns} dataSource={[...recordings]} tableLayout="fixed" pagination={recordings.length > rowsPerPage ? { pageSize: rowsPerPage, size: 'small', showSizeChanger: false } : false}
      rowClassName="clickable" onRow={(each) => ({ 'data-testid': 'plan-row', 'data-recording': each.id, onClick: () => openRecording(each) }) as object}
    />
  );
}
