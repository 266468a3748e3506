/** A cue on its file's own clock, as plain text; `speaker` is whom a voice tag names. */
export type WebVttCue = { startMs: number; endMs: number; text: string; speaker: string | null };

/** What ties a file's own clock to the footage (X-TIMESTAMP-MAP, RFC 8216 3.5): this instant of the file is this 90-kHz media time. */
export type TimestampMap = { mediaTicks: number; localMs: number };

/** A WebVTT file as read: cues in file order, and how many blocks were no cue that can be placed. */
export type WebVttFile = { map: TimestampMap | null; cues: WebVttCue[]; skipped: number };

const maxCues = 20_000;
const maxLines = 64;
const maxLineChars = 4096;
const maxTextChars = 5000;
const maxHeaderLines = 256;
const maxHours = 1_000_000;
const timestamp = /^(?:(\d{1,7}):)?([0-5]\d):([0-5]\d)[.,](\d{1,3})$/;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', nbsp: ' ', lrm: '', rlm: '', quot: '"', apos: "'" };

/** Reads a WebVTT file or segment (W3C WebVTT 4.1); null when it does not begin like one. Never throws; time and memory grow with the text, and no further than its limits. */
export function readWebVtt(content: string): WebVttFile | null {
  const lines = eachLine(content);
  const first = lines.next().value as string | undefined;
  if (first === undefined || !/^\uFEFF?WEBVTT(?:[ \t]|$)/.test(first)) return null;
  const file: WebVttFile = { map: null, cues: [], skipped: 0 };
  let block: { isSkipped: boolean; cue: WebVttCue | null; lines: string[] } | null = null;
  let headerLines = 0;
  let isHeader = true;
  const close = (): void => {
    if (block?.cue !== null && block !== null) {
      const { cue } = block;
      const { text, speaker } = toPlainText(block.lines.join('\n').slice(0, maxTextChars));
      if (text !== '' && cue.endMs > cue.startMs) file.cues.push({ ...cue, text, speaker });
      else file.skipped += 1;
    } else if (block !== null && !block.isSkipped) file.skipped += 1;
    block = null;
  };
  for (const line of lines) {
    if (file.cues.length >= maxCues) break;
    const isTiming = line.includes('-->');
    if (isHeader) {
      headerLines += 1;
      if (line !== '' && !isTiming && headerLines < maxHeaderLines) {
        file.map ??= readTimestampMap(line);
        continue;
      }
      isHeader = false;
    }
    if (line === '') close();
    else if (isTiming && block?.isSkipped !== true) {
      // What stood before it in the block was the cue's name, unless it was a cue itself: then its blank line is missing.
      if (block?.cue !== null) close();
      const timing = readTiming(line);
      block = { isSkipped: false, cue: timing === null ? null : { ...timing, text: '', speaker: null }, lines: [] };
    } else if (block === null) {
      file.map ??= file.cues.length === 0 ? readTimestampMap(line) : null; // some packagers leave a blank line before it
      block = { isSkipped: /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(line) || line.startsWith('X-TIMESTAMP-MAP'), cue: null, lines: [] };
    } else if (block.cue !== null && block.lines.length < maxLines) block.lines.push(line.slice(0, maxLineChars));
  }
  close();
  return file;
}

/** Lines end in CRLF, LF or CR alone; what is not text in a stream of text is replaced. */
function* eachLine(content: string): Generator<string> {
  const ends = /\r\n|\n|\r/g;
  for (let from = 0; from < content.length; ) {
    ends.lastIndex = from;
    const end = ends.exec(content);
    yield content.slice(from, end?.index ?? content.length).replaceAll('\0', '\uFFFD');
    from = end === null ? content.length : ends.lastIndex;
  }
}

function readTimestampMap(line: string): TimestampMap | null {
  if (!line.startsWith('X-TIMESTAMP-MAP=')) return null;
  const text = line.slice(0, 200);
  const ticks = /[=,]\s*MPEGTS:\s*(\d{1,15})/i.exec(text)?.[1];
  const localMs = readTimestamp(/[=,]\s*LOCAL:\s*([\d:.,]{1,20}\d)/i.exec(text)?.[1] ?? '');
  return ticks === undefined || localMs === null ? null : { mediaTicks: Number(ticks), localMs };
}

function readTiming(line: string): { startMs: number; endMs: number } | null {
  const [start, rest] = line.slice(0, maxLineChars).split('-->', 2) as [string, string];
  const startMs = readTimestamp(start.trim());
  const endMs = readTimestamp(/^[ \t]*(\S*)/.exec(rest)?.[1] ?? '');
  return startMs === null || endMs === null ? null : { startMs, endMs };
}

function readTimestamp(text: string): number | null {
  const match = timestamp.exec(text);
  if (match === null || Number(match[1] ?? 0) > maxHours) return null;
  return ((Number(match[1] ?? 0) * 60 + Number(match[2])) * 60 + Number(match[3])) * 1000 + Number((match[4] as string).padEnd(3, '0'));
}

/** Takes out tags and ruby readings, which would tear words apart, and decodes character references. */
function toPlainText(text: string): { text: string; speaker: string | null } {
  let plain = '';
  let speaker: string | null = null;
  let isRuby = false;
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('<', at);
    if (!isRuby) plain += decodeReferences(text.slice(at, open < 0 ? text.length : open));
    if (open < 0) break;
    const end = text.indexOf('>', open);
    const tag = text.slice(open + 1, end < 0 ? text.length : end);
    if (/^rt(?:[.\s]|$)/.test(tag)) isRuby = true;
    else if (tag === '/rt' || tag === '/ruby') isRuby = false;
    else if (/^v(?:[.\s]|$)/.test(tag)) speaker ??= decodeReferences(tag.replace(/^v[^\s]*/, '')).trim().slice(0, 200) || null;
    if (end < 0) break;
    at = end + 1;
  }
  return { text: plain.split('\n').map((line) => line.trim()).filter((line) => line !== '').join('\n'), speaker };
}

function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\uFFFD' : String.fromCodePoint(code);
  });
}
