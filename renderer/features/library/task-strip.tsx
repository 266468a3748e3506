import { Button, Progress } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { RoomId, SessionId } from '../../../electron/contract/index.ts';
import type { LibraryTask } from '../../../electron/contract/index.ts';
import { engine } from '../../state/engine.ts';
import { hideTask, takeTask, useLibrary } from '../../state/library-store.ts';
import { goTo } from '../../state/route-store.ts';
import { guardFault } from '../../ui/fault-guard.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatBytes, formatDateTime } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { canResume, listShownTasks } from './task-list.ts';
import { taskKindText, taskText } from './library-text.ts';

/** Long work: what runs with progress and cancel, what broke off with its reason and a way to go on, what ended lately. */
export function TaskStrip({ openedMs }: { openedMs: number }): ReactElement | null {
  const t = useText(taskText);
  const tasks = useLibrary((s) => s.tasks);
  const hidden = useLibrary((s) => s.hiddenTaskIds);
  const shown = listShownTasks(tasks, hidden, openedMs);
  if (shown.length === 0) return null;
  const ended = shown.filter((task) => task.endedAtMs !== null);
  return (
    <div className="task-box">
      <ul className="task-strip" aria-label={t('tasks')} data-testid="task-strip">{shown.map((task) => <TaskRow key={task.id} task={task} />)}</ul>
      {ended.length < 2 ? null : <Button size="small" type="text" onClick={() => ended.forEach((task) => hideTask(task.id))} data-testid="hide-ended">{t('hideEnded')}</Button>}
    </div>
  );
}

function TaskRow({ task }: { task: LibraryTask }): ReactElement {
  const t = useText(taskText);
  const kinds = useText(taskKindText);
  const [details, setDetails] = useState(false);
  const act = async (method: 'tasks.cancel' | 'tasks.resume'): Promise<void> => {
    const changed = await guardFault(() => engine.call(method, { id: task.id }));
    if (changed) takeTask(changed);
  };
  const active = task.state === 'queued' || task.state === 'running';
  return (
    <li className="task-row" data-testid="task-row" data-kind={task.kind} data-state={task.state}>
      <span className="task-kind">{kinds(task.kind)}</span>
      <span className="task-title" title={task.title}><TaskTitle task={task} /></span>
      <span className="task-say">{active ? <TaskProgress task={task} /> : <TaskOutcome task={task} />}</span>
      <span className="task-acts">
        {task.problems.length > (task.state === 'failed' ? 1 : 0) ? <Button size="small" type="text" onClick={() => setDetails(!details)} aria-expanded={details} data-testid="task-problems">{t('problems')}</Button> : null}
        {active ? <Button size="small" onClick={() => void act('tasks.cancel')} data-testid="task-cancel">{t('cancel')}</Button> : null}
        {canResume(task) ? <Button size="small" onClick={() => void act('tasks.resume')} data-testid="task-resume">{t('resume')}</Button> : null}
        <OpenImported task={task} />
        {active ? null : <Button size="small" type="text" onClick={() => hideTask(task.id)} data-testid="task-hide">{t('hide')}</Button>}
      </span>
      {details ? <ul className="task-problems">{task.problems.map((fault, i) => <li key={i}><span className="mono">{fault.scope}</span> <FaultText fault={fault} brief /></li>)}</ul> : null}
    </li>
  );
}

function TaskTitle({ task }: { task: LibraryTask }): ReactElement {
  const t = useText(taskText);
  const session = useLibrary((s) => s.recordings.find((each) => each.id === task.title));
  if (task.kind !== 'verify') return <>{task.title}</>;
  if (session !== undefined) return <>{`${session.roomName} ${formatDateTime(session.startMs)}`}</>;
  return <>{task.title || (task.totalItems > 0 ? t('sessions', { n: task.totalItems }) : '')}</>;
}

function TaskProgress({ task }: { task: LibraryTask }): ReactElement {
  const t = useText(taskText);
  if (task.state === 'queued') return <span className="faint">{t('queued')}</span>;
  return (
    <span className="task-progress">
      <Progress percent={Math.round(task.progress * 100)} size="small" showInfo={false} />
      <span className="tabular">{Math.floor(task.progress * 100)}%</span>
      {task.totalBytes > 0 ? <span className="tabular faint">{t('bytes', { done: formatBytes(task.doneBytes), total: formatBytes(task.totalBytes) })}</span> : null}
      {task.totalItems > 1 ? <span className="tabular faint">{t('items', { n: Math.min(task.totalItems, task.doneItems + 1), total: task.totalItems })}</span> : null}
    </span>
  );
}

function TaskOutcome({ task }: { task: LibraryTask }): ReactElement {
  const t = useText(taskText);
  const { result } = task;
  if (task.state === 'cancelled') return <span>{t('cancelled')}</span>;
  if (task.state === 'failed') return <span className="task-failed"><span className="strong">{t('interrupted')}</span> {task.fault ? <FaultText fault={task.fault} brief /> : null}</span>;
  const number = (key: string): number => Number(result[key] ?? 0);
  const said = {
    verify: () => (number('altered') > 0 ? t('done.altered', { n: number('sessions'), altered: number('altered') }) : t('done.verify', { n: number('sessions') })),
    move: () => t('done.move', { to: String(result['to'] ?? ''), files: number('files') }),
    import: () => t('done.import', { n: number('imported') }) + (number('already') > 0 ? t('done.importKnown', { n: number('already') }) : '') + (number('failed') > 0 ? t('done.importFailed', { n: number('failed') }) : ''),
    export: () => t('done.export', { n: number('sessions'), folder: String(result['folder'] ?? '') }),
  }[task.kind]();
  return <span className={number('altered') > 0 ? 'strong' : undefined} title={said}>{said}{task.endedAtMs === null ? null : <span className="faint"> <TimeText atMs={task.endedAtMs} /></span>}</span>;
}

/** Opens what an import brought in. */
function OpenImported({ task }: { task: LibraryTask }): ReactElement | null {
  const t = useText(taskText);
  const roomId = RoomId.safeParse(task.result['roomId']);
  const sessionId = SessionId.safeParse(task.result['sessionId']);
  const session = useLibrary((s) => (sessionId.success ? s.recordings.find((each) => each.id === sessionId.data) : undefined));
  if (task.kind !== 'import' || task.state !== 'done' || !roomId.success || session === undefined) return null;
  return <Button size="small" onClick={() => goTo({ place: 'room', roomId: roomId.data, atMs: session.startMs })}>{t('open')}</Button>;
}
