/** One measured figure: the median of its runs, beside a peer's where there is one (ratio = ours ÷ peer's). */
export type BenchFigure = { label: string; unit: string; median: number; runs: number[]; peer?: { name: string; median: number; runs: number[] }; ratio?: number };

/** What a benchmark found, or why it did not run; `conditions` says what was measured. */
export type BenchResult = { name: string; conditions: Record<string, string | number>; figures: BenchFigure[]; skipped: string | null };

/** A benchmark: runs for minutes at most and cleans up after itself. */
export type Bench = { name: string; about: string; run(): Promise<BenchResult> };

/** Middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Value below which a share of the values lies, interpolated between neighbours; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Builds a figure of its runs. */
export function makeFigure(label: string, unit: string, runs: number[], peer?: { name: string; runs: number[] }): BenchFigure {
  const figure: BenchFigure = { label, unit, median: median(runs), runs };
  if (!peer) return figure;
  const peerMedian = median(peer.runs);
  return { ...figure, peer: { ...peer, median: peerMedian }, ratio: figure.median / peerMedian };
}

/** A result that says why the benchmark was left out. */
export function skipBench(name: string, reason: string): BenchResult {
  return { name, conditions: {}, figures: [], skipped: reason };
}

const round = (value: number): string => (Number.isFinite(value) ? Number(value.toPrecision(3)).toString() : '–');

/** Formats results as a table for people. */
export function formatTable(results: readonly BenchResult[]): string {
  const rows = [['benchmark', 'figure', 'median', 'runs', 'peer', 'ratio']];
  for (const result of results) {
    if (result.skipped !== null) rows.push([result.name, `skipped: ${result.skipped}`, '', '', '', '']);
    for (const f of result.figures) {
      rows.push([result.name, f.label, `${round(f.median)} ${f.unit}`, String(f.runs.length), f.peer ? `${f.peer.name} ${round(f.peer.median)} ${f.unit}` : '', f.ratio === undefined ? '' : round(f.ratio)]);
    }
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[1]?.startsWith('skipped') && column === 1 ? 0 : row[column]?.length ?? 0)))) ?? [];
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}
