import { Button, Segmented } from 'antd';
import { useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { DismissReason, Flag } from '../../../electron/contract/index.ts';
import { reviewFlag, undoReview, useFlagList } from '../../state/flags-store.ts';
import { setFocus, useFocus } from '../../state/focus-store.ts';
import { sayNotice } from '../../state/notices-store.ts';
import { goTo } from '../../state/route-store.ts';
import { commonText } from '../../ui/common-text.ts';
import { DismissDialog } from '../../ui/dismiss-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { guardFault } from '../../ui/fault-guard.ts';
import { useHotkeys } from '../../ui/hotkey-registry.ts';
import { useText } from '../../ui/i18n.ts';
import { LeadItem } from './lead-item.tsx';
import { leadsText } from './leads-text.ts';

const listedLeads = 200;

/** The leads on the right, newest first, worked through by keys. */
export function LeadsPanel(): ReactElement {
  const t = useText(leadsText);
  const c = useText(commonText);
  const [filter, setFilter] = useState<'open' | 'all'>('open');
  const [dismissing, setDismissing] = useState<Flag | null>(null);
  const all = useFlagList();
  const focus = useFocus((s) => s.focus);
  const list = useRef<HTMLDivElement>(null);
  const openCount = useMemo(() => all.filter((flag) => flag.state === 'open').length, [all]);
  const shown = useMemo(() => (filter === 'all' ? all : all.filter((flag) => flag.state === 'open')).slice(0, listedLeads), [all, filter]);
  const index = focus?.kind === 'lead' ? shown.findIndex((flag) => flag.id === focus.id) : -1;
  const selected = shown[index];

  const select = (flag: Flag | undefined): void => {
    if (!flag) return;
    setFocus({ kind: 'lead', id: flag.id });
    requestAnimationFrame(() => list.current?.querySelector(`[data-flag="${flag.id}"]`)?.scrollIntoView({ block: 'nearest' }));
  };
  const undo = async (): Promise<void> => {
    const outcome = await guardFault(async () => ({ flag: await undoReview() }));
    if (!outcome) return;
    if (outcome.flag) select(outcome.flag);
    sayNotice(outcome.flag ? t('undone', { quote: outcome.flag.quote }) : t('nothingToUndo'));
  };
  const review = async (flag: Flag, state: 'confirmed' | 'dismissed', reason: DismissReason | null): Promise<void> => {
    const following = shown[shown.indexOf(flag) + 1] ?? shown[shown.indexOf(flag) - 1];
    const done = await guardFault(() => reviewFlag(flag.id, state, reason));
    if (!done) return;
    if (filter === 'open') select(following);
    if (state === 'dismissed') sayNotice(t('dismissed', { quote: flag.quote }), { label: c('undo'), run: () => void undo() });
  };
  const withSelected = (act: (flag: Flag) => void): boolean => {
    if (!selected) return false;
    act(selected);
    return true;
  };
  const openInRoom = (flag: Flag): void => goTo({ place: 'room', roomId: flag.roomId, atMs: flag.startMs });

  useHotkeys(t('title'), [
    { keys: ['j', 'k'], label: t('next'), run: (event) => select(shown[Math.max(0, Math.min(shown.length - 1, event.key === 'k' ? index - 1 : index + 1))]) },
    { keys: ['Enter'], label: t('enter'), run: () => withSelected(openInRoom) },
    { keys: ['c'], label: t('confirm'), run: () => withSelected((flag) => void review(flag, 'confirmed', null)) },
    { keys: ['x'], label: t('dismiss'), run: () => withSelected(setDismissing) },
    { keys: ['u'], label: t('undo'), run: () => void undo() },
  ], 5);

  return (
    <aside className="rail leads-panel" data-testid="leads-panel">
      <div className="rail-head">
        <h2>{t('title')}</h2>
        <Segmented size="small" value={filter} onChange={(value) => setFilter(value === 'all' ? 'all' : 'open')} options={[{ value: 'open', label: `${t('open')} ${openCount}` }, { value: 'all', label: t('all') }]} />
      </div>
      <div className="rail-list" ref={list}>
        {shown.map((flag) => (
          <LeadItem
            key={flag.id} flag={flag} selected={flag.id === selected?.id} onSelect={() => select(flag)} onOpen={() => openInRoom(flag)}
            onConfirm={() => void review(flag, 'confirmed', null)} onDismiss={() => setDismissing(flag)}
          />
        ))}
        {shown.length === 0 ? <EmptyState title={t(filter === 'open' ? 'emptyOpen' : 'emptyAll')} hint={t('emptyHint')} /> : null}
        {shown.length === listedLeads ? <p className="rail-empty">{t('more', { n: listedLeads })}</p> : null}
      </div>
      <div className="rail-foot">
        <Button size="small" type="text" onClick={() => void undo()}>{c('undo')} <kbd>U</kbd></Button>
        <span className="hint"><kbd>J</kbd> <kbd>K</kbd> {t('next')}</span>
      </div>
      <DismissDialog
        open={dismissing !== null} onCancel={() => setDismissing(null)}
        onChoose={(reason) => {
          if (dismissing) void review(dismissing, 'dismissed', reason);
          setDismissing(null);
        }}
      />
    </aside>
  );
}
