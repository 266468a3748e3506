import { useMemo, useState } from 'react';
import type { Recording, SessionId } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { pickRecordings, takeRecordings, takeTask, useLibrary } from '../../state/library-store.ts';
import { sayNotice } from '../../state/notices-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { guardFault } from '../../ui/fault-guard.ts';
import { useText } from '../../ui/i18n.ts';
import { libraryText } from './library-text.ts';
import { formatDay } from './recording-marks.tsx';
import { judgeSelection } from './recording-list.ts';

/** What can be done with recordings; those that need an answer open a dialog. */
export type LibraryActs = {
  hold: (ids: readonly SessionId[]) => void;
  holdRange: () => void;
  verify: (ids: readonly SessionId[]) => void;
  verifyAll: () => void;
  exportTo: (ids: readonly SessionId[]) => void;
  schedule: (ids: readonly SessionId[]) => void;
  unschedule: (ids: readonly SessionId[]) => void;
  purge: (ids: readonly SessionId[]) => void;
  importFiles: () => void;
  move: () => void;
};

/** The dialog that is open, and on which recordings. */
export type LibraryDialog =
  | { kind: 'hold' | 'schedule' | 'purge' | 'export'; recordings: readonly Recording[] }
  | { kind: 'hold-range' | 'import' | 'move' };

/** Says what step 1 of a deletion did, with the way back. */
export function useScheduledNotice(): (scheduled: readonly Recording[]) => void {
  const t = useText(libraryText);
  const c = useText(commonText);
  return (scheduled) => {
    takeRecordings(scheduled);
    const undo = async (): Promise<void> => {
      const changed = await guardFault(() => engine.call('retention.undo', { sessionIds: scheduled.map((each) => each.id) }));
      if (changed) takeRecordings(changed);
    };
    sayNotice(t('scheduledNow', { n: scheduled.length, date: formatDay(Math.max(...scheduled.map((each) => each.purgeAfterMs ?? 0))) }), { label: c('undo'), run: () => void undo() });
  };
}

/** The acts of the library and the dialog that one of them may have opened. */
export function useLibraryActs(): { acts: LibraryActs; dialog: LibraryDialog | null; close: () => void } {
  const t = useText(libraryText);
  const [dialog, setDialog] = useState<LibraryDialog | null>(null);
  const acts = useMemo<LibraryActs>(() => {
    const judge = (ids: readonly SessionId[]) => judgeSelection(pickRecordings(useLibrary.getState().recordings, ids), Date.now());
    const open = (kind: 'hold' | 'schedule' | 'purge' | 'export', recordings: readonly Recording[], nothing: string): void => (recordings.length === 0 ? sayNotice(nothing) : setDialog({ kind, recordings }));
    const check = async (sessionIds: SessionId[]): Promise<void> => {
      const task = await guardFault(() => engine.call('verify.start', { sessionIds }));
      if (task !== null) takeTask(task);
    };
    return {
      hold: (ids) => open('hold', judge(ids).checkable, t('nothingChosen')),
      holdRange: () => setDialog({ kind: 'hold-range' }),
      verify: (ids) => {
        const { checkable } = judge(ids);
        if (checkable.length === 0) sayNotice(t('nothingChosen'));
        else void check(checkable.map((each) => each.id));
      },
      verifyAll: () => void check([]),
      exportTo: (ids) => {
        const { recordings, exportable } = judge(ids);
        open('export', exportable, t(recordings.length === 0 ? 'nothingChosen' : 'exportRunning'));
      },
      schedule: (ids) => {
        const { recordings, schedulable } = judge(ids);
        open('schedule', schedulable.length === 0 ? [] : recordings, t(recordings.length === 0 ? 'nothingChosen' : 'nothingToSchedule'));
      },
      unschedule: (ids) => {
        const { scheduled } = judge(ids);
        if (scheduled.length === 0) return sayNotice(t('nothingChosen'));
        void guardFault(() => engine.call('retention.undo', { sessionIds: scheduled.map((each) => each.id) })).then((changed) => {
          if (!changed) return;
          takeRecordings(changed);
          sayNotice(t('unscheduledNow', { n: changed.length }));
        });
      },
      purge: (ids) => open('purge', judge(ids).purgeable, t('nothingChosen')),
      importFiles: () => setDialog({ kind: 'import' }),
      move: () => setDialog({ kind: 'move' }),
    };
  }, [t]);
  return { acts, dialog, close: () => setDialog(null) };
}
