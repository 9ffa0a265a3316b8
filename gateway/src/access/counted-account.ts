import type { Account, Quota } from '../model/account.ts';
import { GatewayError } from '../model/error.ts';
import { Budget, type BudgetSettings, type Spending } from './budget.ts';
import { MinuteWindow } from './minute-window.ts';

/** What one key may do. Absent means as much as it likes. */
export interface AccountLimits {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly parallelMax?: number | undefined;
  readonly budget?: BudgetSettings | undefined;
}

/** What a turn takes from an account while it runs, and gives back or leaves there when it is over. */
export interface Hold {
  readonly window: MinuteWindow;
  readonly tokens: number;
  readonly spending: Spending | undefined;
  readonly reservedNanousd: number;
}

/** The present moment, on both clocks. */
export interface Moment {
  readonly clockMs: number;
  readonly nowMs: number;
}

/** Counts what one key does, in memory. Nothing here waits, so whoever asks and takes is never interrupted. */
export class CountedAccount implements Account {
  readonly id: string;
  #limits: AccountLimits;
  #window: MinuteWindow;
  #inFlight = 0;
  readonly budget: Budget | undefined;

  constructor(id: string, limits: AccountLimits, moment: Moment, spentNanousd = 0) {
    this.id = id;
    this.#limits = limits;
    this.#window = new MinuteWindow(moment.clockMs);
    this.budget = limits.budget && new Budget(limits.budget, moment.nowMs, spentNanousd);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Other limits for the same key; what it did and spent stays. */
  change(limits: AccountLimits, nowMs: number): void {
    this.#limits = limits;
    if (limits.budget) this.budget?.change(limits.budget, nowMs);
  }

  /** Throws `limit.rate` when one more turn of so many tokens would be too much. Takes nothing. */
  check(tokens: number, clockMs: number): void {
    const { requestsPerMinute, tokensPerMinute, parallelMax } = this.#limits;
    const window = this.#windowAt(clockMs);
    if (parallelMax !== undefined && this.#inFlight >= parallelMax)
      throw this.#tooMuch(`max_parallel_requests. Current limit: ${parallelMax}`, PARALLEL_RETRY_MS, clockMs);
    if (requestsPerMinute !== undefined && window.requests >= requestsPerMinute)
      throw this.#tooMuch(`requests. Current limit: ${requestsPerMinute}`, window.resetMs(clockMs), clockMs);
    if (tokensPerMinute !== undefined && window.tokens + tokens > tokensPerMinute)
      throw this.#tooMuch(`tokens. Current limit: ${tokensPerMinute}`, window.resetMs(clockMs), clockMs);
  }

  /** Takes what a turn needs. Whether it may was asked before. */
  take(tokens: number, reservedNanousd: number, { clockMs, nowMs }: Moment): Hold {
    const window = this.#windowAt(clockMs);
    this.#inFlight += 1;
    window.requests += 1;
    window.tokens += tokens;
    const spending = this.budget?.at(nowMs);
    if (spending) spending.reservedNanousd += reservedNanousd;
    return { window, tokens, spending, reservedNanousd };
  }

  /** The turn is over: what it held is replaced by what it used. */
  settle({ window, tokens, spending, reservedNanousd }: Hold, used: { tokens: number; nanousd: number }): void {
    this.#inFlight -= 1;
    window.tokens += used.tokens - tokens;
    if (!spending) return;
    spending.reservedNanousd -= reservedNanousd;
    spending.spentNanousd += used.nanousd;
  }

  /** Money that was spent without having been held back. Says in which period it counts. */
  charge(nanousd: number, nowMs: number): number | undefined {
    const spending = this.budget?.at(nowMs);
    if (spending) spending.spentNanousd += nanousd;
    return spending?.period.startsAt;
  }

  /** What is left of the minute; `undefined` where nothing is limited by it. */
  quota(clockMs: number): Quota | undefined {
    const { requestsPerMinute, tokensPerMinute } = this.#limits;
    if (requestsPerMinute === undefined && tokensPerMinute === undefined) return undefined;
    const window = this.#windowAt(clockMs);
    return {
      requests:
        requestsPerMinute === undefined ? undefined : window.allotment(requestsPerMinute, window.requests, clockMs),
      tokens: tokensPerMinute === undefined ? undefined : window.allotment(tokensPerMinute, window.tokens, clockMs),
    };
  }

  #windowAt(clockMs: number): MinuteWindow {
    if (this.#window.isOver(clockMs)) this.#window = new MinuteWindow(clockMs);
    return this.#window;
  }

  #tooMuch(limit: string, retryAfterMs: number, clockMs: number): GatewayError {
    const seconds = Math.ceil(retryAfterMs / 1000);
    return new GatewayError(
      'limit.rate',
      `Rate limit exceeded for this API key. Limit type: ${limit}, remaining: 0. Try again in ${seconds} s.`,
      { retryAfterMs, quota: this.quota(clockMs) },
    );
  }
}

/** Nobody knows when a running request ends. */
const PARALLEL_RETRY_MS = 1000;
