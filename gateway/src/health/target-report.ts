import type { ErrorCode } from '../model/error-rules.ts';
import type { BreakerState } from './breaker.ts';
import type { HealthBook } from './health-book.ts';

/** How one target does, for people and dashboards. */
export interface TargetReport {
  readonly id: string;
  readonly state: BreakerState;
  /** Why it is left alone, and for how many milliseconds more. */
  readonly rest: { readonly code: ErrorCode; readonly leftMs: number } | undefined;
  readonly inFlight: number;
  /** Of the last minute. */
  readonly requests: number;
  readonly tokens: number;
  readonly answered: number;
  readonly failed: number;
  /** Usual times of late; `undefined` when nobody knows. */
  readonly firstOutputMs: number | undefined;
  readonly msPerToken: number | undefined;
}

/** How every target does that was asked, by their names. */
export function targetReports(book: HealthBook, nowMs: number): readonly TargetReport[] {
  return [...book.all()]
    .map(([id, health]) => ({
      id,
      state: health.breaker.state(nowMs),
      rest: health.breaker.rest(nowMs),
      inFlight: health.inFlight,
      requests: health.requestsThisMinute(nowMs),
      tokens: health.tokensThisMinute(nowMs),
      ...health.breaker.answers(nowMs),
      firstOutputMs: health.firstOutputMs(nowMs),
      msPerToken: health.msPerToken(nowMs),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
