/** A line or block of captions as it stood on the screen, on the caller's clock. */
export type ShownCaption = { startMs: number; endMs: number; text: string };

type Mode = 'pop-on' | 'roll-up' | 'paint-on' | 'text';
/** Rows of a caption memory by number, characters by column. */
type Memory = Map<number, string[]>;

const columns = 32;
const lastRow = 15;
/** A caption that nobody takes away is taken to be gone after this long. */
const maxShownMs = 16_000;
const maxTaken = 1000;
/** Row by the low three bits of a preamble's first byte, and by bit 5 of its second (CEA-608, table 53). */
const preambleRows: readonly (readonly [number, number])[] = [[11, 11], [1, 2], [3, 4], [12, 13], [14, 15], [5, 6], [7, 8], [9, 10]];
const basicCharacters: Record<number, string> = { 0x27: '’', 0x2a: 'á', 0x5c: 'é', 0x5e: 'í', 0x5f: 'ó', 0x60: 'ú', 0x7b: 'ç', 0x7c: '÷', 0x7d: 'Ñ', 0x7e: 'ñ', 0x7f: '█' };
const specialCharacters = '®°½¿™¢£♪à èâêîôû';
const extendedCharacters = ['ÁÉÓÚÜü‘¡*\'—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»', 'ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤¦ÅåØø┌┐└┘'];

/** Decodes the byte pairs of CEA-608 field 1 into what service CC1 shows: pop-on, roll-up and paint-on captions. Colours and places are left out; CC2 to CC4 and text services are passed over. */
export class Cea608Decoder {
  #mode: Mode = 'pop-on';
  #shown: Memory = new Map();
  #hidden: Memory = new Map();
  #row = lastRow;
  #column = 0;
  #sinceMs: number | null = null;
  #lastMs = 0;
  #lastControl: number | null = null;
  #isOurs = true;
  #taken: ShownCaption[] = [];

  /** Takes the next pair, with odd parity, in the order of presentation. */
  push(atMs: number, first: number, second: number): void {
    this.#expire(atMs);
    this.#lastMs = atMs;
    if (!hasOddParity(first)) return;
    const a = first & 0x7f;
    const b = hasOddParity(second) ? second & 0x7f : 0;
    if (a >= 0x10 && a <= 0x1f) {
      const control = (a << 8) | b;
      const isRepeated = control === this.#lastControl; // sent twice for safety
      this.#lastControl = isRepeated ? null : control;
      if (!isRepeated && b >= 0x20) this.#control(a, b, atMs);
      return;
    }
    if (a === 0 && b === 0) return; // filler between the two copies of a control code is none of its business
    this.#lastControl = null;
    if (a < 0x20 || !this.#isOurs || this.#mode === 'text') return;
    this.#write(toBasic(a), atMs);
    if (b >= 0x20) this.#write(toBasic(b), atMs);
  }

  /** What has left the screen since the last call, in order. */
  take(): ShownCaption[] {
    return this.#taken.splice(0);
  }

  /** Ends what still stands on the screen. */
  flush(): void {
    this.#endShown(this.#lastMs);
  }

  #control(a: number, b: number, atMs: number): void {
    this.#isOurs = (a & 8) === 0;
    if (!this.#isOurs) return;
    if (b >= 0x40) return this.#preamble(a, b, atMs);
    if ((a === 0x14 || a === 0x15) && b <= 0x2f) return this.#command(b, atMs);
    if (this.#mode === 'text') return;
    if (a === 0x17 && b >= 0x21 && b <= 0x23) this.#column = Math.min(columns - 1, this.#column + (b & 3));
    else if (a === 0x11 && b < 0x30) this.#write(' ', atMs); // a change of style takes a column
    else if (a === 0x11) this.#write(specialCharacters[b - 0x30] as string, atMs);
    else if (a === 0x12 || a === 0x13) {
      this.#column = Math.max(0, this.#column - 1); // the pair before it spelt a stand-in for decoders that know no better
      this.#write(extendedCharacters[a - 0x12]?.[b - 0x20] ?? ' ', atMs);
    }
  }

  #command(b: number, atMs: number): void {
    switch (b) {
      case 0x20: this.#enter('pop-on', atMs); break;
      case 0x21:
        this.#column = Math.max(0, this.#column - 1);
        this.#target().get(this.#row)?.splice(this.#column);
        break;
      case 0x24: this.#target().get(this.#row)?.splice(this.#column); break;
      case 0x25: case 0x26: case 0x27:
        if (this.#mode !== 'roll-up') {
          this.#endShown(atMs);
          this.#hidden = new Map();
          this.#row = lastRow;
          this.#column = 0;
        }
        this.#mode = 'roll-up';
        break;
      case 0x29: this.#enter('paint-on', atMs); break;
      case 0x2a: case 0x2b: this.#mode = 'text'; break;
      case 0x2c: this.#endShown(atMs); break;
      case 0x2d:
        // Each line is told once, when it is complete; what it rolls above it was told before.
        if (this.#mode === 'roll-up') {
          this.#endShown(atMs);
          this.#column = 0;
        }
        break;
      case 0x2e: this.#hidden = new Map(); break;
      case 0x2f:
        this.#mode = 'pop-on';
        this.#endShown(atMs);
        this.#shown = this.#hidden;
        this.#hidden = new Map();
        this.#column = 0;
        this.#sinceMs = toText(this.#shown) === '' ? null : atMs;
        break;
      default: break;
    }
  }

  #enter(mode: Mode, atMs: number): void {
    if (this.#mode === 'roll-up') this.#endShown(atMs);
    this.#mode = mode;
  }

  #preamble(a: number, b: number, atMs: number): void {
    if (this.#mode === 'text') return;
    const row = preambleRows[a & 7]?.[(b >> 5) & 1] ?? lastRow;
    if (this.#mode === 'roll-up' && row !== this.#row) this.#endShown(atMs);
    this.#row = row;
    this.#column = (b & 0x10) === 0 ? 0 : ((b >> 1) & 7) * 4;
  }

  #write(character: string, atMs: number): void {
    if (this.#mode === 'text') return;
    const memory = this.#target();
    const row = memory.get(this.#row) ?? [];
    while (row.length < this.#column) row.push(' ');
    row[this.#column] = character;
    memory.set(this.#row, row);
    this.#column = Math.min(columns - 1, this.#column + 1);
    if (memory === this.#shown && character !== ' ') this.#sinceMs ??= atMs;
  }

  #target(): Memory {
    return this.#mode === 'pop-on' ? this.#hidden : this.#shown;
  }

  #expire(atMs: number): void {
    if (this.#sinceMs !== null && (atMs - this.#sinceMs > maxShownMs || atMs < this.#sinceMs)) this.#endShown(Math.min(Math.max(atMs, this.#sinceMs), this.#sinceMs + maxShownMs));
  }

  #endShown(atMs: number): void {
    const text = toText(this.#shown);
    if (text !== '' && this.#sinceMs !== null && this.#taken.length < maxTaken) this.#taken.push({ startMs: Math.round(this.#sinceMs), endMs: Math.round(Math.max(atMs, this.#sinceMs + 1)), text });
    this.#shown = new Map();
    this.#sinceMs = null;
  }
}

function toText(memory: Memory): string {
  return [...memory].sort(([a], [b]) => a - b).map(([, row]) => row.join('').replaceAll(/ {2,}/g, ' ').trim()).filter((line) => line !== '').join('\n');
}

function toBasic(code: number): string {
  return basicCharacters[code] ?? String.fromCharCode(code);
}

function hasOddParity(byte: number): boolean {
  let bits = byte ^ (byte >> 4);
  bits ^= bits >> 2;
  bits ^= bits >> 1;
  return (bits & 1) === 1;
}
