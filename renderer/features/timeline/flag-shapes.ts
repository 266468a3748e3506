import type { Category, Severity } from '../../../electron/contract/index.ts';

/** Polygon corners on a circle of radius 1 as [x, y]; null = the circle itself. */
type Corners = readonly (readonly [number, number])[] | null;

const third = 1 / 3;
const CORNERS: Record<Category, Corners> = {
  identity: [[-0.82, -0.82], [0.82, -0.82], [0.82, 0.82], [-0.82, 0.82]],
  mismatch: [[0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]],
  exaggerated: [[0, -1.05], [1.1, 0.85], [-1.1, 0.85]],
  counterfeit: [[-0.5, -0.95], [0.5, -0.95], [1.05, 0], [0.5, 0.95], [-0.5, 0.95], [-1.05, 0]],
  'fake-orders': null,
  vulgar: [[-1.1, -0.85], [1.1, -0.85], [0, 1.05]],
  'after-sales': [
    [-third, -1], [third, -1], [third, -third], [1, -third], [1, third], [third, third],
    [third, 1], [-third, 1], [-third, third], [-1, third], [-1, -third], [-third, -third],
  ],
};

/** Traces the shape of a category about a centre; the caller fills or strokes it. */
export function traceShape(context: CanvasRenderingContext2D, category: Category, x: number, y: number, radius: number): void {
  const corners = CORNERS[category];
  context.beginPath();
  if (corners === null) {
    context.arc(x, y, radius, 0, Math.PI * 2);
    return;
  }
  corners.forEach(([dx, dy], i) => (i === 0 ? context.moveTo(x + dx * radius, y + dy * radius) : context.lineTo(x + dx * radius, y + dy * radius)));
  context.closePath();
}

/** Gives the same shape as an SVG path in a box from −1.2 to 1.2. */
export function shapePath(category: Category): string {
  const corners = CORNERS[category];
  if (corners === null) return 'M-1 0A1 1 0 1 0 1 0A1 1 0 1 0 -1 0Z';
  return `${corners.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(3)} ${y.toFixed(3)}`).join('')}Z`;
}

/** Says how a mark is drawn so that gravity can be told without colour: hollow, filled, or filled with a ring. */
export function markStyle(severity: Severity): { readonly filled: boolean; readonly ringed: boolean } {
  return { filled: severity !== 'low', ringed: severity === 'veto' };
}
