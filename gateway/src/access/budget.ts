import { type Period, periodAt } from './budget-period.ts';

/** How much may be spent, and how often anew. */
export interface BudgetSettings {
  /** The most that may be spent in one period, in nano-dollars; absent means any amount, which is counted all the same. */
  readonly nanousd: number | undefined;
  readonly duration: string | undefined;
  /** Since when periods are counted. */
  readonly since: number;
}

/** What is spent and held back in one period. Spent and held back together never exceed the budget. */
export interface Spending {
  period: Period;
  spentNanousd: number;
  reservedNanousd: number;
}

/** The money of one key. */
export class Budget {
  #settings: BudgetSettings;
  #spending: Spending;

  constructor(settings: BudgetSettings, now: number, spentNanousd = 0) {
    this.#settings = settings;
    this.#spending = {
      period: periodAt(settings.duration, settings.since, now),
      spentNanousd,
      reservedNanousd: 0,
    };
  }

  get limitNanousd(): number | undefined {
    return this.#settings.nanousd;
  }

  /** The spending of the period that is running now. */
  at(now: number): Spending {
    if (now >= this.#spending.period.endsAt) {
      const { duration, since } = this.#settings;
      this.#spending = { period: periodAt(duration, since, now), spentNanousd: 0, reservedNanousd: 0 };
    }
    return this.#spending;
  }

  /** What nobody has spent or holds. */
  leftNanousd(now: number): number {
    const { spentNanousd, reservedNanousd } = this.at(now);
    return Math.max(0, (this.#settings.nanousd ?? Number.POSITIVE_INFINITY) - spentNanousd - reservedNanousd);
  }

  /** Changes the rules. What is spent in the running period stays spent, also when another kind of period begins. */
  change(settings: BudgetSettings, now: number): void {
    const spending = this.at(now);
    this.#settings = settings;
    // The same object, since turns that are running will settle on it.
    spending.period = periodAt(settings.duration, settings.since, now);
  }
}
