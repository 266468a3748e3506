import type { ReactElement, ReactNode } from 'react';

/** What a list shows when it has nothing: a sentence and the next step. */
export function EmptyState({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }): ReactElement {
  return (
    <div className="empty-state">
      <p className="empty-title">{title}</p>
      {hint ? <p className="empty-hint">{hint}</p> : null}
      {children ? <div className="empty-acts">{children}</div> : null}
    </div>
  );
}
