import type { ReactElement } from 'react';
import type { RoomTest, TestStep } from '../../../electron/contract/index.ts';
import { useStatus } from '../../state/status-store.ts';
import { FaultText } from '../../ui/fault-text.tsx';
import { formatBytes, formatOffset } from '../../ui/format-time.ts';
import { useText } from '../../ui/i18n.ts';
import { planDays } from './disk-days.ts';
import { registryText, testStepText } from './registry-text.ts';

/** An HTTP Date counts whole seconds: the offset it gives is known to half of one. */
const dateUncertaintyMs = 500;

type Row = { key: string; name: string; isOk: boolean; detail: ReactElement | string };

/** Every line of a room's test in the order of the way of a segment: host, connection, first segment, codecs, bit rate, GB a day, clock, disk. */
export function RoomTestResult({ test }: { test: RoomTest }): ReactElement {
  const t = useText(registryText);
  const steps = useText(testStepText);
  const status = useStatus((s) => s.status);
  const stepOf = (name: TestStep['name']): TestStep | undefined => test.steps.find((step) => step.name === name);
  const toRow = (name: TestStep['name'], detail?: ReactElement | string): Row[] => {
    const step = stepOf(name);
    return step === undefined ? [] : [{ key: name, name: steps(name), isOk: step.ok, detail: step.fault ? <FaultText fault={step.fault} brief /> : detail ?? (step.detail || t('passed')) }];
  };
  const toFigure = (key: 'codecs' | 'bitrate' | 'perDay', value: string | null): Row[] => (stepOf('segment')?.ok === true ? [{ key, name: t(key), isOk: value !== null, detail: value ?? t('notMeasured') }] : []);
  const { gbPerDay, bitrateBps, codecs, clockOffsetMs, variants } = test;
  const sizes = variants.flatMap((each) => (each.height === null ? [] : [`${each.width ?? '?'}×${each.height}`]));
  const days = planDays(status?.disk.freeBytes ?? null, gbPerDay);
  const own = status?.clock ?? null;
  const clock = (
    <>
      <span>{clockOffsetMs === null ? t('notMeasured') : t('serverClock', { offset: formatOffset(clockOffsetMs), uncertainty: (dateUncertaintyMs / 1000).toFixed(1), source: test.clockSource })}</span>
      <span className="check-line" data-testid="own-clock">{own === null || own.offsetMs === null ? t('ownClockNone') : t('ownClock', { offset: formatOffset(own.offsetMs), uncertainty: own.uncertaintyMs === null ? '?' : (own.uncertaintyMs / 1000).toFixed(2), source: own.source })}</span>
    </>
  );
  const disk = status === null ? undefined : days === null ? t('diskFree', { free: formatBytes(status.disk.freeBytes) }) : t('diskDays', { free: formatBytes(status.disk.freeBytes), n: days });
  const rows: Row[] = [
    ...toRow('resolve'), ...toRow('connect'), ...toRow('playlist'), ...toRow('segment'), ...toRow('decode'),
    ...toFigure('codecs', codecs === null && sizes.length === 0 ? null : [codecs, sizes.join(' ')].filter(Boolean).join(' · ')),
    ...toFigure('bitrate', bitrateBps === null ? null : `${(bitrateBps / 1e6).toFixed(2)} Mbit/s`),
    ...toFigure('perDay', gbPerDay === null ? null : t('gbPerDay', { n: gbPerDay.toFixed(1) })),
    ...toRow('clock', clock), ...toRow('disk', disk),
  ];
  return (
    <div className="test-result" data-testid="room-test-result" data-ok={test.ok}>
      <p className="test-verdict">{t(test.ok ? 'testOk' : 'testBad')}</p>
      <ol className="check-list">
        {rows.map((row) => (
          <li key={row.key} data-ok={row.isOk} data-step={row.key}>
            <span className="check-sign" aria-hidden="true">{row.isOk ? '✓' : '✕'}</span>
            <span className="check-name">{row.name}</span>
            <span className="check-detail">{row.detail}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
