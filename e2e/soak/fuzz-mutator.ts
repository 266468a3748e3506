type Random = () => number;

const numbers = ['0', '-1', '1e308', '9007199254740993', '18446744073709551616', 'NaN', '0.0000001', '', '00000000000000000001', '2147483648'];
const snippets = ['#EXT-X-ENDLIST\n', '#EXT-X-DISCONTINUITY\n', '#EXT-X-GAP\n', '#EXT-X-KEY:METHOD=AES-128,URI="\n', '#EXT-X-BYTERANGE:\n', '#EXT-X-MAP:URI=\n', '#EXTINF:\n', '#EXT-X-STREAM-INF:\n', '\0', '\uFEFF', '\r', '"', ',', '=', '<d p="', '</d>', '-->', '{"', 'http://[', '://', '%', '\u2028', '\ud800'];
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** Changes a text in one to six ways: lines lost, doubled or swapped, numbers made extreme, characters broken, pieces of other texts put in. */
export function mutateText(text: string, corpus: readonly string[], random: Random): string {
  let result = text;
  for (let left = 1 + Math.floor(random() * 6); left > 0; left -= 1) {
    const at = Math.floor(random() * (result.length + 1));
    const kind = Math.floor(random() * 9);
    if (kind === 0) result = result.slice(0, at);
    else if (kind === 1) result = result.slice(0, at) + pick(random, snippets) + result.slice(at);
    else if (kind === 2) result = result.slice(0, at) + result.slice(at + Math.floor(random() * 20));
    else if (kind === 3) result = result.slice(0, at) + String.fromCharCode(Math.floor(random() * 65_536)) + result.slice(at + 1);
    else if (kind === 4) {
      const donor = pick(random, corpus);
      const from = Math.floor(random() * donor.length);
      result = result.slice(0, at) + donor.slice(from, from + Math.floor(random() * 200)) + result.slice(at);
    } else if (kind === 5) {
      let seen = Math.floor(random() * 8);
      result = result.replaceAll(/\d+(\.\d+)?/g, (found) => (seen-- === 0 ? pick(random, numbers) : found));
    } else {
      const lines = result.split('\n');
      const line = Math.floor(random() * lines.length);
      if (kind === 6) lines.splice(line, 1);
      else if (kind === 7) lines.splice(line, 0, ...Array.from({ length: 1 + Math.floor(random() * 8) }, () => lines[line] ?? ''));
      else [lines[0], lines[line]] = [lines[line] ?? '', lines[0] ?? ''];
      result = lines.join('\n');
    }
    if (result.length > 20_000) result = result.slice(0, 20_000);
  }
  return result;
}

/** Changes bytes in one to eight ways: bits flipped, lengths made extreme, pieces cut, doubled or put in from other files. */
export function mutateBytes(bytes: Buffer, corpus: readonly Buffer[], random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let left = 1 + Math.floor(random() * 8); left > 0 && result.length > 0; left -= 1) {
    // Headers are where parsers decide: half of all changes fall on the first 64 bytes.
    const at = Math.floor(random() * (random() < 0.5 ? Math.min(64, result.length) : result.length));
    const kind = Math.floor(random() * 7);
    if (kind === 0) result[at] = (result[at] as number) ^ (1 << Math.floor(random() * 8));
    else if (kind === 1) result[at] = pick(random, [0, 1, 0x7f, 0x80, 0xff, Math.floor(random() * 256)]);
    else if (kind === 2) result = result.subarray(0, at);
    else if (kind === 3) result.fill(pick(random, [0, 0xff]), at, Math.min(result.length, at + 4));
    else if (kind === 4) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + Math.floor(random() * 16))]);
    else if (kind === 5) result = Buffer.concat([result.subarray(0, at), result.subarray(Math.max(0, at - 32))]);
    else {
      const donor = pick(random, corpus);
      const from = Math.floor(random() * donor.length);
      result = Buffer.concat([result.subarray(0, at), donor.subarray(from, from + Math.floor(random() * 64)), result.subarray(at)]);
    }
  }
  return result.subarray(0, 1 << 20);
}
