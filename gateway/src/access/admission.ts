import type { Account, Quota } from '../model/account.ts';
import { GatewayError } from '../model/error.ts';
import { dollarText } from '../model/money.ts';
import type { Cost, ModelPrice } from '../model/price.ts';
import type { Outcome, Turn } from '../model/turn.ts';
import { CountedAccount, type Hold, type Moment } from './counted-account.ts';
import { type Asks, unitsMax, type WorstCase, worstCase } from './worst-case.ts';

/** Money that is held back for a turn before anything is sent. */
export interface Reservation {
  readonly turnId: string;
  readonly keyId: string;
  readonly periodStart: number;
  readonly nanousd: number;
}

/** A turn that may go on its way. */
export interface Admission {
  readonly quota: Quota | undefined;
  /** The longest answer to ask for, where the caller named none and money is short. */
  readonly outputTokensMax: number | undefined;
  /** Gives back what wasn't used, and says in which budget period the cost counts. Counts once, however often it is called. */
  readonly settle: (outcome: Outcome, cost: Cost | undefined) => number | undefined;
}

/** What the decision needs to know. */
export interface AdmissionPorts {
  readonly clockMs: () => number;
  readonly nowMs: () => number;
  /** What every model that may come to answer a turn costs; `undefined` stands for one that nobody has a price for. */
  readonly pricesOf: (turn: Turn) => readonly ModelPrice[];
  /** Writes a reservation down before it counts. Throws when that fails. */
  readonly onReserved: (reservation: Reservation) => void;
  /** How long an answer may be when neither the caller nor its budget says so. */
  readonly outputTokensMax: number;
  /** How many models may be paid for one turn. */
  readonly asksOf: (turn: Turn) => Asks;
  /** How many searches of the web one request may come to. */
  readonly webSearchesMax: number;
}

/** Rough, and only for limits by the minute: what a token takes in a request. */
const BYTES_PER_TOKEN = 4;
/** Nobody knows when what others hold is given back. */
const HELD_RETRY_MS = 1000;

/**
 * Admits turns by what is counted in this process: throws `limit.rate` or `budget.exhausted`, and a refused turn has used
 * nothing up. The stage would wait as well, for the day when accounts are shared between machines.
 */
export function admitter(ports: AdmissionPorts): (turn: Turn) => Admission {
  return (turn) => {
    const account = countedOf(turn.caller.account);
    const moment = { clockMs: ports.clockMs(), nowMs: ports.nowMs() };
    const tokens = Math.ceil((turn.ask.origin?.bytes.length ?? 0) / BYTES_PER_TOKEN);
    account.check(tokens, moment.clockMs);
    const worst = affordable(account, turn, ports, moment);
    const periodStart = account.budget?.at(moment.nowMs).period.startsAt;
    if (worst.nanousd > 0 && periodStart !== undefined)
      ports.onReserved({ turnId: turn.id, keyId: account.id, periodStart, nanousd: worst.nanousd });
    const hold = account.take(tokens, worst.nanousd, moment);
    return {
      quota: account.quota(moment.clockMs),
      outputTokensMax: worst.outputTokensMax,
      settle: settler(account, hold),
    };
  };
}

function countedOf(account: Account | undefined): CountedAccount {
  if (account instanceof CountedAccount) return account;
  throw new Error('Only turns of a counted account are admitted here.');
}

function settler(account: CountedAccount, hold: Hold): Admission['settle'] {
  let isSettled = false;
  return ({ usage }, cost) => {
    const tokens = usage ? usage.inputTokens + usage.outputTokens : hold.tokens;
    if (!isSettled) account.settle(hold, { tokens, nanousd: cost?.nanousd ?? 0 });
    isSettled = true;
    return hold.spending?.period.startsAt;
  };
}

const NOTHING: WorstCase = { nanousd: 0, outputTokensMax: undefined };

function affordable(account: CountedAccount, turn: Turn, ports: AdmissionPorts, { nowMs }: Moment): WorstCase {
  const { budget } = account;
  if (budget?.limitNanousd === undefined) return NOTHING;
  const prices = ports.pricesOf(turn);
  const bounds = {
    outputTokensMax: ports.outputTokensMax,
    asks: ports.asksOf(turn),
    leftNanousd: budget.leftNanousd(nowMs),
    units: unitsMax(turn, prices, ports.webSearchesMax),
  };
  const worst = prices.length === 0 ? NOTHING : worstCase(turn.ask, prices, bounds);
  if (worst) return worst;
  const { spentNanousd, reservedNanousd, period } = budget.at(nowMs);
  const spent = `${dollarText(spentNanousd)} of ${dollarText(budget.limitNanousd)} dollars are spent`;
  const retryAfterMs = reservedNanousd > 0 ? HELD_RETRY_MS : undefined;
  const until = Number.isFinite(period.endsAt) ? `; it is whole again at ${new Date(period.endsAt).toISOString()}` : '';
  throw new GatewayError(
    'budget.exhausted',
    reservedNanousd > 0
      ? `The budget of this API key can't hold this request now: ${spent}, and ${dollarText(reservedNanousd)} are held for requests that are running.`
      : `The budget of this API key can't hold this request: ${spent}${until}.`,
    { retryAfterMs },
  );
}
