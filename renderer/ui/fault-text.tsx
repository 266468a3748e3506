import type { ReactElement } from 'react';
import type { Fault } from '../../electron/contract/index.ts';
import { describeFault } from './fault-sentences.ts';
import type { FaultSentences } from './fault-sentences.ts';
import { useLanguage } from './i18n.ts';

/** The sentences of a fault in the person's language; null for no fault. */
export function useFaultText(fault: Fault | null): FaultSentences | null {
  const language = useLanguage();
  return fault ? describeFault(fault.code, language) : null;
}

/** A failure as a person reads it: what happened, what was kept, what to do; the engine's own words follow, small. */
export function FaultText({ fault, brief = false }: { fault: Fault; brief?: boolean }): ReactElement {
  const language = useLanguage();
  const { what, kept, todo } = describeFault(fault.code, language);
  const gap = language === 'zh' ? '' : ' ';
  const detail = [fault.message, fault.cause].filter(Boolean).join(' · ');
  if (brief) return <span className="fault-text" title={detail}>{what}{gap}{todo}</span>;
  return (
    <div className="fault-text" role="status">
      <p className="fault-what">{what}</p>
      <p>{kept}{gap}{todo}</p>
      <p className="fault-detail" title={detail}>{fault.code} · {detail}</p>
    </div>
  );
}
