import type { Category, Severity } from '../../electron/contract/index.ts';

/** The two looks of the window. */
export type ThemeName = 'dark' | 'light';

/** Colours of one look. Only severity is coloured; all else is neutral. `overPicture*` lie on video in both looks. */
export type ThemeColours = {
  page: string; panel: string; raised: string; hover: string; selected: string;
  line: string; lineStrong: string;
  text: string; textSoft: string; textFaint: string;
  focus: string; primary: string; onPrimary: string;
  wave: string; speech: string; gap: string;
  veto: string; high: string; medium: string; low: string;
  overPicture: string; overPictureText: string;
};

/** Both looks; severity colours stay apart under deuteranopia and protanopia by lightness and blue content, and hold 4.5:1 on their page. */
export const themes: Record<ThemeName, ThemeColours> = {
  dark: {
    page: '#121518', panel: '#181c20', raised: '#1f2429', hover: '#252b31', selected: '#2c343c',
    line: '#2a3036', lineStrong: '#3d454d',
    text: '#e3e7ea', textSoft: '#a9b2ba', textFaint: '#89929a',
    focus: '#c5ced6', primary: '#d5dce2', onPrimary: '#14181b',
    wave: '#7c8791', speech: '#4a545d', gap: '#59636c',
    veto: '#ff5c97', high: '#ff8d2b', medium: '#e5d250', low: '#70b9f2',
    overPicture: 'rgba(10, 12, 14, 0.78)', overPictureText: '#f2f4f6',
  },
  light: {
    page: '#f4f5f6', panel: '#ffffff', raised: '#ffffff', hover: '#eef0f2', selected: '#e3e7ea',
    line: '#dde1e5', lineStrong: '#b9c0c7',
    text: '#1b2024', textSoft: '#4b555e', textFaint: '#667079',
    focus: '#37424c', primary: '#2b343c', onPrimary: '#ffffff',
    wave: '#87919a', speech: '#c3cad1', gap: '#9aa3ab',
    veto: '#b0085c', high: '#b14600', medium: '#766000', low: '#1a69a6',
    overPicture: 'rgba(10, 12, 14, 0.78)', overPictureText: '#f2f4f6',
  },
};

/** Sizes in pixels on the 4-px grid. */
export const sizes = { bar: 44, rooms: 232, leads: 320, radius: 3, font: 13.5 } as const;

/** The font of the window: what the system has for Chinese, then Noto. */
export const fontFamily = '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", system-ui, sans-serif';

/** Gravest first. */
export const severityOrder: readonly Severity[] = ['veto', 'high', 'medium', 'low'];

/** Outlines of the severity shapes in a 12 × 12 box: hexagon, triangle, diamond, disc (as a polygon). */
export const severityShapes: Record<Severity, readonly (readonly [number, number])[]> = {
  veto: [[3, 0.8], [9, 0.8], [12, 6], [9, 11.2], [3, 11.2], [0, 6]],
  high: [[6, 0.6], [12, 11.2], [0, 11.2]],
  medium: [[6, 0], [12, 6], [6, 12], [0, 6]],
  low: Array.from({ length: 16 }, (_, i) => [6 + 4.9 * Math.cos((i * Math.PI) / 8), 6 + 4.9 * Math.sin((i * Math.PI) / 8)] as const),
};

/** One character per category, for marks too small for its name. */
export const categoryGlyphs: Record<Category, string> = {
  identity: '身', mismatch: '货', exaggerated: '夸', counterfeit: '假', 'fake-orders': '刷', vulgar: '俗', 'after-sales': '售',
};

/** Fills a severity's shape on a canvas, centred on x, y and `size` pixels wide. */
export function drawSeverityShape(context: CanvasRenderingContext2D, severity: Severity, x: number, y: number, size: number): void {
  const scale = size / 12;
  context.beginPath();
  severityShapes[severity].forEach(([px, py], i) => {
    const to = [x + (px - 6) * scale, y + (py - 6) * scale] as const;
    if (i === 0) context.moveTo(...to);
    else context.lineTo(...to);
  });
  context.closePath();
  context.fill();
}

/** Writes a look's colours as CSS variables (`--panel`, `--text-soft`, …) on an element, the document by default. */
export function applyTheme(name: ThemeName, element: HTMLElement = document.documentElement): void {
  element.dataset.theme = name;
  element.style.colorScheme = name;
  for (const [key, value] of Object.entries(themes[name])) element.style.setProperty(`--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, value);
}
