import type { Category, Severity } from '../../../electron/contract/index.ts';

/** Polygon corners about a centre, as [x, y] in units of the mark's radius. */
type Corners = readonly (readonly [number, number])[];

const third = 0.38;

/** None of these is a shape of a severity (hexagon, upright triangle, diamond, disc), so the two cannot be taken for one another. */
const CORNERS: Record<Category, Corners> = {
  identity: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  mismatch: [[-1.05, -0.95], [0, -0.15], [1.05, -0.95], [1.05, 0.95], [0, 0.15], [-1.05, 0.95]],
  exaggerated: Array.from({ length: 10 }, (_, i) => [Math.sin((i * Math.PI) / 5) * (i % 2 === 0 ? 1.2 : 0.55), -Math.cos((i * Math.PI) / 5) * (i % 2 === 0 ? 1.2 : 0.55)] as const),
  counterfeit: [[-0.9, -0.95], [0.9, -0.95], [0.9, 0.2], [0, 1.1], [-0.9, 0.2]],
  'fake-orders': [[-0.85, -1.05], [1.1, 0], [-0.85, 1.05]],
  vulgar: [[-1.1, -0.85], [1.1, -0.85], [0, 1.05]],
  'after-sales': [
    [-third, -1.05], [third, -1.05], [third, -third], [1.05, -third], [1.05, third], [third, third],
    [third, 1.05], [-third, 1.05], [-third, third], [-1.05, third], [-1.05, -third], [-third, -third],
  ],
};

/** Traces the shape of a category about a centre; the caller fills or strokes it. */
export function traceShape(context: CanvasRenderingContext2D, category: Category, x: number, y: number, radius: number): void {
  context.beginPath();
  CORNERS[category].forEach(([dx, dy], i) => (i === 0 ? context.moveTo(x + dx * radius, y + dy * radius) : context.lineTo(x + dx * radius, y + dy * radius)));
  context.closePath();
}

/** Gives the same shape as an SVG path about the origin, within −1.2 … 1.2. */
export function shapePath(category: Category): string {
  return `${CORNERS[category].map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(3)} ${y.toFixed(3)}`).join('')}Z`;
}

/** Says how a mark is drawn so that gravity can be told without colour: hollow, filled, or filled with a ring. */
export function markStyle(severity: Severity): { readonly filled: boolean; readonly ringed: boolean } {
  return { filled: severity !== 'low', ringed: severity === 'veto' };
}
