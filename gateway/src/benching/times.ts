import type { Asked } from './asking.ts';
import type { Cell, Column } from './contract.ts';
import { quantile } from './figures.ts';

/** Columns of `timesOf`. */
export const TIMES: readonly Column[] = [
  { name: 'answers', digits: 0 },
  { name: 'errors', digits: 0 },
  { name: 'p50', digits: 1 },
  { name: 'p90', digits: 1 },
  { name: 'p99', digits: 1 },
  { name: 'first byte p50', digits: 1 },
  { name: 'first byte p99', digits: 1 },
];

/** Counts and percentiles of answers; times are of those that came. */
export function timesOf(asked: readonly Asked[]): readonly Cell[] {
  const good = goodOf(asked);
  const total = inOrder(good.map(({ totalMs }) => totalMs));
  const first = inOrder(good.map(({ firstMs }) => firstMs));
  return [
    good.length,
    asked.length - good.length,
    at(total, 0.5),
    at(total, 0.9),
    at(total, 0.99),
    at(first, 0.5),
    at(first, 0.99),
  ];
}

/** When the first word of a stream was there, in the middle. */
export function firstWordOf(asked: readonly Asked[]): Cell {
  return at(inOrder(goodOf(asked).flatMap(({ firstWordMs }) => firstWordMs ?? [])), 0.5);
}

/** The answers that came. */
export function goodOf(asked: readonly Asked[]): readonly Asked[] {
  return asked.filter(({ error }) => error === undefined);
}

/** The middle time of the answers that came. */
export function middleOf(asked: readonly Asked[]): number | undefined {
  const times = inOrder(goodOf(asked).map(({ totalMs }) => totalMs));
  return times.length === 0 ? undefined : quantile(times, 0.5);
}

/** How many times the other one is; `undefined` where one of them is not known. */
export function ratio(one: number | undefined, other: number | undefined): Cell {
  return one === undefined || other === undefined || other === 0 ? undefined : one / other;
}

/** What went wrong, for the remarks: how often, and the first reason. */
export function complaints(name: string, asked: readonly Asked[]): readonly string[] {
  const bad = asked.filter(({ error }) => error !== undefined);
  return bad.length === 0 ? [] : [`${name}: ${bad.length} of ${asked.length} failed; the first: ${bad[0]?.error}.`];
}

/** Said where nobody was answered, since the table would be empty of times. */
export function problemOf(asked: readonly Asked[]): string | undefined {
  return asked.length > 0 && goodOf(asked).length === 0 ? 'Nothing was answered.' : undefined;
}

function inOrder(values: readonly number[]): readonly number[] {
  return values.toSorted((one, other) => one - other);
}

function at(sorted: readonly number[], share: number): Cell {
  return sorted.length === 0 ? undefined : quantile(sorted, share);
}
