import type { ReactElement } from 'react';
import type { Status } from '../../../electron/contract/index.ts';
import { formatOffset } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { ElapsedText, TimeText } from '../../ui/time-text.tsx';
import { settingsText } from './settings-text.ts';

/** How the workstation's clock stands: offset with its uncertainty, by whom it was measured, since when it has been so, and where the time servers are named. */
export function ClockPanel({ clock }: { clock: Status['clock'] }): ReactElement {
  const t = useText(settingsText);
  const { offsetMs, uncertaintyMs, source, ok, sinceMs } = clock;
  return (
    <dl className="facts-list" data-testid="clock-panel" data-ok={ok}>
      <div><dt>{t('clockState')}</dt><dd className={ok ? undefined : 'strong'}>{t(offsetMs === null ? 'clockNone' : ok ? 'clockFine' : 'clockWrong')}</dd></div>
      <div><dt>{t('clockOffset')}</dt><dd className="tabular" data-testid="clock-offset">{offsetMs === null ? '—' : formatOffset(offsetMs)} <span className="faint">{uncertaintyMs === null ? t('uncertaintyNone') : t('uncertainty', { s: (uncertaintyMs / 1000).toFixed(3) })}</span></dd></div>
      <div><dt>{t('source')}</dt><dd>{source || '—'}</dd></div>
      <div><dt>{t('clockSince')}</dt><dd>{sinceMs > 0 ? <><TimeText atMs={sinceMs} full /> <span className="faint"><ElapsedText sinceMs={sinceMs} /></span></> : '—'}</dd></div>
      <div><dt>{t('timeServers')}</dt><dd><span className="hint">{t('timeServersHint')}</span> <code className="mono">ZHIBOJIAN_TIME_SERVERS</code></dd></div>
    </dl>
  );
}
