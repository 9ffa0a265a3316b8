import { RecentCount } from './recent-count.ts';

/** How many attempts there may be beyond the first of each request. */
export interface RetryBudgetSettings {
  /** Share of the last minute's requests. */
  readonly retryBudgetShare: number;
  /** So many may be made each second in any case. */
  readonly retryBudgetPerSecondMin: number;
}

const BUDGET_SECONDS = 60;

/**
 * Keeps attempts of all requests together from growing with the failures: a provider in trouble must not get more
 * requests than one that is well.
 */
export class RetryBudget {
  readonly #requests = new RecentCount(BUDGET_SECONDS);
  readonly #retries = new RecentCount(BUDGET_SECONDS);

  /** Counts a request, at a time of the monotonic clock. */
  request(nowMs: number): void {
    this.#requests.add(1, nowMs);
  }

  /** Takes one further attempt out of the budget, if there is one. */
  take({ retryBudgetShare, retryBudgetPerSecondMin }: RetryBudgetSettings, nowMs: number): boolean {
    const isLeft =
      this.#retries.thisSecond(nowMs) < retryBudgetPerSecondMin ||
      this.#retries.total(nowMs) < retryBudgetShare * this.#requests.total(nowMs);
    if (isLeft) this.#retries.add(1, nowMs);
    return isLeft;
  }
}
