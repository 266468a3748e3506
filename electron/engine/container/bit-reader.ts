/** Reads bits of a NAL unit's payload, leaving out emulation prevention bytes; past the end it reads zeros and says so in `isOver`. */
export class BitReader {
  readonly #bytes: Buffer;
  #bit = 0;
  constructor(nal: Buffer) {
    const kept = Buffer.alloc(nal.length);
    let length = 0;
    for (let i = 0, zeros = 0; i < nal.length; i += 1) {
      const byte = nal[i] as number;
      if (zeros >= 2 && byte === 3) {
        zeros = 0;
        continue;
      }
      zeros = byte === 0 ? zeros + 1 : 0;
      kept[length++] = byte;
    }
    this.#bytes = kept.subarray(0, length);
  }

  /** Whether more was read than there is. */
  get isOver(): boolean {
    return this.#bit > this.#bytes.length * 8;
  }

  /** Reads up to 32 bits as an unsigned number. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1, this.#bit += 1) value = value * 2 + (((this.#bytes[this.#bit >> 3] ?? 0) >> (7 - (this.#bit & 7))) & 1);
    return value;
  }

  /** Leaves bits out. */
  skip(count: number): void {
    this.#bit += count;
  }

  /** Reads an unsigned Exp-Golomb number. */
  ue(): number {
    let zeros = 0;
    while (zeros < 32 && !this.isOver && this.bits(1) === 0) zeros += 1;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Reads a signed Exp-Golomb number. */
  se(): number {
    const value = this.ue();
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2;
  }
}
