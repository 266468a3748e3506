import { Table } from 'antd';
import type { TableColumnsType, TableProps } from 'antd';
import { useEffect } from 'react';
import type { ReactElement } from 'react';
import type { Recording, SessionId } from '../../../electron/contract/index.ts';
import { goTo } from '../../state/route-store.ts';
import { formatBytes, formatDuration } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { libraryText } from './library-text.ts';
import { formatDay, RecordingMarks } from './recording-marks.tsx';
import { newestFirst } from './recording-list.ts';
import type { RecordingSort } from './recording-list.ts';

/** Rows of one page. */
export const pageRows = 50;

/** What the table shows and reports; `list` is filtered and in order, so that the table and the keyboard agree. */
export type RecordingsTableProps = {
  list: readonly Recording[]; sort: RecordingSort; onSort: (sort: RecordingSort) => void;
  page: number; onPage: (page: number) => void;
  chosen: readonly SessionId[]; onChoose: (ids: SessionId[]) => void;
  cursor: SessionId | null; onCursor: (id: SessionId) => void;
};

/** Opens a recording where it begins, in its room. */
export function openRecording(recording: Pick<Recording, 'roomId' | 'startMs'>): void {
  goTo({ place: 'room', roomId: recording.roomId, atMs: recording.startMs });
}

/** The recordings, a page at a time; a click opens one, the boxes choose several. */
export function RecordingsTable({ list, sort, onSort, page, onPage, chosen, onChoose, cursor, onCursor }: RecordingsTableProps): ReactElement {
  const t = useText(libraryText);
  useEffect(() => {
    if (cursor === null) return;
    const row = document.querySelector<HTMLElement>(`[data-testid="recording-row"][data-recording="${cursor}"]`);
    // The focus follows, so that Enter is the row's and not that of a link clicked before.
    if (row !== null && !row.contains(document.activeElement)) row.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  }, [cursor, page]);
  const sorted = (by: RecordingSort['by']): { key: string; sorter: true; sortOrder: 'ascend' | 'descend' | null; sortDirections: ('ascend' | 'descend')[] } => ({ key: by, sorter: true, sortOrder: sort.by === by ? (sort.descending ? 'descend' : 'ascend') : null, sortDirections: ['descend', 'ascend'] });
  const columns: TableColumnsType<Recording> = [
    { title: t('room'), ...sorted('roomName'), width: '16%', ellipsis: true, render: (_, each) => <span title={each.roomName}>{each.roomName}</span> },
    { title: t('start'), ...sorted('startMs'), width: 156, render: (_, each) => <TimeText atMs={each.startMs} full /> },
    { title: t('length'), ...sorted('mediaMs'), width: 84, align: 'right', render: (_, each) => <span className="tabular">{formatDuration(each.mediaMs)}</span> },
    { title: t('size'), ...sorted('bytes'), width: 84, align: 'right', render: (_, each) => <span className="tabular">{each.state === 'deleted' ? '—' : formatBytes(each.bytes)}</span> },
    { title: t('segments'), ...sorted('segments'), width: 104, align: 'right', render: (_, each) => <span className="tabular">{each.segments}</span> },
    { title: t('gaps'), ...sorted('gaps'), width: 92, align: 'right', render: (_, each) => (each.gaps === 0 ? <span className="faint">—</span> : <span className="tabular" title={t('gapOf', { n: each.gaps, length: formatDuration(each.gapMs) })}>{each.gaps} · {formatDuration(each.gapMs)}</span>) },
    { title: t('checked'), key: 'checked', width: 96, render: (_, each) => (each.verifiedAtMs === null ? <span className="faint">{t('notChecked')}</span> : <span className="tabular">{formatDay(each.verifiedAtMs)}</span>) },
    { title: t('state'), key: 'state', render: (_, each) => <RecordingMarks recording={each} /> },
  ];
  const rowSelection: TableProps<Recording>['rowSelection'] = {
    selectedRowKeys: [...chosen], columnWidth: 36, preserveSelectedRowKeys: true,
    onChange: (keys) => onChoose(keys as SessionId[]),
    getCheckboxProps: (each) => ({ 'aria-label': `${each.roomName} ${each.startMs}` }),
  };
  return (
    <Table<Recording>
      size="small" rowKey="id" columns={columns} dataSource={[...list]} tableLayout="fixed" rowSelection={rowSelection} showSorterTooltip={false}
      pagination={list.length > pageRows ? { current: page, pageSize: pageRows, showSizeChanger: false, size: 'small', onChange: onPage } : false}
      onChange={(_pagination, _filters, sorter, { action }) => {
        if (action !== 'sort' || Array.isArray(sorter)) return;
        onSort(sorter.order ? { by: sorter.columnKey as RecordingSort['by'], descending: sorter.order === 'descend' } : newestFirst);
      }}
      rowClassName={(each) => `clickable${each.id === cursor ? ' cursor-row' : ''}${each.state === 'deleted' ? ' gone-row' : ''}`}
      onRow={(each) => ({
        'data-testid': 'recording-row', 'data-recording': each.id, 'data-state': each.state, tabIndex: -1, 'aria-current': each.id === cursor ? 'true' : undefined,
        onClick: (event: React.MouseEvent) => {
          if ((event.target as HTMLElement).closest('.ant-table-selection-column')) return onCursor(each.id);
          openRecording(each);
        },
      }) as object}
    />
  );
}
