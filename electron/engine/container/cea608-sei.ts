/** Two bytes of closed captions as a picture carries them (ANSI/CTA-708, 4.4): type 0 and 1 are the fields of CEA-608, 2 and 3 belong to CEA-708. */
export type CaptionPair = { type: number; first: number; second: number };

/** How pictures are stored: with start codes (lengthBytes 0) or with a length before each unit. */
export type PictureFraming = { codec: 'avc' | 'hevc'; lengthBytes: number };

const maxUnits = 64;
const maxSeiBytes = 8 << 10;
const maxMessages = 32;
const t35Registered = 4;

/** Reads the framing out of a decoder's configuration record (avcC, hvcC); anything else has start codes. */
export function toFraming(codec: PictureFraming['codec'], configuration: Buffer | null): PictureFraming {
  if (configuration === null || configuration[0] !== 1 || configuration.length < (codec === 'avc' ? 7 : 23)) return { codec, lengthBytes: 0 };
  return { codec, lengthBytes: ((configuration[codec === 'avc' ? 4 : 21] as number) & 3) + 1 };
}

/** Reads the caption bytes of one picture (ATSC A/53 GA94 in SEI messages before its first slice), in order. Never throws; work is bounded. */
export function readCaptionPairs(picture: Buffer, framing: PictureFraming): CaptionPair[] {
  const pairs: CaptionPair[] = [];
  for (const unit of eachUnit(picture, framing.lengthBytes)) {
    const type = framing.codec === 'avc' ? (unit[0] as number) & 0x1f : ((unit[0] as number) >> 1) & 0x3f;
    const isSlice = framing.codec === 'avc' ? type >= 1 && type <= 5 : type < 32;
    if (isSlice) break;
    if (type === (framing.codec === 'avc' ? 6 : 39)) readSei(unescape(unit.subarray(framing.codec === 'avc' ? 1 : 2, maxSeiBytes)), pairs);
  }
  return pairs;
}

function* eachUnit(picture: Buffer, lengthBytes: number): Generator<Buffer> {
  if (lengthBytes > 0) {
    for (let at = 0, count = 0; at + lengthBytes < picture.length && count < maxUnits; count += 1) {
      const length = picture.readUIntBE(at, lengthBytes);
      const start = at + lengthBytes;
      if (length > 0) yield picture.subarray(start, Math.min(picture.length, start + length));
      at = start + length;
    }
    return;
  }
  const code = Buffer.from([0, 0, 1]);
  for (let at = picture.indexOf(code), count = 0; at >= 0 && at + 3 < picture.length && count < maxUnits; count += 1) {
    const next = picture.indexOf(code, at + 3);
    yield picture.subarray(at + 3, next < 0 ? picture.length : next);
    at = next;
  }
}

function unescape(bytes: Buffer): Buffer {
  const plain = Buffer.alloc(bytes.length);
  let length = 0;
  for (let i = 0, zeros = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] as number;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    plain[length++] = byte;
  }
  return plain.subarray(0, length);
}

function readSei(sei: Buffer, pairs: CaptionPair[]): void {
  let at = 0;
  const readNumber = (): number => {
    let value = 0;
    while (sei[at] === 0xff) {
      value += 255;
      at += 1;
    }
    value += sei[at] ?? 0;
    at += 1;
    return value;
  };
  for (let count = 0; count < maxMessages && at + 2 < sei.length; count += 1) {
    const type = readNumber();
    const bytes = readNumber();
    if (type === t35Registered) readT35(sei.subarray(at, at + bytes), pairs);
    at += bytes;
  }
}

/** Country United States, provider ATSC, identifier GA94, kind 3: cc_data. */
function readT35(message: Buffer, pairs: CaptionPair[]): void {
  if (message.length < 10 || message[0] !== 0xb5 || message.readUInt16BE(1) !== 0x31 || message.toString('latin1', 3, 7) !== 'GA94' || message[7] !== 3) return;
  const flags = message[8] as number;
  if ((flags & 0x40) === 0) return;
  for (let i = 0, at = 10; i < (flags & 0x1f) && at + 3 <= message.length; i += 1, at += 3) {
    const head = message[at] as number;
    if ((head & 4) !== 0) pairs.push({ type: head & 3, first: message[at + 1] as number, second: message[at + 2] as number });
  }
}
