import { Button } from 'antd';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import { useLibrary, watchLibrary } from '../../state/library-store.ts';
import { formatRoute, goTo, libraryViews } from '../../state/route-store.ts';
import type { LibraryView } from '../../state/route-store.ts';
import { assertNever } from '../../../electron/contract/index.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { useHotkeys } from '../../ui/hotkey-registry.ts';
import { useText } from '../../ui/i18n.ts';
import { AlteredView } from './altered-view.tsx';
import { PurgeDialog, ScheduleDialog } from './deletion-dialogs.tsx';
import { DiskBar } from './disk-bar.tsx';
import { HoldDialog, HoldRangeDialog } from './hold-dialogs.tsx';
import { HoldsView } from './holds-view.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { useLibraryActs } from './library-acts.ts';
import type { LibraryActs, LibraryDialog } from './library-acts.ts';
import { LibrarySettingsButton } from './library-settings.tsx';
import { libraryText } from './library-text.ts';
import { RecordingsView } from './recordings-view.tsx';
import { RetentionView } from './retention-view.tsx';
import { TargetDialog } from './target-dialog.tsx';
import { TaskStrip } from './task-strip.tsx';
import './library.css';

/** 录像库: what is recorded and what becomes of it: the disk, long work, the list, retention, holds and integrity. */
export function LibraryScreen({ view }: { view: LibraryView }): ReactElement {
  const t = useText(libraryText);
  const { acts, dialog, close } = useLibraryActs();
  const [openedMs] = useState(() => Date.now());
  const count = useLibrary((s) => s.overview?.sessions ?? null);
  const fault = useLibrary((s) => s.fault);
  const complete = useLibrary((s) => s.complete);
  useEffect(() => watchLibrary(), []);
  useHotkeys(t('title'), [
    { keys: libraryViews.map((_, i) => String(i + 1)), label: t('keyViews'), run: (event) => { const next = libraryViews[Number(event.key) - 1]; if (next) goTo({ place: 'library', view: next }); } },
    { keys: ['i'], label: t('import'), run: acts.importFiles },
  ], 9);
  return (
    <div className="page library" data-testid="library-screen">
      <div className="page-head">
        <h1>{t('title')} {count === null ? null : <span className="tabular faint">{count}</span>}</h1>
        <span className="page-acts">
          <Button onClick={acts.importFiles} data-testid="library-import">{t('import')} <kbd>I</kbd></Button>
          <Button onClick={acts.move} data-testid="library-move">{t('move')}</Button>
          <LibrarySettingsButton />
        </span>
      </div>
      <DiskBar />
      <TaskStrip openedMs={openedMs} />
      <ViewTabs view={view} />
      {fault !== null && complete ? <div className="library-fault"><FaultText fault={fault} /></div> : null}
      <View view={view} acts={acts} />
      <Dialog dialog={dialog} onClose={close} />
    </div>
  );
}

function ViewTabs({ view }: { view: LibraryView }): ReactElement {
  const t = useText(libraryText);
  const holds = useLibrary((s) => s.holds.filter((hold) => hold.releasedAtMs === null).length);
  const altered = useLibrary((s) => s.altered.length);
  const due = useLibrary((s) => (s.plan === null ? 0 : s.plan.expiring.length + s.plan.scheduled.length));
  const counts: Record<LibraryView, number> = { recordings: 0, retention: due, holds, altered };
  return (
    <nav className="library-views">
      {libraryViews.map((each) => <a key={each} href={formatRoute({ place: 'library', view: each })} aria-current={each === view ? 'page' : undefined} data-testid={`view-${each}`}>{t(`view.${each}`)}{counts[each] > 0 ? <span className="tabular faint"> {counts[each]}</span> : null}</a>)}
    </nav>
  );
}

function View({ view, acts }: { view: LibraryView; acts: LibraryActs }): ReactElement {
  switch (view) {
    case 'recordings': return <RecordingsView acts={acts} />;
    case 'retention': return <RetentionView acts={acts} />;
    case 'holds': return <HoldsView acts={acts} />;
    case 'altered': return <AlteredView acts={acts} />;
  }
}

function Dialog({ dialog, onClose }: { dialog: LibraryDialog | null; onClose: () => void }): ReactElement | null {
  if (dialog === null) return null;
  switch (dialog.kind) {
    case 'hold': return <HoldDialog recordings={dialog.recordings} onClose={onClose} />;
    case 'hold-range': return <HoldRangeDialog onClose={onClose} />;
    case 'schedule': return <ScheduleDialog recordings={dialog.recordings} onClose={onClose} />;
    case 'purge': return <PurgeDialog recordings={dialog.recordings} onClose={onClose} />;
    case 'export': return <TargetDialog recordings={dialog.recordings} onClose={onClose} />;
    case 'import': return <ImportDialog onClose={onClose} />;
    case 'move': return <TargetDialog recordings={null} onClose={onClose} />;
    default: return assertNever(dialog);
  }
}
