import type { Turn } from '../model/turn.ts';
import type { Admission } from './admission.ts';
import { CountedAccount } from './counted-account.ts';

/**
 * Lets a turn in whose work was done long ago: it takes nothing of a minute, holds nothing back, and its cost counts in the
 * period that is running when it is known, over the budget too.
 */
export function chargedLater(nowMs: () => number): (turn: Turn) => Admission {
  return ({ caller: { account } }) => ({
    quota: undefined,
    outputTokensMax: undefined,
    settle: (_, cost) => (account instanceof CountedAccount ? account.charge(cost?.nanousd ?? 0, nowMs()) : undefined),
  });
}
