import type { TakenReport } from './contract.ts';

/** A report for programs: when it was taken is named as in the original's results. */
export function jsonReport({ startedMs, endedMs, ...report }: TakenReport): object {
  return {
    ...report,
    start_time: new Date(startedMs).toISOString(),
    end_time: new Date(endedMs).toISOString(),
    duration_ms: Math.round(endedMs - startedMs),
  };
}
