import type { ReadText } from '../../contract/perception.ts';
import type { PixelBox } from './pixel-image.ts';

/** A line as read, with its box in pixels. */
export type TextLine = { text: string; confidence: number; box: PixelBox };

/** Orders lines top-down and left to right, and joins those that clearly are one paragraph: same size, same left edge, close below. */
export function joinLines(lines: TextLine[], width: number, height: number): ReadText[] {
  const groups: TextLine[][] = [];
  for (const line of orderLines(lines)) {
    const group = groups.find((g) => continues(g.at(-1), line));
    if (group === undefined) groups.push([line]);
    else group.push(line);
  }
  return groups.map((group) => {
    const left = Math.min(...group.map((l) => l.box.x));
    const top = Math.min(...group.map((l) => l.box.y));
    const right = Math.max(...group.map((l) => l.box.x + l.box.width));
    const bottom = Math.max(...group.map((l) => l.box.y + l.box.height));
    return {
      text: group.map((l) => l.text).reduce((all, text) => all + (/[a-zA-Z0-9]$/.test(all) && /^[a-zA-Z0-9]/.test(text) ? ' ' : '') + text),
      confidence: group.reduce((sum, l) => sum + l.confidence, 0) / group.length,
      box: [left / width, top / height, (right - left) / width, (bottom - top) / height],
    };
  });
}

function orderLines(lines: TextLine[]): TextLine[] {
  const rows: TextLine[][] = [];
  for (const line of [...lines].sort((a, b) => centre(a) - centre(b))) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (row !== undefined && first !== undefined && Math.abs(centre(first) - centre(line)) < Math.min(first.box.height, line.box.height) * 0.5) row.push(line);
    else rows.push([line]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.box.x - b.box.x));
}

function centre(line: TextLine): number {
  return line.box.y + line.box.height / 2;
}

function continues(above: TextLine | undefined, line: TextLine): boolean {
  if (above === undefined) return false;
  const size = Math.min(above.box.height, line.box.height);
  const gap = line.box.y - (above.box.y + above.box.height);
  const alike = Math.max(above.box.height, line.box.height) / size < 1.2;
  const aligned = Math.abs(above.box.x - line.box.x) < size * 0.5;
  // A line that is broken off fills its column: what follows a short line is another thought.
  const filled = above.box.width >= line.box.width - size * 0.5 && above.box.width > size * 5;
  return alike && aligned && filled && gap > -size * 0.5 && gap < size * 0.35 && !/[。！？!?]$/.test(above.text);
}
