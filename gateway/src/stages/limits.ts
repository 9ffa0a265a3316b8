import type { Quota } from '../model/account.ts';
import type { Cost } from '../model/price.ts';
import type { Note, Outcome, Turn } from '../model/turn.ts';
import type { Stage, Step } from './contract.ts';

/** A turn that may go on its way, as access/ decided. */
interface Admitted {
  readonly quota: Quota | undefined;
  readonly outputTokensMax: number | undefined;
  /** Says in which budget period the cost counts. */
  readonly settle: (outcome: Outcome, cost: Cost | undefined) => number | undefined;
}

/** Lets a turn in if its key may do one more, and pays for it when it is over. Callers that nothing counts pass by. */
export function limits(admit: (turn: Turn) => Admitted | Promise<Admitted>): Stage {
  return {
    name: 'limits',
    wants: ({ caller }) => caller.account !== undefined,
    run: (turn) => {
      const admitted = admit(turn);
      return admitted instanceof Promise ? admitted.then((later) => stepOf(turn, later)) : stepOf(turn, admitted);
    },
  };
}

function stepOf({ ask }: Turn, { quota, outputTokensMax, settle }: Admitted): Step {
  const note: { periodStart?: number } = {};
  return {
    quota,
    note: note as Note,
    onDone: (outcome, cost) => {
      const periodStart = settle(outcome, cost);
      if (periodStart !== undefined) note.periodStart = periodStart;
    },
    ...(outputTokensMax === undefined ? {} : { request: { ...ask.look(), maxOutputTokens: outputTokensMax } }),
  };
}
