import { Button, Table } from 'antd';
import type { TableColumnsType } from 'antd';
import type { ReactElement } from 'react';
import type { AlteredFile, LibraryOverview } from '../../../electron/contract/index.ts';
import { useLibrary } from '../../state/library-store.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatBytes, formatDateTime } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { TimeText } from '../../ui/time-text.tsx';
import type { LibraryActs } from './library-acts.ts';
import { alteredText, libraryText } from './library-text.ts';
import { openRecording } from './recordings-table.tsx';

const hashShown = 16;

/** Stored files that no longer match their hash, with what was found; and where the background check stands. */
export function AlteredView({ acts }: { acts: LibraryActs }): ReactElement {
  const t = useText(alteredText);
  const l = useText(libraryText);
  const altered = useLibrary((s) => s.altered);
  const recordings = useLibrary((s) => s.recordings);
  const overview = useLibrary((s) => s.overview);
  const sessionOf = (file: AlteredFile) => recordings.find((each) => each.id === file.sessionId);
  const columns: TableColumnsType<AlteredFile> = [
    { title: l('room'), key: 'room', width: '22%', render: (_, file) => <span>{sessionOf(file)?.roomName ?? file.roomId}<span className="cell-note tabular">{formatDateTime(sessionOf(file)?.startMs ?? 0)}</span></span> },
    { title: t('file'), key: 'file', width: '26%', render: (_, file) => <span className="mono" title={file.path}>{file.path.split(/[\\/]/).pop()}<span className="cell-note mono">{file.sessionId}</span></span> },
    { title: t('finding'), key: 'finding', render: (_, file) => (
      <span><span className="strong">{t(file.actual === null ? 'gone' : 'changed')}</span>
        <span className="cell-note mono" title={`${file.expected}\n${file.actual ?? ''}`}>{t('expected')} {file.expected.slice(0, hashShown)}…{file.actual === null ? '' : ` ${t('actual')} ${file.actual.slice(0, hashShown)}…`}</span></span>
    ) },
    { title: t('found'), key: 'found', width: 160, render: (_, file) => <TimeText atMs={file.foundAtMs} full /> },
  ];
  return (
    <>
      <div className="library-filter">
        <Button size="small" onClick={acts.verifyAll} data-testid="verify-all">{l('checkAll')}</Button>
        <span className="faint">{t('intro')}</span>
        {overview === null ? null : <RehashFact overview={overview} />}
      </div>
      {altered.length === 0 ? <EmptyState title={t('emptyTitle')} hint={t('emptyHint')} /> : (
        <>
          <p className="altered-advice"><span className="strong">{t('count', { n: altered.length })}</span> {t('advice')}</p>
          <Table<AlteredFile>
            size="small" rowKey={(file) => `${file.sessionId}/${file.seq}`} columns={columns} dataSource={[...altered]} tableLayout="fixed" pagination={altered.length > 50 ? { pageSize: 50, size: 'small', showSizeChanger: false } : false} rowClassName="clickable"
            onRow={(file) => ({ 'data-testid': 'altered-row', onClick: () => { const session = sessionOf(file); if (session) openRecording(session); } }) as object}
          />
        </>
      )}
    </>
  );
}

const pauses = { move: 'paused.move', 'disk-slow': 'paused.disk-slow', 'analysis-behind': 'paused.analysis-behind' } as const;

function RehashFact({ overview }: { overview: LibraryOverview }): ReactElement {
  const t = useText(alteredText);
  const { rehash, settings } = overview;
  const paused = rehash.pausedBecause;
  const said = !settings.rehash ? t('backgroundOff')
    : [rehash.due > 0 ? t('due', { n: rehash.due }) : t('rests'), paused !== null && rehash.due > 0 ? (paused in pauses ? t(pauses[paused as keyof typeof pauses]) : paused) : rehash.runningSessionId !== null ? t('running', { size: formatBytes(rehash.doneBytes) }) : ''].filter(Boolean).join(' · ');
  return <span className="rehash-fact" data-testid="rehash-fact"><span className="faint">{t('background')}</span> {said}</span>;
}
