import { z } from 'zod';
import { parseIso } from '../../contract/index.ts';

/** A viewer's message; startMs is wall-clock time, or media time from the file's start where clock says so. */
export type ChatMessage = { startMs: number; clock: 'wall' | 'media'; user?: string; text: string };

/** JSON lines, or the danmaku XML that Bilibili and its recorders write. */
export type ChatFormat = 'jsonl' | 'xml';

/** A parser fed piece by piece; `skipped` counts what could not be read. */
export type ChatParser = { push: (chunk: string) => ChatMessage[]; end: () => ChatMessage[]; readonly skipped: number };

const MAX_RECORD_CHARS = 65_536;
const MAX_TEXT_CHARS = 2000;
const MAX_USER_CHARS = 80;

const Time = z.union([z.number().finite(), z.string().max(40)]);
const ChatLine = z.object({
  at: Time.optional(), time: Time.optional(), ts: Time.optional(), timestamp: Time.optional(),
  user: z.unknown().optional(), nickname: z.unknown().optional(), name: z.unknown().optional(),
  text: z.string().optional(), content: z.string().optional(), message: z.string().optional(), msg: z.string().optional(),
});

/** Makes a parser that keeps no more than one record in memory, however long the input. */
export function createChatParser(format: ChatFormat): ChatParser {
  let rest = '';
  let skipped = 0;
  let dropping = false;
  const take = format === 'jsonl' ? takeLine : takeDanmaku;
  const drain = (atEnd: boolean): ChatMessage[] => {
    const messages: ChatMessage[] = [];
    let from = 0;
    for (;;) {
      const record = take(rest, from, atEnd);
      if (record === null) break;
      from = record.next;
      if (dropping) {
        dropping = false;
        continue;
      }
      if (record.message !== null) messages.push(record.message);
      else if (!record.blank) skipped += 1;
    }
    rest = rest.slice(from);
    if (rest.length > MAX_RECORD_CHARS) {
      // One record that never ends: forget it and go on after its end. Outside a record there is nothing to skip.
      if (format === 'jsonl') {
        if (!dropping) skipped += 1;
        dropping = true;
        rest = '';
      } else {
        const open = rest.search(DANMAKU_OPEN);
        if (open >= 0) skipped += 1;
        rest = rest.slice(-8);
      }
    }
    return messages;
  };
  return {
    push: (chunk) => {
      const messages: ChatMessage[] = [];
      for (let i = 0; i < chunk.length; i += MAX_RECORD_CHARS) {
        rest += chunk.slice(i, i + MAX_RECORD_CHARS);
        messages.push(...drain(false));
      }
      return messages;
    },
    end: () => {
      const messages = drain(true);
      rest = '';
      return messages;
    },
    get skipped() {
      return skipped;
    },
  };
}

/** Parses a whole chat file, sorted by time; what cannot be read is left out, never thrown (a parser of one's own counts it). */
export function parseChat(content: string, format: ChatFormat): ChatMessage[] {
  const parser = createChatParser(format);
  const messages = parser.push(content.replace(/^\ufeff/, '')).concat(parser.end());
  return messages.sort((a, b) => a.startMs - b.startMs);
}

type Taken = { message: ChatMessage | null; blank: boolean; next: number };

function takeLine(buffer: string, from: number, atEnd: boolean): Taken | null {
  const end = buffer.indexOf('\n', from);
  if (end < 0 && (!atEnd || from >= buffer.length)) return null;
  const line = buffer.slice(from, end < 0 ? buffer.length : end).trim();
  return { message: line === '' ? null : parseLine(line), blank: line === '', next: end < 0 ? buffer.length : end + 1 };
}

function parseLine(line: string): ChatMessage | null {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = ChatLine.safeParse(data);
  if (!parsed.success) return null;
  const v = parsed.data;
  const text = v.text ?? v.content ?? v.message ?? v.msg;
  const time = toTime(v.at ?? v.time ?? v.ts ?? v.timestamp);
  if (text === undefined || text.trim() === '' || time === null) return null;
  return { ...time, ...toUser(v.user ?? v.nickname ?? v.name), text: cutText(text) };
}

function toUser(value: unknown): { user?: string } {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : value;
  return typeof name === 'string' && name !== '' ? { user: name.slice(0, MAX_USER_CHARS) } : {};
}

/** Reads a time: ISO 8601, epoch milliseconds, epoch seconds, or seconds into the media. */
function toTime(value: string | number | undefined): { startMs: number; clock: 'wall' | 'media' } | null {
  if (value === undefined) return null;
  if (typeof value === 'string') {
    const iso = parseIso(value);
    if (iso !== null) return { startMs: iso, clock: 'wall' };
    if (!/^\d{1,16}(\.\d{1,9})?$/.test(value)) return null;
    value = Number(value);
  }
  if (value < 0 || value > 1e14) return null;
  if (value >= 1e11) return { startMs: value, clock: 'wall' };
  return value >= 1e8 ? { startMs: Math.round(value * 1000), clock: 'wall' } : { startMs: Math.round(value * 1000), clock: 'media' };
}

const DANMAKU_OPEN = /<d[\s>]/;

function takeDanmaku(buffer: string, from: number): Taken | null {
  const end = buffer.indexOf('</d>', from);
  if (end < 0) return null;
  // The last opening before the end: what an unclosed element left behind is not this one's text.
  const open = Math.max(buffer.lastIndexOf('<d ', end), buffer.lastIndexOf('<d\t', end), buffer.lastIndexOf('<d\n', end));
  const next = end + 4;
  if (open < from) return { message: null, blank: false, next };
  const close = buffer.indexOf('>', open);
  if (close < 0 || close > end) return { message: null, blank: false, next };
  const attributes = buffer.slice(open + 2, close);
  const p = attribute(attributes, 'p')?.split(',') ?? [];
  const seconds = Number(p[0]);
  const text = decodeXml(buffer.slice(close + 1, end)).trim();
  if (p[0] === undefined || p[0].trim() === '' || !Number.isFinite(seconds) || seconds < 0 || seconds > 1e7 || text === '') return { message: null, blank: false, next };
  const user = attribute(attributes, 'user') ?? p[6];
  return { message: { startMs: Math.round(seconds * 1000), clock: 'media', ...toUser(decodeXml(user ?? '')), text: cutText(text) }, blank: false, next };
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}=(?:"([^"]*)"|'([^']*)')`).exec(attributes)?.slice(1).find((v) => v !== undefined);
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Decodes the five entities XML itself knows and character numbers; a document's own entities stay as they stand, so none can be blown up. */
function decodeXml(text: string): string {
  return text.replace(/<!\[CDATA\[|\]\]>/g, '').replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}

function cutText(text: string): string {
  return text.length > MAX_TEXT_CHARS ? text.slice(0, MAX_TEXT_CHARS) : text;
}
