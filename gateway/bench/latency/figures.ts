import { median } from '../../src/benching/figures.ts';

/** A number over several rounds. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Sums rounds up; `undefined` when there was no number in any of them. */
export function figureOf(values: readonly (number | undefined)[]): Figure | undefined {
  const real = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  if (real.length === 0) return undefined;
  return { median: median(real), min: Math.min(...real), max: Math.max(...real) };
}
