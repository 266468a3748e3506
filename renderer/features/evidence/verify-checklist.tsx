import type { ReactElement } from 'react';
import type { VerifyReport } from '../../../electron/contract/index.ts';

/** Every check of a verification with its result; failed ones first. */
export function VerifyChecklist({ report }: { report: VerifyReport }): ReactElement {
  const checks = [...report.checks].sort((a, b) => Number(a.ok) - Number(b.ok));
  return (
    <ol className="check-list" data-testid="verify-checklist" data-ok={report.ok}>
      {checks.map((check, i) => (
        <li key={`${check.name}/${i}`} data-ok={check.ok}>
          <span className="check-sign" aria-hidden="true">{check.ok ? '✓' : '✕'}</span>
          <span className="check-name">{check.name}</span>
          <span className="check-detail">{check.detail}</span>
        </li>
      ))}
    </ol>
  );
}
