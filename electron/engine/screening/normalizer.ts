import type { RulePack } from './rule-pack.ts';

/** A text brought to one form; character i of `text` came from [starts[i], ends[i]) of the original. */
export type NormalizedText = { text: string; starts: number[]; ends: number[] };

/** Brings texts to one form; `joinLines` treats a line break as a space, as a banner's lines need. */
export type Normalizer = (text: string, joinLines?: boolean) => NormalizedText;

type Char = { value: string; start: number; end: number };

const CJK = /[\u3400-\u9fff\uf900-\ufaff]/;
const LATIN = /[a-z0-9]/;
/** What a plus sign must stand before to mean 加 (+V, ➕🛰). */
const ADDED = /^[\s\ufe0f]{0,2}[a-zA-Zａ-ｚＡ-Ｚ薇微维威徽溦我群好卫绿扣企\u{1f427}\u{1f6f0}]/u;
const KEPT = /[\p{L}\p{N}]/u;
const DIGITS = '零一二三四五六七八九';

/** What a punctuation mark means for matching: a stop, a clause break, an enumeration, or nothing (null). */
function toMark(char: string): string | null {
  if (char === '？' || char === '?') return '？';
  if ('。！!…\n\r;；~～'.includes(char)) return '。';
  if ('，,:：'.includes(char)) return '，';
  if (char === '、') return '、';
  return null;
}

/** Says an integer below 10,000 in Chinese as it is spoken. */
export function toChineseNumber(value: number): string {
  if (value < 10) return DIGITS[value]!;
  const units: [number, string][] = [[1000, '千'], [100, '百'], [10, '十']];
  let rest = value;
  let out = '';
  let skipped = false;
  for (const [size, name] of units) {
    const digit = Math.floor(rest / size);
    rest %= size;
    if (digit === 0) {
      skipped = out !== '';
      continue;
    }
    if (skipped) out += '零';
    skipped = false;
    out += (digit === 1 && size === 10 && out === '' ? '' : DIGITS[digit]) + name;
  }
  if (rest > 0) out += (skipped ? '零' : '') + DIGITS[rest];
  return out;
}

/** Builds the normaliser of a pack. */
export function createNormalizer(pack: Pick<RulePack, 'characters' | 'traditional' | 'rewrites'>): Normalizer {
  const table = new Map<string, string>();
  const simplified = [...pack.traditional.to];
  [...pack.traditional.from].forEach((char, index) => table.set(char, simplified[index]!));
  for (const [char, means] of Object.entries(pack.characters)) table.set(char.replace(/\ufe0f/g, ''), means);
  // One character's folded form, remembered: the same few thousand come again and again.
  const folded = new Map<string, string>();
  const fold = (char: string): string => {
    let known = folded.get(char);
    if (known === undefined) {
      known = table.get(char) ?? [...char.normalize('NFKC').toLowerCase()].map((c) => table.get(c) ?? c).join('');
      if (folded.size < 20_000) folded.set(char, known);
    }
    return known;
  };
  const rewrite = createRewriter(pack.rewrites, (form) => clean(form, fold, false));
  return (text, joinLines = false) => {
    const chars = rewrite(rewrite(clean(text, fold, joinLines)));
    return { text: chars.map((c) => c.value).join(''), starts: chars.flatMap((c) => Array<number>(c.value.length).fill(c.start)), ends: chars.flatMap((c) => Array<number>(c.value.length).fill(c.end)) };
  };
}

function clean(text: string, fold: (char: string) => string, joinLines: boolean): Char[] {
  return spellNumbers(collapseRepeats(joinSingles(foldCharacters(text, fold, joinLines))));
}

function foldCharacters(text: string, fold: (char: string) => string, joinLines: boolean): Char[] {
  const out: Char[] = [];
  let offset = 0;
  let gap = false;
  for (const source of text) {
    const start = offset;
    offset += source.length;
    const next = text[offset] ?? '';
    for (const value of fold(source)) {
      const last = out.at(-1)?.value ?? '';
      if ((value === '.' || value === ':') && /\d/.test(last) && /\d/.test(next)) out.push({ value: value === ':' ? '比' : '.', start, end: offset });
      else if (value === '%' && /\d/.test(last)) out.push({ value, start, end: offset });
      else if (value === '+' && ADDED.test(text.slice(offset, offset + 8))) out.push({ value: '加', start, end: offset });
      else if (KEPT.test(value)) {
        // A space stays only where two Latin words would otherwise run together.
        if (gap && LATIN.test(last) && LATIN.test(value)) out.push({ value: ' ', start, end: Math.max(start, out.at(-1)!.end) }); // ⅐ unfolds to several characters of one place
        out.push({ value, start, end: offset });
        gap = false;
        continue;
      } else {
        const mark = toMark(value);
        if (mark !== null && !(joinLines && (value === '\n' || value === '\r'))) {
          if (!/[。，、？]/.test(last)) out.push({ value: mark, start, end: offset });
          else if (mark === '？' || (mark === '。' && last !== '？')) out[out.length - 1] = { value: mark, start, end: offset };
        } else if (!/\p{M}/u.test(value)) gap = true;
        continue;
      }
      gap = false;
    }
  }
  return out;
}

/** Marks set between single characters (全！网！最！低) are a disguise, not punctuation. */
function joinSingles(chars: Char[]): Char[] {
  const isMark = (c: Char | undefined): boolean => c !== undefined && /[。，、？]/.test(c.value);
  const drop = new Set<number>();
  let run: number[] = [];
  const close = (): void => {
    if (run.length >= 2) for (const index of run) drop.add(index);
    run = [];
  };
  for (let i = 1; i < chars.length; i++) {
    if (!isMark(chars[i])) continue;
    const single = (i + 2 >= chars.length || isMark(chars[i + 2])) && i + 1 < chars.length;
    const before = i === 1 || isMark(chars[i - 2]);
    if (run.length > 0 && run.at(-1) !== i - 2) close();
    if (before || run.length > 0 || single) run.push(i);
    if (!single) close();
  }
  close();
  return drop.size === 0 ? chars : chars.filter((_, index) => !drop.has(index));
}

function collapseRepeats(chars: Char[]): Char[] {
  const out: Char[] = [];
  for (let i = 0; i < chars.length; ) {
    let j = i + 1;
    while (j < chars.length && chars[j]!.value === chars[i]!.value) j++;
    const char = chars[i]!;
    if (j - i >= 3 && CJK.test(char.value) && !DIGITS.includes(char.value)) out.push({ value: char.value, start: char.start, end: chars[j - 1]!.end });
    else for (let k = i; k < j; k++) out.push(chars[k]!);
    i = j;
  }
  return out;
}

/** Spells whole numbers of up to four digits, and percentages, in Chinese: 100% becomes 百分百, 7天 becomes 七天. */
function spellNumbers(chars: Char[]): Char[] {
  const out: Char[] = [];
  for (let i = 0; i < chars.length; ) {
    let j = i;
    while (j < chars.length && /[0-9.]/.test(chars[j]!.value)) j++;
    if (j === i) {
      out.push(chars[i++]!);
      continue;
    }
    const run = chars.slice(i, j);
    const raw = run.map((c) => c.value).join('');
    const percent = chars[j]?.value === '%';
    const bound = !/[a-z]/.test(chars[i - 1]?.value ?? '') && !/[a-z]/.test(chars[j]?.value ?? '');
    const spelled = /^[1-9]\d{0,3}$|^0$/.test(raw) && bound ? toChineseNumber(Number(raw)) : null;
    const end = percent ? chars[j]!.end : chars[j - 1]!.end;
    const value = percent ? (raw === '100' ? '百分百' : `百分之${spelled ?? raw}`) : spelled;
    if (value === null) out.push(...run);
    else for (const char of value) out.push({ value: char, start: run[0]!.start, end });
    i = percent ? j + 1 : j;
  }
  return out;
}

function createRewriter(rewrites: RulePack['rewrites'], toChars: (form: string) => Char[]): (chars: Char[]) => Char[] {
  type Node = { next: Map<string, Node>; means: string | null };
  const root: Node = { next: new Map(), means: null };
  for (const { form, means } of rewrites) {
    let node = root;
    for (const { value } of toChars(form)) {
      let child = node.next.get(value);
      if (child === undefined) node.next.set(value, (child = { next: new Map(), means: null }));
      node = child;
    }
    if (node !== root) node.means = toChars(means).map((c) => c.value).join('');
  }
  const isLatin = (c: Char | undefined): boolean => c !== undefined && /[a-z]/.test(c.value);
  return (chars) => {
    let out: Char[] | null = null;
    for (let i = 0; i < chars.length; ) {
      let node: Node | undefined = root;
      let best: { end: number; means: string } | null = null;
      for (let j = i; j < chars.length; j++) {
        node = node.next.get(chars[j]!.value);
        if (node === undefined) break;
        const cut = (isLatin(chars[i]) && isLatin(chars[i - 1])) || (isLatin(chars[j]) && isLatin(chars[j + 1]));
        if (node.means !== null && !cut) best = { end: j + 1, means: node.means };
      }
      if (best === null) {
        out?.push(chars[i]!);
        i += 1;
        continue;
      }
      out ??= chars.slice(0, i);
      for (const value of best.means) out.push({ value, start: chars[i]!.start, end: chars[best.end - 1]!.end });
      i = best.end;
    }
    return out ?? chars;
  };
}
