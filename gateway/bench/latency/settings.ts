import { parseArgs } from 'node:util';
import { CASES } from './cases.ts';
import type { Case } from './cases.ts';

/** How the latency bench is run. */
export interface Settings {
  readonly rounds: number;
  /** How long one case of one system takes about; the number of requests is fixed from a calibrating run. */
  readonly seconds: number;
  readonly smoke: boolean;
  /** Ids of the systems to run; all when empty. */
  readonly only: readonly string[];
  readonly cases: readonly Case[];
  readonly heldStreams: number;
  /** Time for work that is put off, such as flushing records, to be counted where it belongs. */
  readonly settleMs: number;
}

const OPTIONS = {
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  smoke: { type: 'boolean', default: false },
  only: { type: 'string' },
  case: { type: 'string' },
} as const;

/** Reads the arguments behind `latency`. */
export function settingsOf(args: readonly string[]): Settings {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const { smoke, case: named } = values;
  const cases = CASES.filter(({ id }) => named === undefined || id.includes(named));
  if (cases.length === 0)
    throw new Error(`No case has '${named}' in its name: ${CASES.map(({ id }) => id).join('; ')}`);
  return {
    rounds: Number(values.rounds ?? (smoke ? 1 : 5)),
    seconds: Number(values.seconds ?? 2),
    smoke,
    only: values.only?.split(',') ?? [],
    cases,
    heldStreams: smoke ? 50 : 200,
    settleMs: smoke ? 20 : 150,
  };
}

/** Whether the run measures everything, so that its numbers are worth keeping. */
export function isComplete({ smoke, only, cases }: Settings): boolean {
  return !smoke && only.length === 0 && cases.length === CASES.length;
}
