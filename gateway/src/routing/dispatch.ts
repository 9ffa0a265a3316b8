import { GatewayError } from '../model/error.ts';
import type { ModelPrice } from '../model/price.ts';
import type { Reply } from '../model/reply.ts';
import type { Attempt, Turn } from '../model/turn.ts';
import type { Sleep } from '../model/upstream.ts';
import { attempt, type AttemptPorts, type AttemptSettings } from './attempt.ts';
import { Backoff, type BackoffSettings } from './backoff.ts';
import type { Deployment } from './deployment.ts';
import type { Plan, Stop } from './plan.ts';

/** How often and how patiently targets are asked. */
export interface DispatchSettings extends AttemptSettings, BackoffSettings {
  readonly retriesMax: number;
  readonly attemptsMax: number;
}

/** What dispatch needs of the world. */
export interface DispatchPorts extends AttemptPorts {
  readonly sleep: Sleep;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly clockMs: () => number;
  /** What a deployment costs, as far as somebody knows. */
  readonly priceOf?: (deployment: Deployment) => ModelPrice | undefined;
}

/** Hears of every attempt, for the turn's record. */
export interface Journal {
  readonly attempted: (attempt: Attempt) => void;
  readonly noticed: (notice: string) => void;
}

/** What came of asking one deployment once, and what had to be left out of the request for it. */
export interface Answered<Answer> {
  readonly reply: Answer;
  readonly notices: readonly string[];
}

/** Asks one deployment once, and throws what goes wrong. */
export type AskOnce<Answer> = (deployment: Deployment) => Promise<Answered<Answer>>;

interface DispatchWorld {
  readonly ports: DispatchPorts;
  readonly journal: Journal;
}

/**
 * Asks each target in turn until one begins to answer. Once the first output is there is no way back. When all fail the
 * first failure is thrown, since that is what the caller asked for.
 */
export function dispatch(turn: Turn, plan: Plan, settings: DispatchSettings, world: DispatchWorld): Promise<Reply> {
  return dispatchTo(turn, plan, settings, {
    ...world,
    ask: (deployment) => attempt(turn, deployment, settings, world.ports),
  });
}

/** The same for whatever can be asked of a deployment. */
export async function dispatchTo<Answer>(
  turn: Turn,
  plan: Plan,
  settings: DispatchSettings,
  world: DispatchWorld & { readonly ask: AskOnce<Answer> },
): Promise<Answer> {
  const asking = new Asking(turn, settings, world);
  const first = await asking.ask(plan.first, 0);
  if (!(first instanceof GatewayError)) return first;
  if (first.rule.retry === 'never') throw first;
  for (const [index, stop] of plan.after(first.code).entries()) {
    // Nobody waits for a fallback any more.
    if (turn.cancellation.reason) throw turn.cancellation.reason;
    const next = await asking.ask(stop, index + 1);
    if (!(next instanceof GatewayError)) return next;
    if (next.rule.retry === 'never' && next.rule.blame !== 'caller') throw next;
  }
  throw turn.cancellation.reason ?? first;
}

/** A deployment that may be asked, and when at the earliest, on the monotonic clock. */
interface Open {
  readonly deployment: Deployment;
  readonly readyAtMs: number;
}

/** The one that may be asked first; of several, the first in the list. */
function soonest(open: readonly Open[]): Open | undefined {
  let [found] = open;
  for (const other of open) if (found && other.readyAtMs < found.readyAtMs) found = other;
  return found;
}

/** The state of one dispatch: attempts are counted over all targets. */
class Asking<Answer> {
  readonly #turn: Turn;
  readonly #settings: DispatchSettings;
  readonly #ports: DispatchPorts;
  readonly #journal: Journal;
  readonly #ask: AskOnce<Answer>;
  #attempts = 0;

  constructor(
    turn: Turn,
    settings: DispatchSettings,
    { ports, journal, ask }: DispatchWorld & { readonly ask: AskOnce<Answer> },
  ) {
    this.#turn = turn;
    this.#settings = settings;
    this.#ports = ports;
    this.#journal = journal;
    this.#ask = ask;
  }

  /** Asks the deployments of one name, with retries. Gives the first failure back when none answers. */
  async ask({ deployments }: Stop, fallback: number): Promise<Answer | GatewayError> {
    const retriesMax = this.#turn.switches.retriesMax ?? deployments[0]?.retriesMax ?? this.#settings.retriesMax;
    let open: readonly Open[] = deployments.map((deployment) => ({ deployment, readyAtMs: 0 }));
    let backoff: Backoff | undefined;
    let first: GatewayError | undefined;
    for (let tries = 0; tries <= retriesMax && this.#attempts < this.#settings.attemptsMax; tries += 1) {
      const next = soonest(open);
      if (!next) break;
      const waitMs = next.readyAtMs - this.#ports.clockMs();
      if (first && waitMs > 0) await this.#ports.sleep(waitMs, this.#turn.cancellation);
      const result = await this.#once(next.deployment, fallback);
      if (!(result instanceof GatewayError)) return result;
      first ??= result;
      const { retry } = result.rule;
      if (retry === 'never' || this.#turn.cancellation.reason) return result;
      // One that can't be helped by waiting, or asks for more patience than is allowed, is left out.
      backoff ??= new Backoff(this.#settings, this.#ports.random);
      const againMs = retry === 'same' ? backoff.nextMs(result.details.retryAfterMs) : undefined;
      open = open.filter((other) => other !== next);
      if (againMs !== undefined) open = [...open, { ...next, readyAtMs: this.#ports.clockMs() + againMs }];
    }
    return first ?? new GatewayError('upstream.broke', 'No attempt is left for this model.');
  }

  #once(deployment: Deployment, fallback: number): Promise<Answer | GatewayError> {
    const startedMs = this.#ports.clockMs();
    this.#attempts += 1;
    const tell = (error: GatewayError | undefined): void =>
      this.#journal.attempted({
        provider: deployment.provider.id,
        model: deployment.model,
        fallback,
        ms: this.#ports.clockMs() - startedMs,
        error,
        price: error ? undefined : this.#ports.priceOf?.(deployment),
      });
    return this.#ask(deployment).then(
      ({ reply, notices }) => {
        for (const notice of notices) this.#journal.noticed(notice);
        tell(undefined);
        return reply;
      },
      (thrown: unknown) => {
        const error = GatewayError.from(thrown);
        tell(error);
        return error;
      },
    );
  }
}
