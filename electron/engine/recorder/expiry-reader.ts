const firstPlausibleSeconds = 1_000_000_000;
const lastPlausibleSeconds = 4_102_444_800; // the year 2100

/** Query names that carry the second of expiry, and how their value is written. Names are compared in lower case. */
const names: Record<string, 'decimal' | 'hex' | 'either' | 'first-of-list'> = {
  expires: 'decimal', expire: 'decimal', exp: 'decimal', 'x-expires': 'decimal', expiry: 'decimal', deadline: 'decimal', e: 'decimal',
  txtime: 'hex', wstime: 'either', auth_key: 'first-of-list',
};

/** When an address stops being served, as its own query says (milliseconds since 1970); null where it says nothing. The earliest wins. Pure. */
export function readExpiry(url: string): number | null {
  if (!URL.canParse(url)) return null;
  let earliest: number | null = null;
  const take = (seconds: number | null): void => {
    if (seconds !== null && (earliest === null || seconds * 1000 < earliest)) earliest = seconds * 1000;
  };
  const { searchParams } = new URL(url);
  for (const [name, value] of searchParams) {
    const key = name.toLowerCase();
    const form = Object.hasOwn(names, key) ? names[key] : undefined;
    if (form !== undefined) take(readSeconds(value, form));
    // Akamai tokens: st=1~exp=2~acl=…
    else if (key === 'hdnts' || key === 'hdnea') take(readSeconds(/(?:^|~)exp=(\d+)/.exec(value)?.[1] ?? '', 'decimal'));
  }
  const amazonDate = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(searchParams.get('X-Amz-Date') ?? '');
  const amazonSeconds = Number(searchParams.get('X-Amz-Expires') ?? Number.NaN);
  if (amazonDate !== null && amazonSeconds >= 0 && amazonSeconds <= 604_800) {
    const [year, month, day, hour, minute, second] = amazonDate.slice(1).map(Number) as [number, number, number, number, number, number];
    take(plausible(Date.UTC(year, month - 1, day, hour, minute, second) / 1000 + amazonSeconds));
  }
  return earliest;
}

function readSeconds(value: string, form: 'decimal' | 'hex' | 'either' | 'first-of-list'): number | null {
  const text = form === 'first-of-list' ? value.split('-')[0] ?? '' : value;
  if (form !== 'hex' && /^\d{10}$/.test(text)) return plausible(Number(text));
  if (form !== 'hex' && /^\d{13}$/.test(text)) return plausible(Math.floor(Number(text) / 1000));
  if ((form === 'hex' || form === 'either') && /^[0-9a-f]{8}$/i.test(text)) return plausible(Number.parseInt(text, 16));
  return null;
}

function plausible(seconds: number): number | null {
  return seconds >= firstPlausibleSeconds && seconds <= lastPlausibleSeconds ? seconds : null;
}

/** When an address that expires is to be looked up again: a fifth of its life before the end, at least 10 s and at most 60 s; null where that is past or unknown. Pure. */
export function planRenewal(url: string, nowMs: number): number | null {
  const expiryMs = readExpiry(url);
  if (expiryMs === null || expiryMs <= nowMs) return null;
  return expiryMs - Math.min(60_000, Math.max(10_000, 0.2 * (expiryMs - nowMs)));
}
