import type { HealthBook } from '../health/health-book.ts';
import type { RetryBudget, RetryBudgetSettings } from '../health/retry-budget.ts';
import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { ModelPrice } from '../model/price.ts';
import type { Reply, Usage } from '../model/reply.ts';
import type { Attempt, Outcome, Turn } from '../model/turn.ts';
import type { Sleep } from '../model/upstream.ts';
import { Asking, type AskingWorld } from './asking.ts';
import { attempt, type AttemptPorts, type AttemptSettings } from './attempt.ts';
import type { BackoffSettings } from './backoff.ts';
import { continued, mayBeContinued } from './continuation.ts';
import type { ContextCheck } from './context-check.ts';
import type { Deployment } from './deployment.ts';
import type { Plan, Stop } from './plan.ts';

/** How often and how patiently targets are asked. */
export interface DispatchSettings extends AttemptSettings, BackoffSettings, RetryBudgetSettings {
  readonly retriesMax: number;
  readonly attemptsMax: number;
  /** Callers who ask for more retries get as many attempts as these need. */
  readonly attemptsGrow?: boolean;
  /** How often a name is asked again after an error of one kind, where that differs from the usual. */
  readonly retryPolicy?: (name: string, code: ErrorCode) => number | undefined;
  /** How long a target of this name may be silent before another is asked as well; absent where nobody is. */
  readonly hedgeAfterMs?: ((name: string) => number | undefined) | undefined;
}

/** What dispatch needs of the world. */
export interface DispatchPorts extends AttemptPorts {
  readonly sleep: Sleep;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly clockMs: () => number;
  /** How the targets do. */
  readonly health: HealthBook;
  /** What all requests together may ask again. */
  readonly budget: RetryBudget;
  /** Whether requests fit a deployment; absent where nobody checks. */
  readonly contextCheck?: ContextCheck | undefined;
  /** What a deployment costs, as far as somebody knows. */
  readonly priceOf?: (deployment: Deployment) => ModelPrice | undefined;
}

/** Hears of every attempt, for the turn's record, and tells when the turn is over. */
export interface Journal {
  readonly attempted: (attempt: Attempt) => void;
  /** The target that was answering broke off in the middle, and another goes on. */
  readonly brokeOff: (error: GatewayError, usage: Usage) => void;
  readonly noticed: (notice: string) => void;
  readonly whenOver: (hear: (outcome: Outcome) => void) => void;
}

/** What came of asking one deployment once, and what had to be left out of the request for it. */
export interface Answered<Answer> {
  readonly reply: Answer;
  readonly notices: readonly string[];
}

/** Asks one deployment once, and throws what goes wrong. One that isn't asked alone can be told to stop. */
export type AskOnce<Answer> = (deployment: Deployment, cancellation?: Cancellation) => Promise<Answered<Answer>>;

/** What one dispatch works with. */
export interface DispatchWorld {
  readonly ports: DispatchPorts;
  readonly journal: Journal;
}

/**
 * Asks each target in turn until one begins to answer. Once the first output is there is no way back. When all fail the
 * first failure is thrown, since that is what the caller asked for.
 */
export function dispatch(turn: Turn, plan: Plan, settings: DispatchSettings, world: DispatchWorld): Promise<Reply> {
  return mayBeContinued(turn)
    ? continued(turn, plan, settings, { ...world, dispatch: chat })
    : chat(turn, plan, settings, world);
}

function chat(turn: Turn, plan: Plan, settings: DispatchSettings, world: DispatchWorld): Promise<Reply> {
  return dispatchTo(turn, plan, settings, {
    // Written out: an object spread here on every turn slows down whoever reads it.
    ports: world.ports,
    journal: world.journal,
    ask: (deployment, cancellation) =>
      attempt(cancellation ? { ...turn, cancellation } : turn, deployment, settings, world.ports),
    discard: discardReply,
  });
}

/** The same for whatever can be asked of a deployment. */
export async function dispatchTo<Answer>(
  turn: Turn,
  plan: Plan,
  settings: DispatchSettings,
  world: DispatchWorld & Pick<AskingWorld<Answer>, 'ask' | 'discard'>,
): Promise<Answer> {
  const asking = new Asking(turn, settings, world);
  // The kind of the first failure decides where to go on.
  let stops: readonly Stop[] | undefined;
  const goOn = ({ code, rule }: GatewayError): readonly Stop[] =>
    (stops ??= rule.retry === 'never' ? [] : plan.after(code));
  const first = await asking.ask({ stop: plan.first, fallback: 0, hasMore: (error) => goOn(error).length > 0 });
  if (!(first instanceof GatewayError)) return first;
  if (first.rule.retry === 'never') throw first;
  const others = goOn(first);
  for (const [index, stop] of others.entries()) {
    // Nobody waits for a fallback any more.
    if (turn.cancellation.reason) throw turn.cancellation.reason;
    const hasMore = (): boolean => index + 1 < others.length;
    const next = await asking.ask({ stop, fallback: index + 1, hasMore });
    if (!(next instanceof GatewayError)) return next;
    if (next.rule.retry === 'never' && next.rule.blame !== 'caller') throw next;
  }
  throw turn.cancellation.reason ?? first;
}

/** Lets go of what a provider still sends. Nobody listens to what goes wrong with it. */
function discardReply(reply: Reply): void {
  const iterator = reply.kind === 'bytes' ? reply.frames[Symbol.asyncIterator]() : reply.events[Symbol.asyncIterator]();
  void Promise.resolve(iterator.return?.()).catch(() => undefined);
}
