import type { ReactElement } from 'react';
import { useText } from '../../ui/i18n.ts';
import { useNow } from '../../ui/use-now.ts';
import { wallText } from './wall-text.ts';

const staleMs = 15_000;
const floorDb = -60;

/** The level of the newest heard segment, −60 … 0 dBFS; empty once it is older than 15 s. */
export function LevelMeter({ levelDb, atMs, audible }: { levelDb: number | null; atMs: number; audible: boolean }): ReactElement {
  const t = useText(wallText);
  const now = useNow();
  const fresh = levelDb !== null && now - atMs < staleMs;
  const share = fresh ? Math.max(0, Math.min(1, 1 - levelDb / floorDb)) : 0;
  return (
    <span className={`level-meter${audible ? ' audible' : ''}`} role="meter" aria-valuemin={floorDb} aria-valuemax={0} aria-valuenow={fresh ? Math.round(levelDb) : floorDb} title={fresh ? t('level', { db: Math.round(levelDb) }) : undefined}>
      <span style={{ transform: `scaleX(${share.toFixed(3)})` }} />
    </span>
  );
}
