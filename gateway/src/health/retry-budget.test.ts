import { expect, test } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

const SETTINGS = { retryBudgetShare: 0.1, retryBudgetPerSecondMin: 3 };

/** How many further attempts of so many wishes are allowed at one moment. */
function taken(budget: RetryBudget, wishes: number, nowMs: number): number {
  return Array.from({ length: wishes }, () => budget.take(SETTINGS, nowMs)).filter(Boolean).length;
}

test('a few each second, however little is going on', () => {
  const budget = new RetryBudget();
  expect([0, 1000, 1999, 2000].map((nowMs) => taken(budget, 10, nowMs))).toEqual([3, 3, 0, 3]);
});

test('a tenth of the last minute’s requests, and not more', () => {
  const budget = new RetryBudget();
  for (let requests = 0; requests < 1000; requests += 1) budget.request(5000 + requests);
  expect(taken(budget, 500, 6000)).toBe(100);
  expect(taken(budget, 500, 6500)).toBe(0);
  expect(taken(budget, 500, 7000)).toBe(3);
});
