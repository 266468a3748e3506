/** A subtitle in media time from the file's start. */
export type SubtitleCue = { startMs: number; endMs: number; text: string };

const MAX_CUES = 200_000;
const MAX_TEXT_CHARS = 5000;
const TIME = String.raw`(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)[.,](\d{1,3})`;
const TIMING = new RegExp(String.raw`^\s{0,8}${TIME}\s{1,8}-->\s{1,8}${TIME}(?:\s|$)`);
const MAX_TIMING_CHARS = 400;

/** Parses .srt and .vtt, in order of their start; blocks that cannot be read, notes and styles are left out. The format is seen from the header where it is not given. */
export function parseSubtitles(content: string, format: 'srt' | 'vtt' = /^\ufeff?WEBVTT/.test(content) ? 'vtt' : 'srt'): SubtitleCue[] {
  const cues: SubtitleCue[] = [];
  let current: SubtitleCue | null = null;
  let lines: string[] = [];
  const close = (): void => {
    if (current === null) return;
    const plain = stripMarkup(lines.join('\n'));
    const text = (format === 'vtt' ? decodeEntities(plain) : plain).trim();
    if (text !== '' && current.endMs > current.startMs) cues.push({ ...current, text: text.slice(0, MAX_TEXT_CHARS) });
    current = null;
    lines = [];
  };
  for (const line of eachLine(content)) {
    if (cues.length >= MAX_CUES) break;
    const timing = line.includes('-->') ? TIMING.exec(line.slice(0, MAX_TIMING_CHARS)) : null;
    if (timing !== null) {
      // A block without a blank line before it leaves its number behind as text.
      if (/^\d{1,9}$/.test(lines.at(-1)?.trim() ?? '')) lines.pop();
      close();
      current = { startMs: toMs(timing, 1), endMs: toMs(timing, 5), text: '' };
    } else if (line.trim() === '') close();
    else if (current !== null && lines.length < 50) lines.push(line.slice(0, MAX_TEXT_CHARS));
  }
  close();
  return cues.sort((a, b) => a.startMs - b.startMs);
}

function* eachLine(content: string): Generator<string> {
  let from = content.startsWith('\ufeff') ? 1 : 0;
  while (from < content.length) {
    let end = content.indexOf('\n', from);
    if (end < 0) end = content.length;
    yield content.slice(from, end).replace(/\r$/, '');
    from = end + 1;
  }
}

function toMs(match: RegExpExecArray, from: number): number {
  const [hours, minutes, seconds, fraction] = match.slice(from, from + 4);
  return ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction!.padEnd(3, '0'));
}

/** Takes out tags (<i>, <v Name>, <00:01.000>) and SubStation overrides ({\an8}). */
function stripMarkup(text: string): string {
  return text
    .replace(/<\/?[a-zA-Z0-9][^<>]{0,200}>/g, '')
    .replace(/\{\\[^{}]{0,200}\}/g, '');
}

/** Decodes the entities that WebVTT names. */
function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', nbsp: ' ' })[name] ?? '');
}
