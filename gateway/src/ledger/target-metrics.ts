import { Counter, Gauge, type Registry } from 'prom-client';
import type { TurnRecord } from '../model/turn.ts';

/** More targets than this are not shown one by one. */
const TARGETS_MAX = 1000;

/** How one target does. */
export interface TargetNumbers {
  readonly id: string;
  readonly state: 'closed' | 'half-open' | 'open';
  readonly rest: { readonly leftMs: number } | undefined;
  readonly inFlight: number;
  /** Of the last minute. */
  readonly failed: number;
  readonly firstOutputMs: number | undefined;
}

/** Shows how targets do, and counts the requests that were answered though their first attempt failed. */
export function openTargetMetrics(
  registry: Registry,
  targets: () => readonly TargetNumbers[],
): { readonly turn: (record: TurnRecord) => void } {
  targetGauges(registry, targets);
  const rescued = new Counter({
    name: 'synthlang_rescued_total',
    help: 'Requests that were answered though their first attempt failed, by the code of that failure.',
    labelNames: ['cause'] as const,
    registers: [registry],
  });
  const hedged = new Counter({
    name: 'synthlang_hedged_total',
    help: 'Requests that a second target was asked beside the first, by who of them answered.',
    labelNames: ['answered'] as const,
    registers: [registry],
  });
  return {
    turn: ({ attempts, end }) => {
      if (attempts.length < 2) return;
      const last = attempts.at(-1);
      if (attempts.some(({ hedge }) => hedge))
        hedged.inc({ answered: last?.error ? 'nobody' : last?.hedge ? 'second' : 'first' });
      const first = attempts.find(({ hedge }) => !hedge);
      if (first?.error && end === 'finished') rescued.inc({ cause: first.error.code });
    },
  };
}

const STATES = { closed: 0, 'half-open': 1, open: 2 } as const;

function targetGauges(registry: Registry, targets: () => readonly TargetNumbers[]): void {
  const gauge = (name: string, help: string, read: (target: TargetNumbers) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: ['target'] as const,
      registers: [registry],
      collect() {
        this.reset();
        for (const target of targets().slice(0, TARGETS_MAX)) {
          const value = read(target);
          if (value !== undefined) this.set({ target: target.id }, value);
        }
      },
    });
  };
  gauge('synthlang_target_state', '0 asked as usual, 1 on trial, 2 left alone.', ({ state }) => STATES[state]);
  gauge('synthlang_target_rest_seconds', 'How long it is left alone yet.', ({ rest }) => rest && rest.leftMs / 1000);
  gauge('synthlang_target_in_flight', 'Requests it is answering now.', (target) => target.inFlight);
  gauge('synthlang_target_failed', 'Requests of the last minute that failed there.', ({ failed }) => failed);
  gauge('synthlang_target_first_output_seconds', 'Usual time to the first output of a stream.', ({ firstOutputMs }) =>
    firstOutputMs === undefined ? undefined : firstOutputMs / 1000,
  );
}
